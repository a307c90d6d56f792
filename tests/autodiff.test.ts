import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import { grad, gradient, grads, hessian, laplacian, repairGradients } from '../modules/autodiff';
import { tapeEngine } from '../modules/tape';
import { byDifferences, type Order, onTape } from './support/derivatives';
import { customOp, leaked } from './support/tape';
import { assertClose, worstFailure } from './support/tolerances';

/** The values, with 0 for −0. */
const values = (t: tf.Tensor) => Array.from(t.dataSync(), v => v + 0);
const bump = (x: tf.Tensor2D) => tf.exp(tf.mul(tf.sum(tf.square(x), 1), -25));

describe('plain TensorFlow.js', () => {
  // In a process of its own, since the repair lasts.
  const run = (script: string) =>
    JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' }));
  const tfjs = `const tf = require('@tensorflow/tfjs-node');`;

  test('has u_xx of exp(−25(x² + y²)) at (0.5, 0) wrong, −0.0965 for 1.1100', () => {
    const script = `${tfjs}
      const u = x => tf.sum(tf.exp(tf.mul(tf.sum(tf.square(x), 1), -25)));
      const u_x = x => tf.sum(tf.slice(tf.grad(u)(x), [0, 0], [1, 1]));
      console.log(JSON.stringify(Array.from(tf.grad(u_x)(tf.tensor2d([[0.5, 0]])).dataSync())));`;
    assertClose(run(script), [-25 * 2 * Math.exp(-6.25), 0]);
    const [xx, xy, yx, yy] = values(hessian(bump)(tf.tensor2d([[0.5, 0]])));
    assertClose([xx, xy, yx, yy], [(625 - 50) * Math.exp(-6.25), 0, 0, -50 * Math.exp(-6.25)]);
  });

  test('stays as it is when autodiff is imported, and becomes right by repairGradients()', () => {
    const script = `${tfjs}
      const second = () => Array.from(tf.grad(x => tf.grad(z => tf.square(tf.exp(z)))(x))(tf.tensor1d([0.5])).dataSync());
      const before = [second(), tf.getGradient('EluGrad') === undefined, Object.keys(tf.engine()).length];
      const { repairGradients } = require('./modules/autodiff');
      const imported = [second(), tf.getGradient('EluGrad') === undefined, Object.keys(tf.engine()).length];
      repairGradients();
      repairGradients();
      console.log(JSON.stringify({ before, imported, repaired: second() }));`;
    const { before, imported, repaired } = run(script);
    assert.deepEqual(imported, before);
    const truth = [4 * Math.exp(1)];
    assert.notEqual(worstFailure(before[0], truth), undefined);
    assertClose(repaired, truth);
  });

  test('trains a model to the same weights, bit for bit, with the repair and without', () => {
    const script = (repair: string) => `${tfjs}
      ${repair}
      const seed = n => tf.initializers.glorotUniform({ seed: n });
      const model = tf.sequential({ layers: [
        tf.layers.dense({ units: 8, inputShape: [3], activation: 'elu', kernelInitializer: seed(1) }),
        tf.layers.dense({ units: 4, activation: 'tanh', kernelInitializer: seed(2) }),
        tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer: seed(3) }),
      ] });
      model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
      const x = tf.randomNormal([16, 3], 0, 1, 'float32', 4);
      const y = tf.oneHot(tf.range(0, 16, 1, 'int32').mod(tf.scalar(2, 'int32')), 2);
      model.fit(x, y, { epochs: 3, verbose: 0, shuffle: false })
        .then(() => console.log(JSON.stringify(model.getWeights().map(w => Array.from(w.dataSync())))));`;
    const repaired = run(script(`require('./modules/autodiff').repairGradients();`));
    assert.deepEqual(repaired, run(script('')));
    assert.ok(repaired.flat().every(Number.isFinite));
  });
});

/** A function of one variable, on the tape and of a plain number. */
interface Expression {
  text: string;
  tape: (x: tf.Tensor) => tf.Tensor;
  plain: (x: number) => number;
}

const UNARY: [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number][] = [
  ['tanh', tf.tanh, Math.tanh],
  ['sigmoid', tf.sigmoid, x => 1 / (1 + Math.exp(-x))],
  ['sin', tf.sin, Math.sin],
  ['softplus', tf.softplus, x => Math.log1p(Math.exp(x))],
  ['atan', tf.atan, Math.atan],
  ['gauss', x => tf.exp(tf.neg(tf.square(x))), x => Math.exp(-x * x)],
  ['mq', x => tf.sqrt(tf.add(tf.square(x), 1)), x => Math.sqrt(x * x + 1)],
];
const BINARY: [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, (a: number, b: number) => number][] = [
  ['+', tf.add, (a, b) => a + b],
  ['·', tf.mul, (a, b) => a * b],
  ['/₂₊', (a, b) => tf.div(a, tf.add(tf.square(b), 2)), (a, b) => a / (b * b + 2)],
];

