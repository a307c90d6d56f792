/**
 * One case or more for each op that TensorFlow.js has a gradient for. Values keep clear of kinks.
 */
import * as tf from '@tensorflow/tfjs-node';
import {
  bilinear,
  elementwise,
  type GradientCase,
  linear,
  pairwise,
  reduction,
  run,
  spread,
} from './gradient_case';

const sum = (x: number[]) => x.reduce((a, b) => a + b, 0);
const logSumExp = (x: number[]) => Math.log(sum(x.map(Math.exp)));

/** erf by its power series, exact to float64 for |x| < 2. */
function erf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

const BOTH = [-1.3, -0.7, 0.45, 1.2];
const POSITIVE = [0.4, 0.8, 1.3, 2.1];
const INSIDE = [-0.6, -0.25, 0.3, 0.55];
const { SELU_SCALE, SELU_SCALEALPHA } = {
  SELU_SCALE: 1.0507009873554805,
  SELU_SCALEALPHA: 1.7580993408473768,
};
const float = (x: tf.Tensor) => tf.cast(x, 'float32');
const constant = (v: number) => () => v;

const elementwiseCases: GradientCase[] = [
  elementwise('Abs', tf.abs, Math.abs, BOTH),
  elementwise('Acos', tf.acos, Math.acos, INSIDE),
  elementwise('Acosh', tf.acosh, Math.acosh, [1.5, 1.8, 2.2, 3]),
  elementwise('Asin', tf.asin, Math.asin, INSIDE),
  elementwise('Asinh', tf.asinh, Math.asinh, BOTH),
  elementwise('Atan', tf.atan, Math.atan, BOTH),
  elementwise('Atanh', tf.atanh, Math.atanh, INSIDE),
  elementwise(
    'Cast',
    x => tf.cast(x, 'float32'),
    x => x,
    BOTH,
  ),
  elementwise('Cast', x => float(tf.cast(x, 'int32')), Math.trunc, BOTH, { title: 'to integers' }),
  elementwise('Cast', x => float(tf.cast(x, 'bool')), constant(1), BOTH, { title: 'to booleans' }),
  elementwise('Ceil', tf.ceil, Math.ceil, BOTH),
  elementwise(
    'ClipByValue',
    x => tf.clipByValue(x, -1, 1),
    x => Math.max(-1, Math.min(1, x)),
    BOTH,
  ),
  elementwise('Cos', tf.cos, Math.cos, BOTH),
  elementwise('Cosh', tf.cosh, Math.cosh, BOTH),
  elementwise('Elu', tf.elu, x => (x > 0 ? x : Math.expm1(x)), BOTH),
  elementwise('Erf', tf.erf, erf, BOTH),
  elementwise('Exp', tf.exp, Math.exp, BOTH),
  elementwise('Expm1', tf.expm1, Math.expm1, BOTH),
  elementwise('Floor', tf.floor, Math.floor, BOTH),
  elementwise(
    'Identity',
    x => tf.clone(x),
    x => x,
    BOTH,
  ),
  elementwise('IsFinite', x => float(tf.isFinite(x)), constant(1), BOTH),
  elementwise('IsInf', x => float(tf.isInf(x)), constant(0), BOTH),
  elementwise('IsNan', x => float(tf.isNaN(x)), constant(0), BOTH),
  elementwise(
    'LeakyRelu',
    x => tf.leakyRelu(x, 0.25),
    x => (x > 0 ? x : x / 4),
    BOTH,
  ),
  elementwise('Log', tf.log, Math.log, POSITIVE),
  elementwise('Log1p', tf.log1p, Math.log1p, INSIDE),
  elementwise('Neg', tf.neg, x => -x, BOTH),
  elementwise('OnesLike', x => tf.onesLike(x), constant(1), BOTH),
  elementwise('Reciprocal', tf.reciprocal, x => 1 / x, BOTH),
  elementwise('Relu', tf.relu, x => Math.max(x, 0), BOTH),
  elementwise('Relu6', tf.relu6, x => Math.min(Math.max(x, 0), 6), [-0.8, 0.7, 1.9, 6.5]),
  elementwise('Round', tf.round, Math.round, [-1.3, -0.8, 0.3, 1.2]),
  elementwise('Rsqrt', tf.rsqrt, x => 1 / Math.sqrt(x), POSITIVE),
  elementwise('Selu', tf.selu, x => (x > 0 ? SELU_SCALE * x : SELU_SCALEALPHA * Math.expm1(x)), BOTH),
  elementwise('Sigmoid', tf.sigmoid, x => 1 / (1 + Math.exp(-x)), BOTH),
  elementwise('Sign', tf.sign, Math.sign, BOTH),
  elementwise('Sin', tf.sin, Math.sin, BOTH),
  elementwise('Sinh', tf.sinh, Math.sinh, BOTH),
  elementwise('Softplus', tf.softplus, x => Math.log1p(Math.exp(x)), BOTH),
  elementwise('Sqrt', tf.sqrt, Math.sqrt, POSITIVE),
  elementwise('Square', tf.square, x => x * x, BOTH),
  elementwise(
    'Step',
    x => tf.step(x, 0.5),
    x => (x > 0 ? 1 : 0.5),
    BOTH,
  ),
  elementwise('Tan', tf.tan, Math.tan, INSIDE),
  elementwise('Tanh', tf.tanh, Math.tanh, BOTH),
  elementwise('ZerosLike', x => tf.zerosLike(x), constant(0), BOTH),
];

