/** Operators on kernels: closed forms against 40-digit values, differences and the tape. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import ndarray from 'ndarray';
import * as autodiff from '../modules/autodiff';
import {
  add,
  apply,
  biharmonic,
  evaluate,
  evaluateGradient,
  evaluateHessian,
  gradient,
  hessian,
  identity,
  laplacian,
  type Operator,
  partial,
  scale,
  type TensorOperator,
} from '../modules/differential_operators';
import { type F64, nativeCount } from '../modules/native_ops';
import {
  gaussianKernel,
  maternKernel,
  phsKernel,
  type RadialKernel,
  radialKernel,
  wendlandKernel,
} from '../modules/notable_kernels';
import { KERNELS, multiIndices } from './support/kernels';
import { assertClose } from './support/tolerances';

type AnyOperator = Operator | TensorOperator;

const points = (rows: number[][]): F64 =>
  ndarray(Float64Array.from(rows.flat()), [rows.length, rows[0].length]);

/** Points of a fixed pseudo-random sequence in [0, 1), moved by an offset. */
function randomPoints(n: number, d: number, seed: number, offset = 0): F64 {
  let state = seed;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 + offset;
  };
  return ndarray(Float64Array.from({ length: n * d }, next), [n, d]);
}

/** The values at one point at a time, where plain numbers are used. */
function byNumbers(op: AnyOperator, kernel: RadialKernel, x: F64, centers: F64, weights?: F64): Float64Array {
  const [n, d] = x.shape;
  const rows = Array.from({ length: n }, (_, i) => {
    const one = ndarray(x.data.slice(i * d, (i + 1) * d), [1, d]);
    return Array.from(evaluate(op, kernel, one, centers, weights).data);
  });
  return Float64Array.from(rows.flat());
}

describe('in float64', () => {
  const { cases, values, epsilon } = JSON.parse(
    readFileSync(join(__dirname, 'references', 'partials.json'), 'utf8'),
  ) as { epsilon: number; cases: { delta: number[]; alpha: number[] }[]; values: Record<string, string[]> };

  for (const { name, make, hasShape } of KERNELS)
    test(`${name}: every partial derivative has the 40-digit value`, () => {
      // The references are of the profile, for one ε, without an amplitude.
      const kernel = hasShape ? radialKernel({ name, ...make(1).row.profile })(epsilon) : make(1);
      assert.equal(values[name].length, cases.length);
      cases.forEach(({ delta, alpha }, i) => {
        const value = evaluate(partial(alpha), kernel, points([delta]), points([delta.map(() => 0)])).data[0];
        assertClose([value], [Number(values[name][i])], 'float64', `∂^(${alpha}) at (${delta})`);
      });
    });
});

// A set of operators of every order up to 4, in two dimensions.
const OPERATORS: AnyOperator[] = [
  identity,
  ...[1, 2, 3, 4].flatMap(order => multiIndices(2, order).map(partial)),
  laplacian,
  biharmonic,
  gradient,
  hessian,
  add(
    scale(2, laplacian),
    scale(x => x.pick(null, 0), partial([1, 0])),
    identity,
  ),
];

const order = (op: AnyOperator) =>
  op.rank !== 'scalar'
    ? op === gradient
      ? 1
      : 2
    : Math.max(...op.terms.map(t => 2 * t.laplacians + t.alpha.reduce((sum, a) => sum + a, 0)));

// 60 centers; 40 points lie on centers, 60 do not: enough for TensorFlow's part, over 2048 pairs.
const CENTERS = randomPoints(60, 2, 7);
const WEIGHTS = randomPoints(60, 2, 11, -0.5);
const APART = randomPoints(60, 2, 13);
const MIXED = points([
  ...Array.from({ length: 40 }, (_, i) => [CENTERS.get(i, 0), CENTERS.get(i, 1)]),
  ...Array.from({ length: 60 }, (_, i) => [APART.get(i, 0), APART.get(i, 1)]),
]);