const { expression } = fc.letrec<{ expression: Expression }>(tie => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant<Expression>({ text: 'x', tape: x => x, plain: x => x }),
    fc.tuple(fc.constantFrom(...UNARY), tie('expression')).map(([[name, tape, plain], a]) => ({
      text: `${name}(${a.text})`,
      tape: (x: tf.Tensor) => tape(a.tape(x)),
      plain: (x: number) => plain(a.plain(x)),
    })),
    fc
      .tuple(fc.constantFrom(...BINARY), tie('expression'), tie('expression'))
      .map(([[name, tape, plain], a, b]) => ({
        text: `(${a.text} ${name} ${b.text})`,
        tape: (x: tf.Tensor) => tape(a.tape(x), b.tape(x)),
        plain: (x: number) => plain(a.plain(x), b.plain(x)),
      })),
  ),
}));

test('grad is right to third order for any expression of smooth ops', () => {
  const point = fc.float({ min: -1.5, max: 1.5, noNaN: true }).map(Math.fround);
  const property = fc.property(expression, fc.tuple(point, point), ({ tape, plain }, x) => {
    for (const order of [1, 2, 3] as Order[]) {
      const actual = onTape(z => tf.sum(tape(z)), x, order, grad);
      assertClose(
        actual,
        byDifferences(z => z.reduce((sum, v) => sum + plain(v), 0), x, order),
        'float32',
        `order ${order}`,
      );
    }
  });
  const reporter = (out: fc.RunDetails<[Expression, [number, number]]>) => {
    if (out.failed)
      throw new Error(`${out.counterexample?.[0].text} at ${out.counterexample?.[1]}: ${out.errorInstance}`);
  };
  fc.assert(property, { numRuns: 60, seed: 1, reporter });
});