const away = (v: number) => (v < 0 ? v - 0.3 : v + 0.3);
const positive = (v: number) => Math.abs(v) * 0.8 + 0.5;
/** To a grid of halves, and between its points: the two never come close. */
const half = (v: number) => Math.round(2 * v) / 2;
const quarter = (v: number) => half(v) + 0.25;
const floorMod = (a: number, b: number) => a - b * Math.floor(a / b);

const pairwiseCases: GradientCase[] = [
  ...pairwise('Add', tf.add, (a, b) => a + b),
  ...pairwise('Atan2', tf.atan2, Math.atan2, positive, away),
  // The quotients lie at 2.5, 3.5, …
  ...pairwise(
    'FloorDiv',
    tf.floorDiv,
    (a, b) => Math.floor(a / b),
    v => 5 * Math.sign(v),
    () => 2,
  ),
  ...pairwise(
    'GreaterEqual',
    (a, b) => float(tf.greaterEqual(a, b)),
    (a, b) => (a >= b ? 1 : 0),
    half,
    quarter,
  ),
  ...pairwise('Maximum', tf.maximum, Math.max, half, quarter),
  ...pairwise('Minimum', tf.minimum, Math.min, half, quarter),
  ...pairwise(
    'Mod',
    tf.mod,
    floorMod,
    v => 5 * Math.sign(v),
    () => 2,
  ),
  ...pairwise('Multiply', tf.mul, (a, b) => a * b),
  ...pairwise('Pow', tf.pow, (a, b) => a ** b, positive, away),
  ...pairwise('RealDiv', tf.div, (a, b) => a / b, away),
  ...pairwise('SquaredDifference', tf.squaredDifference, (a, b) => (a - b) ** 2),
  ...pairwise('Sub', tf.sub, (a, b) => a - b),
  ...pairwise('Prelu', tf.prelu, (x, alpha) => (x > 0 ? x : alpha * x), away).slice(0, 2),
  ...pairwise(
    'EluGrad',
    (dy, y) => run('EluGrad', { dy, y }),
    (dy, y) => dy * (y > 0 ? 1 : y + 1),
    away,
  ).slice(0, 1),
  elementwise(
    'Pow',
    x => tf.pow(x, 3),
    x => x ** 3,
    [-1.3, -0.7, 0, 1.2],
    { title: 'with an integer exponent' },
  ),
  elementwise(
    'Pow',
    x => tf.pow(x, 2),
    x => x ** 2,
    [-1.3, 0, 0.6],
    { title: 'a square at 0' },
  ),
];