describe('TensorFlow and plain numbers agree', () => {
  for (const { name, make, shape } of KERNELS)
    for (const [eps, reach] of [
      [shape, 'wide'],
      [shape / 20, 'a twentieth'],
    ] as const)
      test(`${name}, shape ${reach}: all operators to order 4, with weights and without`, () => {
        const kernel = make(eps);
        for (const op of OPERATORS) {
          const x = order(op) <= kernel.smoothness ? MIXED : APART;
          const what = `${op.name} of ${name}(${eps})`;
          assertClose(
            evaluate(op, kernel, x, CENTERS).data,
            byNumbers(op, kernel, x, CENTERS),
            'float64',
            what,
          );
          const sums = byNumbers(op, kernel, x, CENTERS, WEIGHTS);
          assertClose(evaluate(op, kernel, x, CENTERS, WEIGHTS).data, sums, 'float64', `weighted ${what}`);
        }
        assert.equal(nativeCount(), 0);
      });

  test('with one shape a center', () => {
    const shapes = Array.from({ length: 60 }, (_, j) => 1 + j / 32);
    for (const { name, make } of KERNELS.filter(k => k.hasShape)) {
      const kernel = make(tf.tensor1d(shapes));
      for (const op of OPERATORS) {
        const x = order(op) <= kernel.smoothness ? MIXED : APART;
        const alone = Array.from(shapes, (eps, j) => {
          const center = points([[CENTERS.get(j, 0), CENTERS.get(j, 1)]]);
          return byNumbers(op, make(eps), x, center);
        });
        const values = Array.from(alone[0], (_, i) => alone.map(column => column[i])).flat();
        assertClose(evaluate(op, kernel, x, CENTERS).data, values, 'float64', `${op.name} of ${name}`);
      }
      (kernel.shape as tf.Tensor).dispose();
    }
  });

  for (const offset of [1024, 2 ** 20])
    test(`${offset} from the origin as at the origin`, () => {
      const away = (a: F64) =>
        ndarray(
          a.data.map(v => Math.round(v * 2 ** 20) / 2 ** 20 + offset),
          a.shape,
        );
      const home = (a: F64) =>
        ndarray(
          a.data.map(v => v - offset),
          a.shape,
        );
      const [x, c] = [away(MIXED), away(CENTERS)];
      for (const { name, make, shape } of KERNELS)
        for (const op of OPERATORS) {
          const kernel = make(shape);
          if (order(op) > kernel.smoothness) continue;
          // x.pick would see other coordinates: operators whose coefficients vary are left out.
          if (op.rank === 'scalar' && op.terms.length > 1) continue;
          const expected = evaluate(op, kernel, home(x), home(c), WEIGHTS).data;
          assertClose(evaluate(op, kernel, x, c, WEIGHTS).data, expected, 'float64', `${op.name} of ${name}`);
        }
    });
});

describe('on the tape', () => {
  const tensor = (a: F64) => tf.tensor2d(Float32Array.from(a.data), [a.shape[0], a.shape[1]]);

  for (const { name, make, shape } of KERNELS)
    test(`${name}: apply is evaluate in float32, without a leak`, () => {
      const kernel = make(shape);
      const round = (a: F64) => ndarray(Float64Array.from(Float32Array.from(a.data)), a.shape);
      for (const op of OPERATORS) {
        const x = round(order(op) <= kernel.smoothness ? MIXED : APART);
        const [xs, cs] = [tensor(x), tensor(round(CENTERS))];
        const before = tf.memory().numTensors;
        const values = tf.tidy(() => apply(op, kernel)(xs, cs).dataSync());
        assert.equal(tf.memory().numTensors, before);
        const expected = evaluate(op, kernel, x, round(CENTERS)).data;
        // A divergent kernel is as large as 1/r^k near its centers; there float32 has fewer digits.
        const rough = order(op) > kernel.smoothness;
        if (!rough) assertClose(values, expected, 'float32', `${op.name} of ${name}`);
        else
          for (let i = 0; i < values.length; i++)
            assert.ok(
              Math.abs(values[i] - expected[i]) <= 1e-2 * Math.max(1, Math.abs(expected[i])),
              `${op.name} of ${name} [${i}]`,
            );
        tf.dispose([xs, cs]);
      }
    });

  test('the gradient of apply(laplacian) is apply of the third derivatives', () => {
    const kernel = maternKernel(3.5, 0.5);
    const [x, c] = [
      tf.tensor2d([
        [0.25, 0.5],
        [0.125, 0.75],
      ]),
      tf.tensor2d([[0.25, 0.5]]),
    ];
    const slope = autodiff
      .gradient(z => apply(laplacian, kernel)(z, c))(x)
      .arraySync();
    const third = (alpha: number[]) => apply(partial(alpha), kernel)(x, c).dataSync();
    const [xxx, xyy, xxy, yyy] = [third([3, 0]), third([1, 2]), third([2, 1]), third([0, 3])];
    for (const [i, row] of slope.entries()) assertClose(row, [xxx[i] + xyy[i], xxy[i] + yyy[i]]);
  });

  test('gradients reach the weights, the centers and the shape', () => {
    const [x, c, eps] = [tf.tensor2d([[0.25, 0.5]]), tf.tensor2d([[0.5, 0.125]]), tf.scalar(1.5)];
    const value = (c: tf.Tensor, e: tf.Tensor) => apply(laplacian, gaussianKernel(e))(x, c as tf.Tensor2D);
    const [byCenter, byShape] = autodiff.grads((c, e) => value(c, e))([c, eps]);
    const exact = (c: number[], e: number) =>
      evaluate(laplacian, gaussianKernel(e), points([[0.25, 0.5]]), points([c])).data[0];
    const slope = (f: (t: number) => number) => (f(-2e-3) - 8 * f(-1e-3) + 8 * f(1e-3) - f(2e-3)) / 12e-3;
    assertClose(byCenter.dataSync(), [
      slope(t => exact([0.5 + t, 0.125], 1.5)),
      slope(t => exact([0.5, 0.125 + t], 1.5)),
    ]);
    assertClose(byShape.dataSync(), [slope(t => exact([0.5, 0.125], 1.5 + t))]);
  });

  test('on the line too, by tf.grad alone', () => {
    tf.tidy(() => {
      const [x, c] = [tf.tensor2d([[0.25]]), tf.tensor2d([[0.5]])];
      const slope = tf.grad((z: tf.Tensor) => apply(partial([1]), gaussianKernel(2))(x, z as tf.Tensor2D))(c);
      const second = evaluate(partial([2]), gaussianKernel(2), points([[0.25]]), points([[0.5]])).data[0];
      assertClose(slope.dataSync(), [-second]);
    });
  });
});