describe('grad', () => {
  const x = tf.tensor1d([1, 2]);

  test('of a linear function twice, and of a constant, is 0, where tf.grad throws', () => {
    const triple = (z: tf.Tensor) => tf.mul(z, 3);
    assert.throws(() => tf.grad(z => tf.grad(triple)(z))(x), /Cannot compute gradient/);
    assert.deepEqual(values(grad((z: tf.Tensor) => grad(triple)(z))(x)), [0, 0]);
    assert.throws(() => tf.grad(() => tf.scalar(1))(x), /Cannot compute gradient/);
    assert.deepEqual(values(grad(() => tf.scalar(1))(x)), [0, 0]);
  });

  test('of the identity is dy', () => {
    assert.deepEqual(values(grad((z: tf.Tensor) => z)(x, [5, 7])), [5, 7]);
  });

  test('counts an x that f takes from outside as a constant, where tf.grad does not', () => {
    const f = (z: tf.Tensor) => tf.mul(z, x);
    assert.deepEqual(values(grad(f)(x)), [1, 2]);
    assert.deepEqual(values(tf.grad(f)(x)), [2, 4]);
    // d/dx of x·(d/dz of z·x) = x².
    assert.deepEqual(
      values(grad((y: tf.Tensor) => tf.mul(y, grad((z: tf.Tensor) => tf.mul(z, y))(y)))(x)),
      [2, 4],
    );
  });

  test('inside grad follows what the inner function takes from the outer one', () => {
    const f = (y: tf.Tensor) => {
      const e = tf.exp(y);
      return grad((z: tf.Tensor) => tf.mul(tf.square(z), e))(y);
    };
    // d/dy of 2y·exp(y).
    assertClose(values(grad(f)(x)), [4 * Math.E, 6 * Math.E ** 2]);
  });

  test('takes numbers, arrays, variables and integers, and gives float32', () => {
    const square = (z: tf.Tensor) => tf.mul(z, z);
    const variable = tf.variable(x);
    for (const argument of [[1, 2], x, variable, tf.tensor1d([1, 2], 'int32')]) {
      const result = grad(square)(argument);
      assert.equal(result.dtype, 'float32');
      assert.deepEqual(values(result), [2, 4]);
    }
    assert.deepEqual(values(grad(square)(3)), [6]);
    variable.dispose();
  });

  test('gives a tensor of its own, even if it is dy', () => {
    const dy = tf.tensor1d([1, 1]);
    grad((z: tf.Tensor) => z)(x, dy).dispose();
    assert.equal(dy.isDisposed, false);
  });

  test('leaves no tensor behind, nested or not, whether f throws or not', () => {
    const fail = (z: tf.Tensor): tf.Tensor => {
      tf.exp(z);
      throw new Error('no');
    };
    assert.equal(
      leaked(() => grad((z: tf.Tensor) => tf.exp(z))(x)),
      0,
    );
    assert.equal(
      leaked(() => grad((z: tf.Tensor) => grad((y: tf.Tensor) => tf.softmax(tf.exp(y)))(z))(x)),
      0,
    );
    assert.equal(
      leaked(() =>
        grad((z: tf.Tensor) =>
          tf.add(tf.cast(tf.greaterEqual(z, 1), 'float32'), tf.cast(tf.argMax(z), 'float32')),
        )(x),
      ),
      0,
    );
    assert.equal(
      leaked(() => grad((z: tf.Tensor) => grad(fail)(tf.exp(z)))(x)),
      0,
    );
    assert.equal(
      leaked(() => hessian(bump)(tf.tensor2d([[1, 2]]))),
      1,
    );
    assert.deepEqual([tapeEngine().state.gradientDepth, tapeEngine().state.activeTape], [0, null]);
  });

  test('lets a gradient be registered after the repair', () => {
    const original = tf.getGradient('Square');
    const pow = tf.getGradient('Pow');
    tf.registerGradient({
      kernelName: 'Pow',
      inputsToSave: ['a', 'b'],
      gradFunc: dy => ({ a: () => dy as tf.Tensor }),
    });
    assert.deepEqual(values(grad((z: tf.Tensor) => tf.pow(z, 2))(x)), [1, 1]);
    tf.registerGradient(pow);
    assert.equal(tf.getGradient('Square'), original);
  });

  test('refuses what it cannot differentiate', () => {
    const square = (z: tf.Tensor) => tf.square(z);
    assert.throws(
      () => grad(undefined as never),
      /^TypeError: grad\(f\): f must be a function, got undefined$/,
    );
    assert.throws(
      () => grad(square)(undefined as never),
      /^TypeError: grad\(f\)\(x\): x must be a tensor or numbers, got undefined$/,
    );
    assert.throws(
      () => grad(square)('a'),
      /^TypeError: grad\(f\)\(x\): x must hold real numbers, got string$/,
    );
    assert.throws(
      () => grad(square)(tf.complex([1], [2])),
      /^TypeError: .* must hold real numbers, got complex64$/,
    );
    assert.throws(
      () => grad(square)([1, 2], [1]),
      /^RangeError: .*: dy must have the shape of f\(x\), \[2\], got \[1\]$/,
    );
    assert.throws(
      () => grad((async (z: tf.Tensor) => z) as never)(x),
      /^TypeError: .*: f must return a tensor, got Promise$/,
    );
    assert.throws(
      () => grad((() => undefined) as never)(x),
      /^TypeError: .*: f must return a tensor, got undefined$/,
    );
    assert.throws(() => grads(square)(x as never), /^TypeError: grads\(f\)\(xs\): xs must be a list/);
  });

  test('throws where f reads its values and loses the tape, and tells that from a constant', () => {
    const lost = (z: tf.Tensor) => tf.tensor1d(Array.from(tf.exp(z).dataSync()).map(Math.sqrt));
    assert.throws(() => grad(lost)(x), /the derivative is not known: f reads values of x/);
    assert.throws(() => grad((z: tf.Tensor) => grad(lost)(z))(x), /not known/);
    const printed = (z: tf.Tensor) => tf.mul(z, z.dataSync()[0]);
    assert.deepEqual(values(grad(printed)(x)), [1, 1]);
    assert.deepEqual(values(grad(() => tf.scalar(tf.scalar(3).dataSync()[0]))(x)), [0, 0]);
    assert.deepEqual(Object.hasOwn(tapeEngine(), 'readSync'), false);
  });

  test('throws inside the forward function of a customGrad, where nothing is recorded', () => {
    const op = customOp(z => grad((y: tf.Tensor) => tf.exp(y))(z), tf.exp);
    assert.throws(() => grad(op)(x), /called in the forward function of a tf.customGrad/);
  });
});