const mask = () => tf.tensor([1, 0, 0, 1, 1, 0], [2, 3], 'bool');

const selectionCases: GradientCase[] = [
  linear(
    'Select',
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => tf.where(mask(), a, b),
  ),
  linear('Select', [[2, 3], [3]], (a, b) => tf.where(mask(), a, b), { title: 'an input broadcast' }),
  elementwise(
    'Select',
    x => tf.where(tf.greater(x, 0), tf.sin(x), tf.square(x)),
    x => (x > 0 ? Math.sin(x) : x * x),
    BOTH,
    {
      title: 'by a comparison of x',
    },
  ),
  linear(
    'AddN',
    [
      [2, 2],
      [2, 2],
      [2, 2],
    ],
    (...xs) => tf.addN(xs),
  ),
  linear(
    'Concat',
    [
      [2, 2],
      [2, 1],
    ],
    (a, b) => tf.concat([a, b], -1),
  ),
  linear(
    'Pack',
    [
      [2, 2],
      [2, 2],
    ],
    (a, b) => tf.stack([a, b], 1),
  ),
  linear('Pack', [[2, 2]], x => tf.stack([x], 1), { title: 'of a single tensor' }),
  linear('Unpack', [[3, 2]], x => tf.add(tf.unstack(x)[0], tf.mul(tf.unstack(x)[2], 3))),
  linear('Unpack', [[2, 1]], x => tf.unstack(x, 1)[0], { title: 'into a single tensor' }),
  linear('SplitV', [[4, 2]], x => tf.mul(tf.split(x, [1, 3])[1], 2)),
  linear('SplitV', [[4, 2]], x => tf.split(x, 1)[0], { title: 'into a single tensor' }),
  linear('Slice', [[3, 3]], x => tf.slice(x, [1, 0], [2, 2])),
  linear('Reshape', [[2, 3]], x => tf.reshape(x, [3, 2])),
  linear('ExpandDims', [[2, 3]], x => tf.expandDims(x, 1)),
  linear('Transpose', [[2, 3]], x => tf.transpose(x)),
  linear('Transpose', [[2, 3, 2]], x => tf.transpose(x, [2, 0, 1]), { title: 'of three axes' }),
  linear('Reverse', [[2, 3]], x => tf.reverse(x, -1)),
  linear('Reverse', [[2, 3]], x => tf.reverse(x), { title: 'of all axes' }),
  linear('Tile', [[2, 2]], x => tf.tile(x, [2, 3])),
  linear('Tile', [[2, 1, 2]], x => tf.broadcastTo(x, [2, 3, 2]), { title: 'in broadcastTo' }),
  linear('PadV2', [[2, 2]], x =>
    tf.pad(
      x,
      [
        [1, 0],
        [0, 2],
      ],
      0,
    ),
  ),
  linear(
    'MirrorPad',
    [[3, 4]],
    x =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        'reflect',
      ),
    { title: 'reflect' },
  ),
  linear(
    'MirrorPad',
    [[2, 3]],
    x =>
      tf.mirrorPad(
        x,
        [
          [2, 1],
          [3, 0],
        ],
        'symmetric',
      ),
    { title: 'symmetric' },
  ),
  linear('GatherV2', [[3, 2]], x => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'))),
  linear(
    'GatherV2',
    [[2, 3]],
    x =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [2, 0],
            [1, 1],
          ],
          [2, 2],
          'int32',
        ),
        1,
      ),
    {
      title: 'a table of indices along axis 1',
    },
  ),
  linear(
    'GatherV2',
    [[2, 3]],
    x =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [2, 0],
            [1, 1],
          ],
          [2, 2],
          'int32',
        ),
        1,
        1,
      ),
    {
      title: 'in batches',
    },
  ),
  linear('UnsortedSegmentSum', [[4, 2]], x =>
    tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1, 2], 'int32'), 3),
  ),
  linear('Cumsum', [[3, 3]], x => tf.cumsum(x, 0), { title: 'along axis 0' }),
  linear('Cumsum', [[3, 3]], x => tf.cumsum(x, 1, true, true), { title: 'exclusive and in reverse' }),
  linear('Cumsum', [[2, 2, 2]], x => tf.cumsum(x, 1), { title: 'along the middle axis' }),
  linear('BatchToSpaceND', [[4, 1, 2, 1]], x =>
    tf.batchToSpaceND(
      x,
      [2, 2],
      [
        [0, 0],
        [1, 0],
      ],
    ),
  ),
  linear('SpaceToBatchND', [[1, 2, 3, 1]], x =>
    tf.spaceToBatchND(
      x,
      [2, 2],
      [
        [0, 0],
        [1, 0],
      ],
    ),
  ),
  elementwise(
    'OneHot',
    x => tf.oneHot(tf.cast(x, 'int32'), 3).sum(1).cast('float32'),
    constant(1),
    [0.3, 1.4, 2.4],
  ),
  {
    ...elementwise(
      'ArgMax',
      x => float(tf.argMax(x)),
      x => x,
      BOTH,
    ),
    plain: () => [3],
  },
  {
    ...elementwise(
      'ArgMin',
      x => float(tf.argMin(x)),
      x => x,
      BOTH,
    ),
    plain: () => [0],
  },
  // The native back end has no such kernel: tf.broadcastTo is a Tile.
  linear('BroadcastTo', [[2, 1]], x => run('BroadcastTo', { x }, { shape: [2, 3], inputShape: [2, 1] }), {
    throwsFrom: 1,
  }),
];