describe('properties', () => {
  const anyKernel = fc.constantFrom(...KERNELS);
  const box = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 });

  test('∂^α is the five-point difference of the derivative one order lower', () => {
    const sample = fc.tuple(
      anyKernel,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      box,
      box,
      fc.nat(1000),
    );
    fc.assert(
      fc.property(sample, ([{ make, shape, name }, total, d, a, b, pick]) => {
        const kernel = make(shape);
        const indices = multiIndices(d, total);
        const alpha = indices[pick % indices.length];
        const axis = alpha.findIndex(p => p > 0);
        const lower = alpha.map((p, k) => (k === axis ? p - 1 : p));
        const [x, c] = [a.slice(0, d), b.slice(0, d)];
        const r = Math.hypot(...x.map((v, k) => v - c[k]));
        // Near a rough center and at the edge of a compact support differences lose their digits.
        fc.pre(
          r > 0.2 &&
            !(name.startsWith('Wendland') && Math.abs(r - 1.25) < 0.05) &&
            !(name === 'Bump' && r > 1),
        );
        const at = (t: number) => {
          const moved = x.map((v, k) => (k === axis ? v + t : v));
          return evaluate(partial(lower), kernel, points([moved]), points([c])).data[0];
        };
        const h = 1e-3;
        const difference = (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h);
        const value = evaluate(partial(alpha), kernel, points([x]), points([c])).data[0];
        const size = Math.max(1, Math.abs(at(0)) / h / 1e3, Math.abs(value));
        assert.ok(
          Math.abs(value - difference) <= 1e-6 * size * 10 ** total,
          `∂^(${alpha}) of ${name}: ${value}, ${difference}`,
        );
      }),
      { numRuns: 300 },
    );
  });

  test('derivatives of odd order are odd in x − c, of even order even', () => {
    fc.assert(
      fc.property(
        anyKernel,
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        box,
        ({ make, shape }, total, d, a) => {
          const kernel = make(shape);
          const x = a.slice(0, d).map(v => v + 0.01);
          const origin = points([x.map(() => 0)]);
          for (const alpha of multiIndices(d, total)) {
            const [there, back] = [x, x.map(v => -v)].map(
              p => evaluate(partial(alpha), kernel, points([p]), origin).data[0],
            );
            assert.equal(back + 0, (total % 2 === 0 ? there : -there) + 0);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('the Laplacian is the trace of the Hessian, the biharmonic the Laplacian’s', () => {
    for (const d of [1, 2, 3])
      for (const { name, make, shape } of KERNELS) {
        // Apart, so that nothing as large as 1/r³ cancels.
        const [x, c] = [randomPoints(8, d, 3, 1.25), randomPoints(5, d, 5)];
        const kernel = make(shape);
        const second = (k: number) => Array.from({ length: d }, (_, i) => (i === k ? 2 : 0));
        const trace = add(...Array.from({ length: d }, (_, k) => partial(second(k))));
        assertClose(
          evaluate(laplacian, kernel, x, c).data,
          evaluate(trace, kernel, x, c).data,
          'float64',
          name,
        );
        const pairs = Array.from({ length: d * d }, (_, q) => [second(q % d), second(Math.floor(q / d))]);
        const square = add(...pairs.map(([a, b]) => partial(a.map((p, i) => p + b[i]))));
        assertClose(
          evaluate(biharmonic, kernel, x, c).data,
          evaluate(square, kernel, x, c).data,
          'float64',
          name,
        );
      }
  });

  test('a coefficient may be a number, an array or a function of the points, and they multiply', () => {
    const kernel = gaussianKernel(2);
    const plain = evaluate(laplacian, kernel, MIXED, CENTERS).data;
    const first = Float64Array.from({ length: 100 }, (_, i) => MIXED.get(i, 0));
    const op = scale(
      3,
      scale(
        ndarray(first, [100]),
        scale(x => x.pick(null, 0), laplacian),
      ),
    );
    assertClose(
      evaluate(op, kernel, MIXED, CENTERS).data,
      plain.map((v, i) => 3 * first[Math.floor(i / 60)] ** 2 * v),
      'float64',
    );
  });

  test('evaluateGradient and evaluateHessian have the shapes [n, d, k] and [n, d, d, k]', () => {
    assert.deepEqual(evaluateGradient(gaussianKernel(2), MIXED, CENTERS, WEIGHTS).shape, [100, 2, 2]);
    const H = evaluateHessian(gaussianKernel(2), MIXED, CENTERS, WEIGHTS);
    assert.deepEqual(H.shape, [100, 2, 2, 2]);
    assertClose([H.get(3, 0, 1, 0)], [H.get(3, 1, 0, 0)], 'float64');
  });

  test('arrays of any strides are read as they are seen', () => {
    const [x, c] = [randomPoints(2, 6, 3), randomPoints(2, 5, 9)];
    const turned = evaluate(laplacian, gaussianKernel(2), x.transpose(1, 0), c.transpose(1, 0));
    const copy = (a: F64) => points(Array.from({ length: a.shape[1] }, (_, i) => [a.get(0, i), a.get(1, i)]));
    assert.deepEqual(turned.data, evaluate(laplacian, gaussianKernel(2), copy(x), copy(c)).data);
  });
});

describe('numbers of others', () => {
  test('Wendland C6, ε = 0.4, d = 2: the Laplacian at the center is −7.04 in the scale of C6 with ε² = 0.16', () => {
    // Δ = 2d·f′(0), f′(0) = −11/R²; R = 1/0.4: −4·11·0.16.
    const at = points([[0, 0]]);
    assert.ok(Math.abs(evaluate(laplacian, wendlandKernel(6, 2.5), at, at).data[0] + 7.04) < 1e-14);
  });

  test('Matérn 5/2, ℓ = 1: the second derivative at the center is −5/3', () => {
    const at = points([[0]]);
    assert.ok(Math.abs(evaluate(partial([2]), maternKernel(2.5, 1), at, at).data[0] + 5 / 3) < 1e-15);
  });
});

describe('extremes', () => {
  for (const { name, make, shape } of KERNELS)
    test(`${name}: r = 1e-150 is as the center, r = 1e150 gives no NaN`, () => {
      const kernel = make(shape);
      for (const alpha of [0, 1, 2, 3, 4].flatMap(total => multiIndices(2, total))) {
        const total = alpha[0] + alpha[1];
        const at = (r: number) =>
          evaluate(partial(alpha), kernel, points([[0.6 * r, -0.8 * r]]), points([[0, 0]])).data[0];
        assert.ok(!Number.isNaN(at(1e150)), `∂^(${alpha}) at 1e150`);
        if (total <= kernel.smoothness)
          assertClose([at(1e-150)], [at(0)], 'float64', `∂^(${alpha}) at 1e-150`);
      }
    });
});

test('far out, where powers of x − c overflow, many points give what one gives', () => {
  const far = points(Array.from({ length: 100 }, (_, i) => [1e150 * (1 + i / 8), -1e150]));
  for (const { name, make, shape } of KERNELS)
    for (const alpha of [
      [3, 1],
      [4, 0],
      [2, 1],
    ]) {
      const [kernel, op] = [make(shape), partial(alpha)];
      const values = evaluate(op, kernel, far, CENTERS).data;
      assert.ok(!values.some(Number.isNaN), `∂^(${alpha}) of ${name}`);
      assertClose(values, byNumbers(op, kernel, far, CENTERS), 'float64', `∂^(${alpha}) of ${name}`);
    }
});

describe('what does not exist, or does not fit, is an error', () => {
  const at = points([[0.5, 0.25]]);

  test('a derivative over the smoothness, at a center: kernel, smoothness and point are named', () => {
    for (const [kernel, op] of [
      [maternKernel(0.5, 1), gradient],
      [phsKernel(1), partial([1, 0])],
      [phsKernel(2), laplacian],
      [wendlandKernel(2, 1), partial([2, 1])],
      [maternKernel(2.5, 1), partial([5, 0])],
    ] as const) {
      const says = new RegExp(
        `${kernel.name} is C\\^${kernel.smoothness} .*order ${order(op)}.*\\(0.5, 0.25\\)`,
      );
      assert.throws(() => evaluate(op, kernel, at, at), { name: 'RangeError', message: says });
      const t = tf.tensor2d([[0.5, 0.25]]);
      assert.throws(() => apply(op, kernel)(t, t), { name: 'RangeError', message: says });
      assert.ok(Number.isFinite(evaluate(op, kernel, points([[0.5, 0.75]]), at).data[0]));
    }
  });

  test('a plain function has no closed derivatives: the error says autodiff', () => {
    const plain = (x: tf.Tensor2D, c: tf.Tensor2D) => x.matMul(c.transpose()) as tf.Tensor2D;
    assert.throws(() => evaluate(laplacian, plain, at, at), { name: 'TypeError', message: /autodiff/ });
    assert.throws(() => apply(laplacian, plain), { name: 'TypeError', message: /autodiff/ });
  });

  test('arguments of the wrong kind or shape', () => {
    const kernel = gaussianKernel(1);
    const line = ndarray(Float64Array.of(1, 2), [2]);
    const bad = (value: unknown) => value as never;
    const throwing: [() => unknown, RegExp][] = [
      [() => evaluate(laplacian, kernel, line, at), /x must have the shape \[n, d\], got \[2\]/],
      [() => evaluate(laplacian, kernel, at, points([[1, 2, 3]])), /same number of columns/],
      [
        () => evaluate(laplacian, kernel, at, at, points([[1], [2]])),
        /weights must be \[1, k\], got \[2,1\]/,
      ],
      [() => evaluate(partial([1]), kernel, at, at), /1 coordinates, the points have 2/],
      [() => evaluate(laplacian, kernel, bad(tf.tensor2d([[1, 2]])), at), /got a tensor/],
      [() => evaluate(laplacian, kernel, bad([[1, 2]]), at), /must be a float64 ndarray/],
      [() => evaluate(laplacian, bad(5), at, at), /kernel must be a kernel/],
      [() => evaluate(scale([1, 2], laplacian), kernel, at, at), /must give 1 values, one a point, got 2/],
      [() => evaluate(scale([Number.NaN], laplacian), kernel, at, at), /finite numbers/],
      [() => partial([1, -1]), /alpha must be integers ≥ 0/],
      [() => partial([]), /alpha must be integers ≥ 0/],
      [() => scale(Number.NaN, laplacian), /a must be a finite number/],
      [() => scale(1, bad(gradient)), /op must be an operator/],
      [() => add(), /at least one operator/],
    ];
    for (const [call, message] of throwing) assert.throws(call, { message });
    assert.equal(nativeCount(), 0);
  });

  test('no points, or no centers: an empty result, or sums of nothing', () => {
    const none = ndarray(new Float64Array(0), [0, 2]);
    assert.deepEqual(evaluate(laplacian, gaussianKernel(1), none, at).shape, [0, 1]);
    const weights = ndarray(new Float64Array(0), [0, 3]);
    assert.deepEqual(Array.from(evaluate(laplacian, gaussianKernel(1), at, none, weights).data), [0, 0, 0]);
  });
});