test('grads gives the derivative with respect to each argument, and zeros for one that f ignores', () => {
  const [a, b, c] = grads((p: tf.Tensor, q: tf.Tensor, _: tf.Tensor) => tf.mul(tf.square(p), q))([
    [1, 2],
    3,
    [1, 1, 1],
  ]);
  assert.deepEqual([values(a), values(b), values(c)], [[6, 12], [5], [0, 0, 0]]);
});

describe('the repaired tape', () => {
  const x = tf.tensor1d([0.5, 1]);
  const second = (f: (x: tf.Tensor) => tf.Tensor) => grad((z: tf.Tensor) => grad(f)(z))(x);
  const saving =
    (make: (z: tf.Tensor) => tf.Tensor, value: (made: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) =>
      tf.customGrad((z, save) => {
        const made = make(z as tf.Tensor);
        (save as tf.GradSaveFunc)([made]);
        return { value: value(made), gradFunc: (dy, saved) => tf.mul(dy, saved[0]) };
      })(x);

  test('follows an output that an op saved', () => {
    assertClose(values(second(saving(tf.exp, e => e))), [Math.exp(0.5), Math.E]);
  });

  test('throws, with the name of the op, for something else that an op saved', () => {
    const op = saving(tf.exp, e => tf.log(tf.add(e, 1)));
    assert.ok(values(grad(op)(x)).every(Number.isFinite));
    assert.throws(
      () => second(z => tf.tidy('Mine', () => op(z))),
      /higher gradient of Mine: it saved a tensor that is neither/,
    );
    assert.equal(
      leaked(() => second(op)),
      0,
    );
  });

  test('does not mind a constant that an op saved', () => {
    const constant = tf.tensor1d([3, 4]);
    const op = (z: tf.Tensor) =>
      tf.customGrad((y, save) => {
        (save as tf.GradSaveFunc)([y as tf.Tensor, constant]);
        const value = tf.mul(constant, tf.square(y as tf.Tensor));
        return { value, gradFunc: (dy, [z, c]) => tf.mul(dy, tf.mul(c, tf.mul(z, 2))) };
      })(z);
    assertClose(values(second(op)), [6, 8]);
  });

  test('does not mind an input that was kept in an inner scope', () => {
    const op = customOp(
      z => tf.mul(z, tf.square(z)),
      z => tf.mul(tf.square(z), 3),
    );
    const kept: tf.Tensor[] = [];
    const f = (z: tf.Tensor) => {
      tf.tidy(() => kept.push(tf.keep(tf.square(z))));
      return op(kept[kept.length - 1]);
    };
    assertClose(values(second(f)), [30 * 0.5 ** 4, 30]);
    tf.dispose(kept);
  });

  test('throws for an op that returns its own input, whose derivative tfjs has wrong', () => {
    const stop = tf.customGrad(z => ({ value: z as tf.Tensor, gradFunc: dy => tf.zerosLike(dy) }));
    assert.throws(() => tf.grad(z => stop(z))(x), /returned its own input/);
    const copied = tf.customGrad(z => ({
      value: (z as tf.Tensor).clone(),
      gradFunc: dy => tf.zerosLike(dy),
    }));
    assert.deepEqual(values(tf.grad(z => copied(z))(x)), [0, 0]);
  });

  test('lets a customGrad of saved inputs nest to any order', () => {
    const exp = (z: tf.Tensor): tf.Tensor => customOp(tf.exp, exp)(z);
    const fourth = grad(grad(grad(grad(exp))) as typeof exp);
    assertClose(values(fourth(x)), [Math.exp(0.5), Math.E]);
  });
});

describe('at special points', () => {
  const derivativesAt = (f: (x: tf.Tensor) => tf.Tensor, x: number[]) => {
    const first = grad(f);
    const second = grad(first);
    return [first, second, grad(second)].map(g => values(g(x)));
  };

  test('x², x³ and x by pow have all derivatives at 0, where tfjs has NaN', () => {
    assert.deepEqual(
      derivativesAt(x => tf.pow(x, 2), [0, -1]),
      [
        [0, -2],
        [2, 2],
        [0, 0],
      ],
    );
    assert.deepEqual(
      derivativesAt(x => tf.pow(x, 3), [0, -1]),
      [
        [0, 3],
        [0, -6],
        [6, 6],
      ],
    );
    assert.deepEqual(
      derivativesAt(x => tf.pow(x, 1), [0, -1]),
      [
        [1, 1],
        [0, 0],
        [0, 0],
      ],
    );
  });

  test('the mixed derivative of aᵇ is (1 + b·log a)·aᵇ⁻¹, at b = 0 too', () => {
    const slope = (b: tf.Tensor) => grad((a: tf.Tensor) => tf.pow(a, b))([2, 2]);
    assertClose(values(grad(slope)([0, 3])), [1 / 2, (1 + 3 * Math.log(2)) * 4]);
  });

  test('a root of pow is infinite at 0, as it is', () => {
    assert.deepEqual(values(grad((x: tf.Tensor) => tf.pow(x, 0.5))([0])), [Infinity]);
  });

  test('where gives exactly 0 to the branch that was not taken, though NaN flows back', () => {
    const f = (x: tf.Tensor) =>
      tf.mul(tf.where(tf.tensor1d([1, 0], 'bool'), x, tf.zerosLike(x)), [1, Number.NaN]);
    assert.deepEqual(values(grad(f)([2, 3])), [1, 0]);
  });

  test('selu is finite far out in second order, where tfjs has 0·∞', () => {
    const [, second] = derivativesAt(tf.selu, [200, -200]);
    assert.deepEqual(second, [0, 0]);
  });

  test('the norm has no gradient at 0: it is NaN there', () => {
    assert.deepEqual(values(grad((x: tf.Tensor) => tf.norm(x))([0, 0])), [Number.NaN, Number.NaN]);
  });

  test('a product is right where factors are 0, to third order', () => {
    for (const x of [
      [0, 2, 3],
      [0, 0, 3],
      [0, 0, 0],
    ]) {
      for (const order of [1, 2, 3] as Order[]) {
        const expected = byDifferences(z => z[0] * z[1] * z[2], x, order);
        assertClose(
          onTape(z => tf.prod(z), x, order, grad),
          expected,
          'float32',
          `order ${order} at ${x}`,
        );
      }
    }
  });

  test('abs of complex numbers throws in tf.grad, which has the sign of the real part for it', () => {
    repairGradients();
    assert.throws(() => tf.grad(z => tf.abs(z))(tf.complex([1], [2])), /abs of complex numbers is not known/);
  });
});

describe('gradient, hessian and laplacian', () => {
  const x = tf.tensor2d([
    [0.3, -0.2, 0.5],
    [0, 0, 0],
    [-0.4, 0.1, 0.2],
  ]);
  const points = x.arraySync();
  // f = exp(a)·sin(b) + a·b·c² for a point (a, b, c).
  const f = (z: tf.Tensor2D) => {
    const [a, b, c] = tf.split(z, 3, 1);
    return tf.add(tf.mul(tf.exp(a), tf.sin(b)), tf.mul(tf.mul(a, b), tf.square(c)));
  };
  const gradients = points.map(([a, b, c]) => [
    Math.exp(a) * Math.sin(b) + b * c * c,
    Math.exp(a) * Math.cos(b) + a * c * c,
    2 * a * b * c,
  ]);
  const hessians = points.map(([a, b, c]) => {
    const mixed = Math.exp(a) * Math.cos(b) + c * c;
    return [
      [Math.exp(a) * Math.sin(b), mixed, 2 * b * c],
      [mixed, -Math.exp(a) * Math.sin(b), 2 * a * c],
      [2 * b * c, 2 * a * c, 2 * a * b],
    ];
  });

  test('are the closed forms, off the diagonal too, of the right shapes', () => {
    const [g, h, l] = [gradient(f)(x), hessian(f)(x), laplacian(f)(x)];
    assert.deepEqual([g.shape, h.shape, l.shape], [[3, 3], [3, 3, 3], [3]]);
    assertClose(values(g), gradients.flat());
    assertClose(values(h), hessians.flat(2));
    assertClose(
      values(l),
      points.map(([a, b]) => 2 * a * b),
    );
  });

  test('take a function of shape [n] as well as [n, 1]', () => {
    const flat = (z: tf.Tensor2D) => tf.squeeze(f(z), [1]);
    assert.deepEqual(values(hessian(flat)(x)), values(hessian(f)(x)));
  });

  test('are differentiable themselves', () => {
    const sum = grad((z: tf.Tensor2D) => laplacian(f)(z));
    assertClose(
      values(sum(x)),
      points.flatMap(([a, b]) => [2 * b, 2 * a, 0]),
    );
  });

  test('take one coordinate, one point and no point', () => {
    const square = (z: tf.Tensor2D) => tf.sum(tf.square(z), 1);
    assert.deepEqual(hessian(square)(tf.tensor2d([[3]])).arraySync(), [[[2]]]);
    assert.deepEqual(hessian(square)(tf.zeros([0, 2])).shape, [0, 2, 2]);
    assert.deepEqual(laplacian(square)(tf.zeros([0, 2])).shape, [0]);
  });

  test('are 0 for a linear function and for a constant one', () => {
    assert.deepEqual(new Set(values(hessian(z => tf.sum(z, 1))(x))), new Set([0]));
    assert.deepEqual(new Set(values(laplacian(() => tf.ones([3]))(x))), new Set([0]));
  });

  test('the Laplacian is the trace of the Hessian, which is symmetric, for random quadratic exponents', () => {
    const size = fc.integer({ min: 1, max: 4 });
    const property = fc.property(size, size, fc.integer({ min: 0, max: 1e6 }), (n, d, seed) => {
      tf.tidy(() => {
        const z = tf.randomUniform([n, d], -1, 1, 'float32', seed) as tf.Tensor2D;
        const matrix = tf.randomUniform([d, d], -1, 1, 'float32', seed + 1) as tf.Tensor2D;
        const g = (y: tf.Tensor2D) => tf.exp(tf.mul(tf.sum(tf.mul(y, tf.matMul(y, matrix)), 1), 0.5));
        const h = hessian(g)(z);
        const trace = tf.sum(tf.mul(h, tf.eye(d)), [1, 2]);
        assertClose(values(laplacian(g)(z)), values(trace));
        assertClose(values(tf.transpose(h, [0, 2, 1])), values(h));
      });
    });
    fc.assert(property, { numRuns: 25, seed: 1 });
  });

  test('go through the layers of a model', () => {
    const seed = (n: number) => tf.initializers.glorotNormal({ seed: n });
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 5, inputShape: [3], activation: 'tanh', kernelInitializer: seed(1) }),
        tf.layers.dense({ units: 1, kernelInitializer: seed(2) }),
      ],
    });
    const [w, b, v] = model.getWeights().map(t => values(t));
    const output = (point: number[]) => {
      const hidden = b.map((bias, j) =>
        Math.tanh(bias + point.reduce((sum, p, i) => sum + p * w[5 * i + j], 0)),
      );
      return hidden.reduce((sum, t, j) => sum + t * v[j], 0);
    };
    const h = hessian(z => model.apply(z) as tf.Tensor)(x).arraySync();
    const e = 0.01;
    const second = (p: number[], i: number, j: number) => {
      const at = (s: number, t: number) => output(p.map((c, k) => c + (k === i ? s : 0) + (k === j ? t : 0)));
      return (at(e, e) - at(e, -e) - at(-e, e) + at(-e, -e)) / (4 * e * e);
    };
    const expected = points.map(p => p.map((_, i) => p.map((__, j) => second(p, i, j))));
    for (const [k, value] of h.flat(2).entries()) assert.ok(Math.abs(value - expected.flat(2)[k]) < 2e-4);
  });

  test('refuse wrong shapes and dtypes', () => {
    const sum = (z: tf.Tensor) => tf.sum(z);
    const rows = (z: tf.Tensor) => tf.sum(z, 1);
    assert.throws(
      () => gradient(rows)(tf.tensor1d([1, 2, 3]) as never),
      /^RangeError: gradient\(f\)\(x\): x must be \[n, d\], got \[3\]$/,
    );
    assert.throws(
      () => hessian(rows)(tf.zeros([2, 0])),
      /^RangeError: hessian\(f\)\(x\): x must be \[n, d\], got \[2, 0\]$/,
    );
    assert.throws(
      () => laplacian(sum)(x),
      /^RangeError: laplacian\(f\)\(x\): f\(x\) must be \[3\] or \[3, 1\], got \[\]$/,
    );
    assert.throws(() => hessian(z => z)(x), /^RangeError: .* got \[3, 3\]$/);
    assert.throws(
      () => gradient(rows)(tf.cast(x, 'int32')),
      /^TypeError: gradient\(f\)\(x\): x must be float32, got int32$/,
    );
    assert.throws(
      () => gradient(z => tf.cast(rows(z), 'int32'))(x),
      /^TypeError: .*: f\(x\) must be float32, got int32$/,
    );
    assert.throws(
      () => gradient(rows)([[1, 2]] as never),
      /^TypeError: gradient\(f\)\(x\): x must be a tensor \[n, d\], got Array$/,
    );
    assert.throws(
      () => laplacian(3 as never),
      /^TypeError: laplacian\(f\): f must be a function, got number$/,
    );
  });
});