const softmax = (x: number[]) => x.map(v => Math.exp(v - logSumExp(x)));
const logSoftmax = (x: number[]) => x.map(v => v - logSumExp(x));
const rows = (f: (x: number[]) => number[], n: number) => (x: number[]) =>
  Array.from({ length: x.length / n }, (_, i) => f(x.slice(n * i, n * i + n))).flat();

const reductionCases: GradientCase[] = [
  ...reduction('Sum', (x, axis) => tf.sum(x, axis), sum),
  ...reduction(
    'Mean',
    (x, axis) => tf.mean(x, axis),
    x => sum(x) / x.length,
  ),
  ...reduction(
    'Max',
    (x, axis) => tf.max(x, axis),
    x => Math.max(...x),
  ),
  ...reduction(
    'Min',
    (x, axis) => tf.min(x, axis),
    x => Math.min(...x),
  ),
  ...reduction(
    'Prod',
    (x, axis) => tf.prod(x, axis),
    x => x.reduce((a, b) => a * b, 1),
  ),
  ...reduction('Exp', (x, axis) => tf.logSumExp(x, axis), logSumExp).map(c => ({
    ...c,
    title: `in logSumExp ${c.title}`,
  })),
  elementwise(
    'Max',
    x => tf.max(tf.stack([x, x]), 0),
    x => x,
    BOTH,
    { title: 'of two equal values' },
  ),
  elementwise(
    'Min',
    x => tf.min(tf.stack([x, x]), 0),
    x => x,
    BOTH,
    { title: 'of two equal values' },
  ),
  { ...linear('Softmax', [[2, 3]], x => tf.softmax(x)), plain: rows(softmax, 3) },
  {
    ...linear('LogSoftmax', [[2, 3]], x => tf.logSoftmax(x)),
    plain: rows(logSoftmax, 3),
    title: 'in tf.logSoftmax',
  },
  // Nor this one: tf.logSoftmax is made of other ops.
  {
    ...linear('LogSoftmax', [[2, 3]], logits => run('LogSoftmax', { logits }, { axis: 1 }), {
      throwsFrom: 1,
    }),
    plain: rows(logSoftmax, 3),
  },
];

