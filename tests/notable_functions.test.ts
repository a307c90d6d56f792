/** Targets and their derivatives against 40-digit values, five-point differences and the equations that they solve. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import ndarray from 'ndarray';
import {
  add,
  biharmonic,
  evaluate,
  gradient,
  hessian,
  identity,
  laplacian,
  type Operator,
  partial,
  scale,
} from '../modules/differential_operators';
import { heatSolution, waveSolution } from '../modules/heat_solutions';
import {
  franke,
  gibbs,
  parabola,
  runge,
  runge2d,
  sinc,
  sinc2d,
  sineCosine,
  sineSine,
  type Target,
} from '../modules/notable_functions';
import { iqKernel } from '../modules/notable_kernels';
import { asPoints, type F64, halton, linspace } from '../modules/point_sets';
import { target } from '../modules/target';
import references from './references/targets.json';
import { leaked } from './support/tape';
import { assertClose } from './support/tolerances';

const heat = heatSolution({ diffusivity: 0.25, mode: 2 });
const wave = waveSolution({ speed: 0.5, mode: 3 });
const TARGETS = [franke, runge, runge2d, gibbs, sinc, sinc2d, parabola, sineSine, sineCosine, heat, wave].map(
  (f, i): [string, Target] => [i === 9 ? 'heatSolution' : i === 10 ? 'waveSolution' : f.name, f],
);
const smooth = TARGETS.filter(([, f]) => f !== gibbs);
const rows = (a: F64) =>
  Array.from({ length: a.shape[0] }, (_, i) => Array.from({ length: a.shape[1] }, (_, k) => a.get(i, k)));

describe('every derivative up to the fourth is mpmath’s', () => {
  for (const [name, f] of smooth)
    test(name, () => {
      const { points, alphas, values } = references[name as keyof typeof references];
      assert.equal(points[0].length, f.d);
      const x = asPoints(points.flat(), f.d);
      alphas.forEach((alpha, k) => {
        assertClose(f.evaluate(partial(alpha), x).data, values[k].map(Number), 'float64', `∂^[${alpha}]`);
      });
    });
  test('no target is missing there', () => {
    assert.deepEqual(Object.keys(references).sort(), smooth.map(([name]) => name).sort());
  });
  test('sinc has all digits of each derivative wherever its formula changes, and near 0', () => {
    const { points, alphas, values } = references.sinc;
    alphas.forEach(([k], i) => {
      points.forEach((point, j) => {
        const error = Math.abs(sinc.partial([k], point) - Number(values[i][j]));
        assert.ok(error <= 2e-15 * Math.PI ** k, `order ${k} at ${point}: off by ${error}`);
      });
    });
    assert.equal(sinc.partial([0], [0]), 1);
  });
});

describe('a derivative is the five-point difference of the one below', () => {
  for (const [name, f] of smooth)
    test(`${name}, orders 1 to 5`, () => {
      const somewhere = rows(halton(200, f.d)).map(p => p.map(v => 2 * v - 1));
      const largest = (alpha: number[]) => Math.max(...somewhere.map(p => Math.abs(f.partial(alpha, p))));
      const each = { minLength: f.d, maxLength: f.d };
      fc.assert(
        fc.property(
          fc.array(fc.double({ min: -1, max: 1, noNaN: true }), each),
          fc.array(fc.nat({ max: 4 / f.d }), each),
          fc.nat({ max: f.d - 1 }),
          (x, alpha, axis) => {
            const h = 1e-3;
            const up = alpha.map((a, k) => (k === axis ? a + 1 : a));
            const at = (t: number) =>
              f.partial(
                alpha,
                x.map((v, k) => (k === axis ? v + t * h : v)),
              );
            const difference = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
            const error = Math.abs(f.partial(up, x) - difference);
            const allowed = 1e-6 * largest(up) + 1e-11 * largest(alpha);
            assert.ok(error <= allowed, `∂^[${up}] at ${x}: off by ${error}, allowed ${allowed}`);
          },
        ),
      );
    });
});

describe('evaluate', () => {
  test('gives values [n], gradients [n, d] and second derivatives [n, d, d]', () => {
    const x = halton(5, 2);
    assert.deepEqual(franke.evaluate(identity, x).shape, [5]);
    const [slopes, curvatures] = [franke.evaluate(gradient, x), franke.evaluate(hessian, x)];
    assert.deepEqual(slopes.shape, [5, 2]);
    assert.deepEqual(curvatures.shape, [5, 2, 2]);
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 2; j++) {
        const e = [0, 1].map(k => (k === j ? 1 : 0));
        assert.equal(slopes.get(i, j), franke.evaluate(partial(e), x).get(i));
        for (let k = 0; k < 2; k++) {
          const both = e.map((v, l) => (l === k ? v + 1 : v));
          assert.equal(curvatures.get(i, j, k), franke.evaluate(partial(both), x).get(i));
        }
      }
  });
  test('of runge and runge2d is that of the inverse quadratic kernel at the origin, for every operator', () => {
    for (const f of [runge, runge2d]) {
      const x = ndarray(
        halton(30, f.d).data.map(v => 2 * v - 1),
        [30, f.d],
      );
      const origin = asPoints(new Float64Array(f.d), f.d);
      const first = f.d === 1 ? [1] : [0, 1];
      const varying = scale(p => p.data.filter((_, i) => i % f.d === 0).map(v => v * v), partial(first));
      for (const op of [
        identity,
        laplacian,
        biharmonic,
        gradient,
        hessian,
        add(scale(3, laplacian), varying),
      ])
        assertClose(
          f.evaluate(op, x).data,
          evaluate(op, iqKernel(5), x, origin).data,
          'float64',
          `${f.name} ${op.name}`,
        );
    }
  });
  test('multiplies by coefficients that are numbers, arrays or functions of x', () => {
    const x = halton(7, 2);
    const a = x.data.filter((_, i) => i % 2 === 1);
    const expected = franke.evaluate(laplacian, x).data.map((v, i) => -2 * a[i] * a[i] * v);
    const op = scale(
      -2,
      scale(
        a,
        scale(p => rows(p).map(([, y]) => y), laplacian),
      ),
    );
    assertClose(franke.evaluate(op, x).data, expected, 'float64');
  });
  test('reads points of any stride', () => {
    const transposed = ndarray(Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6), [2, 3]).transpose(1, 0);
    assert.deepEqual(
      franke.evaluate(laplacian, transposed),
      franke.evaluate(laplacian, asPoints([0.1, 0.4, 0.2, 0.5, 0.3, 0.6], 2)),
    );
  });
});

describe('the equations that the targets solve', () => {
  const x = halton(50, 2);
  const vanishes = (f: Target, op: Operator, size: number) => {
    for (const v of f.evaluate(op, x).data) assert.ok(Math.abs(v) <= 1e-14 * size, `${op.name} gives ${v}`);
  };
  test('sineSine: Δu = −2π²·u; sineCosine: Δu = −(5/4)π²·u', () => {
    vanishes(sineSine, add(laplacian, scale(2 * Math.PI ** 2, identity)), 20);
    vanishes(sineCosine, add(laplacian, scale(1.25 * Math.PI ** 2, identity)), 20);
  });
  test('heatSolution: u_t = κ·u_xx; waveSolution: u_tt = c²·u_xx; both are 0 at both ends', () => {
    vanishes(heat, add(partial([0, 1]), scale(-0.25, partial([2, 0]))), 40);
    vanishes(wave, add(partial([0, 2]), scale(-0.25, partial([2, 0]))), 90);
    const ends = asPoints([0, 0, 0, 0.3, 1, 0, 1, 0.3], 2);
    for (const f of [heat, wave])
      for (const v of f.evaluate(identity, ends).data) assert.ok(Math.abs(v) < 2e-15);
  });
  test('parabola: u″ = 2 and u(0) = u(1) = ¼; all higher derivatives are 0', () => {
    const t = asPoints(linspace(0, 1, 5).data, 1);
    assert.deepEqual([...parabola.evaluate(identity, t).data], [0.25, 0.0625, 0, 0.0625, 0.25]);
    assert.deepEqual([...parabola.evaluate(laplacian, t).data], [2, 2, 2, 2, 2]);
    for (const k of [3, 4, 7])
      assert.deepEqual([...parabola.evaluate(partial([k]), t).data], [0, 0, 0, 0, 0]);
  });
});

describe('gibbs', () => {
  const x = asPoints([-2, -1e-300, 1e-300, 2], 1);
  test('is the sign of x, with 0 at 0', () => {
    assert.deepEqual([...gibbs.evaluate(identity, x).data], [-1, -1, 1, 1]);
    assert.deepEqual([...gibbs.evaluate(identity, asPoints([0], 1)).data], [0]);
  });
  test('has derivatives 0, but none at its jump', () => {
    for (const op of [gradient, laplacian, partial([3])])
      assert.ok(gibbs.evaluate(op, x).data.every(v => v === 0));
    assert.throws(() => gibbs.evaluate(laplacian, asPoints([1, 0], 1)), {
      name: 'RangeError',
      message: 'gibbs.evaluate(laplacian, x): gibbs has no such derivative at x[1] = (0)',
    });
  });
});

describe('a target', () => {
  test('says its name, its number of variables and its source', () => {
    for (const [name, f] of TARGETS) {
      assert.equal(f.name, name);
      assert.ok(f.d === 1 || f.d === 2);
      assert.ok(f.source.length > 10);
    }
  });
  test('can be one’s own', () => {
    const cubic = target({
      name: 'cubic',
      d: 1,
      source: 'here',
      partial: ([k], [t]) => [t ** 3, 3 * t * t][k],
    });
    assert.deepEqual([...cubic.evaluate(gradient, asPoints([2, -1], 1)).data], [12, 3]);
  });
  test('leaves no tensors behind, whether it throws or not', () => {
    const x = halton(3, 2);
    assert.equal(
      leaked(() => franke.evaluate(hessian, x) && tf.scalar(0)),
      0,
    );
    assert.equal(
      leaked(() => franke.evaluate(scale([1], laplacian), x) && tf.scalar(0)),
      0,
    );
  });
  test('stays finite far out, where it is 0', () => {
    assert.deepEqual([...franke.evaluate(hessian, asPoints([1e200, 1e200], 2)).data], [0, 0, 0, 0]);
  });
});

describe('errors name the call, the argument and what it is', () => {
  test('points that are none, or of another dimension', () => {
    const wrong = (x: unknown, name: string, message: string) =>
      assert.throws(() => franke.evaluate(laplacian, x as F64), { name, message });
    const call = 'franke.evaluate(laplacian, x)';
    wrong([[0, 0]], 'TypeError', `${call}: x must be a float64 ndarray [n, 2], got object`);
    wrong(undefined, 'TypeError', `${call}: x must be a float64 ndarray [n, 2], got undefined`);
    wrong(tf.zeros([1, 2]), 'TypeError', `${call}: x must be a float64 ndarray [n, 2], got float32`);
    wrong(halton(3, 3), 'RangeError', `${call}: x must be [n, 2], got [3,3]`);
    wrong(linspace(0, 1, 3), 'RangeError', `${call}: x must be [n, 2], got [3]`);
  });
  test('an operator that is none, or for another dimension', () => {
    assert.throws(() => franke.evaluate(undefined as never, halton(3, 2)), {
      name: 'TypeError',
      message: 'franke.evaluate(undefined, x): op must be an operator such as laplacian, got undefined',
    });
    assert.throws(() => franke.evaluate(partial([1]), halton(3, 2)), {
      name: 'RangeError',
      message: 'franke.evaluate(partial([1]), x): a derivative for 1 coordinates, the points have 2',
    });
  });
  test('coefficients and modes out of range', () => {
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => heatSolution({ diffusivity: value }), {
        name: 'RangeError',
        message: `heatSolution(options): diffusivity must be a positive finite number, got ${value}`,
      });
      assert.throws(() => waveSolution({ speed: value }), {
        name: 'RangeError',
        message: `waveSolution(options): speed must be a positive finite number, got ${value}`,
      });
    }
    for (const mode of [0, 1.5])
      assert.throws(() => heatSolution({ mode }), {
        name: 'RangeError',
        message: `heatSolution(options): mode must be a positive integer, got ${mode}`,
      });
  });
});