/** Windows of an `[n, n]` image of one channel, moved by `stride`. */
function windows(n: number, width: number, stride: number): number[][] {
  const starts = Array.from({ length: Math.floor((n - width) / stride) + 1 }, (_, i) => i * stride);
  const inside = Array.from({ length: width }, (_, i) => i);
  return starts.flatMap(i => starts.map(j => inside.flatMap(a => inside.map(b => n * (i + a) + j + b))));
}

const image = [1, 3, 3, 1];
const filter = [2, 2, 1, 1];

/** A filter of four weights over an image of 3 × 3: the largest sum of value and weight in each window. */
const dilation = (x: number[], w: number[]) =>
  windows(3, 2, 1).map(places => Math.max(...places.map((p, k) => x[p] + w[k])));

const localResponse = rows(
  x => x.map((v, i) => v / (1 + sum(x.slice(Math.max(0, i - 1), i + 2).map(y => y * y))) ** 0.5),
  4,
);

const imageCases: GradientCase[] = [
  linear('AvgPool', [image], x => tf.avgPool(x as tf.Tensor4D, 2, 1, 'same'), { throwsFrom: 2 }),
  linear('AvgPool3D', [[1, 2, 2, 2, 1]], x => tf.avgPool3d(x as tf.Tensor5D, 2, 1, 'valid'), {
    throwsFrom: 2,
  }),
  {
    ...linear('MaxPool', [image], x => tf.maxPool(x as tf.Tensor4D, 2, 1, 'valid'), { throwsFrom: 2 }),
    plain: x => windows(3, 2, 1).map(places => Math.max(...places.map(p => x[p]))),
  },
  {
    ...linear('MaxPool3D', [[1, 2, 2, 2, 1]], x => tf.maxPool3d(x as tf.Tensor5D, 2, 1, 'valid'), {
      throwsFrom: 2,
    }),
    plain: x => [Math.max(...x)],
  },
  {
    ...linear(
      'Dilation2D',
      [image, [2, 2, 1]],
      (x, w) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, 1, 'valid'),
      {
        throwsFrom: 2,
      },
    ),
    plain: dilation,
  },
  {
    ...linear('LRN', [[1, 1, 2, 4]], x => tf.localResponseNormalization(x as tf.Tensor4D, 1, 1, 1, 0.5), {
      throwsFrom: 2,
    }),
    plain: localResponse,
  },
  linear('ResizeBilinear', [[1, 2, 2, 1]], x => tf.image.resizeBilinear(x as tf.Tensor4D, [3, 4]), {
    throwsFrom: 2,
  }),
  linear(
    'ResizeNearestNeighbor',
    [[1, 2, 2, 1]],
    x => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [3, 4]),
    {
      throwsFrom: 2,
    },
  ),
  bilinear('Conv2D', [image, filter], (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), {
    throwsFrom: 2,
  }),
  linear(
    'Conv2D',
    [image],
    x => tf.conv2d(x as tf.Tensor4D, tf.tensor4d([1, -2, 3, 5], [2, 2, 1, 1]), 1, 'same'),
    {
      title: 'in the image alone',
    },
  ),
  bilinear(
    'Conv2DBackpropInput',
    [[1, 2, 2, 1], filter],
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [1, 3, 3, 1], 1, 'valid'),
    { throwsFrom: 2 },
  ),
  bilinear(
    'Conv3D',
    [
      [1, 2, 2, 2, 1],
      [1, 2, 2, 1, 1],
    ],
    (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'valid'),
    { throwsFrom: 2 },
  ),
  bilinear(
    'DepthwiseConv2dNative',
    [image, filter],
    (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'),
    { throwsFrom: 2 },
  ),
];

const matrixCases: GradientCase[] = [
  bilinear(
    'BatchMatMul',
    [
      [2, 3],
      [3, 2],
    ],
    (a, b) => tf.matMul(a, b),
  ),
  bilinear(
    'BatchMatMul',
    [
      [3, 2],
      [3, 2],
    ],
    (a, b) => tf.matMul(a, b, true),
    { title: 'first transposed' },
  ),
  bilinear(
    'BatchMatMul',
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => tf.matMul(a, b, false, true),
    { title: 'second transposed' },
  ),
  bilinear(
    'BatchMatMul',
    [
      [3, 2],
      [2, 3],
    ],
    (a, b) => tf.matMul(a, b, true, true),
    { title: 'both transposed' },
  ),
  bilinear(
    'BatchMatMul',
    [
      [2, 1, 2],
      [2, 2, 1],
    ],
    (a, b) => tf.matMul(a, b),
    { title: 'in batches' },
  ),
  bilinear(
    'BatchMatMul',
    [
      [2, 3],
      [3, 2],
    ],
    (a, b) => tf.fused.matMul({ a, b }),
    { title: 'fused, as layers use it' },
  ),
];

const batchNorm = (x: number[], mean: number[], variance: number[], scale = [1, 1], offset = [0, 0]) =>
  x.map((v, i) => ((v - mean[i % 2]) * scale[i % 2]) / Math.sqrt(variance[i % 2] + 0.001) + offset[i % 2]);
const variances = [0.7, 1.4].map(Math.fround);

const normalizationCases: GradientCase[] = [
  {
    op: 'FusedBatchNorm',
    title: 'with scale and offset',
    shapes: [[1, 1, 2, 2], [2], [2], [2], [2]],
    values: [...spread(6), ...variances, ...spread(4, 2)],
    tape: (x, mean, variance, scale, offset) =>
      tf.batchNorm4d(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
    plain: batchNorm,
  },
  {
    op: 'FusedBatchNorm',
    title: 'without them',
    shapes: [[1, 1, 2, 2], [2], [2]],
    values: [...spread(6), ...variances],
    tape: (x, mean, variance) =>
      tf.batchNorm4d(x as tf.Tensor4D, mean as tf.Tensor1D, variance as tf.Tensor1D),
    plain: batchNorm,
    // TensorFlow.js tries to save the scale that is not there.
    throwsFrom: 1,
    error: /undefined/,
  },
  {
    op: 'ComplexAbs',
    title: '',
    shapes: [[3], [3]],
    values: spread(6),
    tape: (a, b) => tf.abs(tf.complex(a, b)),
    plain: (a, b) => a.map((v, i) => Math.hypot(v, b[i])),
    throwsFrom: 1,
  },
];

const labels = [0.2, 0.5, 0.3, 0.1, 0.1, 0.8].map(Math.fround);
const entropy = (p: number[], x: number[]) => -sum(logSoftmax(x).map((v, i) => v * p[i]));

const crossEntropy = (p: number[], x: number[]) =>
  [0, 3].map(i => entropy(p.slice(i, i + 3), x.slice(i, i + 3)));
const crossEntropyOnTape = (p: tf.Tensor, x: tf.Tensor) =>
  tf.losses.softmaxCrossEntropy(p, x, undefined, 0, tf.Reduction.NONE);

/** Functions of TensorFlow.js that bring a gradient of their own. */
const customCases: GradientCase[] = [
  {
    op: 'softmaxCrossEntropy',
    title: 'in the logits',
    shapes: [[2, 3]],
    values: spread(6),
    tape: x => crossEntropyOnTape(tf.tensor2d(labels, [2, 3]), x),
    plain: x => crossEntropy(labels, x),
  },
  {
    op: 'softmaxCrossEntropy',
    title: 'in both, the labels of any sum',
    shapes: [
      [2, 3],
      [2, 3],
    ],
    values: [...labels, ...spread(6)].map((v, i) => Math.fround(i === 1 ? 0.9 : v)),
    tape: crossEntropyOnTape,
    plain: crossEntropy,
  },
];

export const GRADIENT_CASES = [
  ...elementwiseCases,
  ...pairwiseCases,
  ...selectionCases,
  ...reductionCases,
  ...imageCases,
  ...matrixCases,
  ...normalizationCases,
  ...customCases,
];
