/** What every kernel keeps: run over the whole table. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import ndarray from 'ndarray';
import { evaluateProfile, numbers } from '../modules/arithmetic';
import { repairGradients } from '../modules/autodiff';
import { eigenSymmetric, svd } from '../modules/float64';
import { isKernelFactory, kernelToConfig } from '../modules/kernel_registry';
import { force, lazy, natives } from '../modules/native_arithmetic';
import { download, nativeScope, upload } from '../modules/native_ops';
import type { RadialKernel } from '../modules/notable_kernels';
import * as notableKernels from '../modules/notable_kernels';
import { halton } from '../modules/point_sets';
import { radialOp } from '../modules/radial_op';
import { nthDerivative, type Profile, type Term } from '../modules/radial_profiles';
import reference from './references/partials.json';
import { CLOSED_FORMS, partial, partialSize, SMOOTHNESS } from './support/closed_forms';
import {
  KERNELS,
  type KernelCase,
  kernelCase,
  multiIndices,
  numberValue,
  type Points,
  squaredDistance,
} from './support/kernels';
import { assertClose, TOLERANCE } from './support/tolerances';

const fround = (points: Points): Points => points.map(x => x.map(Math.fround));
const tensor = (points: Points) => tf.tensor2d(points);
const subtract = (x: number[], c: number[]) => x.map((v, i) => v - c[i]);

/** Points of no pattern: two of them are centers, one is close to a center, one far from all. */
function sample(d: number): { x: Points; centers: Points } {
  const centers = fround(
    [0.3, 0.62, 0.85].map((v, j) => Array.from({ length: d }, (_, i) => v - 0.23 * i * (j - 1))),
  );
  const shifted = (c: number[], by: number) => c.map((v, i) => v + by * (1 - 0.37 * i));
  const x = fround([
    centers[0],
    shifted(centers[0], 1 / 64),
    shifted(centers[1], -0.21),
    centers[2],
    shifted(centers[2], 0.13),
    shifted(centers[0], 2.5),
  ]);
  return { x, centers };
}

const WEIGHTS = [0.75, -1.25, 0.5];

type Scalar = (x: tf.Tensor2D) => tf.Tensor;

/** Σ_j w_j·φ(x, c_j), `[n, 1]`. */
const weighted =
  (kernel: RadialKernel, centers: Points): Scalar =>
  x =>
    kernel(x, tensor(centers)).matMul(tf.tensor2d(WEIGHTS, [WEIGHTS.length, 1]));

/** ∂^α by a gradient of gradients: values `[n]`. */
function onTape(f: Scalar, alpha: number[], x: Points): Float32Array {
  return tf.tidy(() => {
    let g = f;
    alpha.forEach((times, i) => {
      for (let k = 0; k < times; k++) {
        const slope = tf.grad(g as (x: tf.Tensor) => tf.Tensor);
        g = z => slope(z).slice([0, i], [-1, 1]);
      }
    });
    return g(tensor(x)).dataSync() as Float32Array;
  });
}

describe('the kernels of the library', () => {
  test('are all tested here: a kernel that is added needs its witnesses', () => {
    const tested = new Set(KERNELS.map(({ make, shape }) => kernelToConfig(make(shape)).name));
    const untested = Object.entries(notableKernels)
      .filter(([name, value]) => isKernelFactory(value) && !tested.has(name))
      .map(([name]) => `${name}: a line in tests/support/kernels.ts`);
    assert.deepEqual(untested, []);
    const unwitnessed = KERNELS.flatMap(({ name }) => [
      ...(name in CLOSED_FORMS ? [] : [`${name}: a closed form in tests/support/closed_forms.ts`]),
      ...(name in reference.values ? [] : [`${name}: values from tests/references/make_references.py`]),
    ]);
    assert.deepEqual(unwitnessed, []);
  });
});

describe('the closed forms that the tests compare with are right', () => {
  for (const { name, make, shape, hasShape } of KERNELS)
    test(`${name}: partial derivatives to 40 digits`, () => {
      const { row } = make(shape);
      const { epsilon } = reference;
      const factor = row.shape?.factor ?? 1;
      const size = row.shape?.isLength ? factor / epsilon : epsilon / factor;
      reference.cases.forEach(({ delta, alpha }, i) => {
        const expected = Number((reference.values as Record<string, string[]>)[name][i]);
        // The reference is of g(u), without the amplitude ε^q.
        const actual = partial(name, size, delta, alpha) / (hasShape ? epsilon ** row.amplitude : 1);
        const allowed = TOLERANCE.float64 * partialSize(name, size, delta, alpha);
        assert.ok(Math.abs(actual - expected) <= allowed, `∂^[${alpha}] at ${delta}: ${actual}, ${expected}`);
      });
    });
});

describe('value', () => {
  for (const { name, make, shape } of KERNELS) {
    test(`${name}: as the book's formula, in float64 and float32`, () => {
      const { x, centers } = sample(2);
      const expected = x.flatMap(xi =>
        centers.map(c => CLOSED_FORMS[name](0, squaredDistance(xi, c), shape)),
      );
      const kernel = make(shape);
      assertClose(
        x.flatMap(xi => centers.map(c => numberValue(kernel, squaredDistance(xi, c)))),
        expected,
        'float64',
      );
      tf.tidy(() => {
        const values = kernel(tensor(x), tensor(centers));
        assert.deepEqual(values.shape, [x.length, centers.length]);
        assertClose(values.dataSync(), expected, 'float32');
      });
    });
    test(`${name}: symmetric in its two arguments`, () => {
      tf.tidy(() => {
        const [x, c] = [tensor(sample(3).x), tensor(sample(3).centers)];
        const kernel = make(shape);
        assertClose(kernel(c, x).transpose().dataSync(), kernel(x, c).dataSync());
      });
    });
    test(`${name}: at the centre exactly 1, Hardy's c, the bump's 1/e, a spline's 0`, () => {
      const expected =
        name === 'MqHardy' ? shape : name === 'Bump' ? Math.exp(-1) : name.startsWith('Poly') ? 0 : 1;
      const point = tf.tensor2d([[0.3, -7.1]]);
      assert.equal(make(shape)(point, point).dataSync()[0], Math.fround(expected));
      assert.equal(make(tf.scalar(shape))(point, point).dataSync()[0], Math.fround(expected));
      assert.equal(numberValue(make(shape), 0), expected);
    });
  }
});

describe('a kernel knows itself', () => {
  for (const { name, make, shape, hasShape } of KERNELS)
    test(`${name}: name, smoothness, shape, source`, () => {
      const kernel = make(shape);
      assert.equal(kernel.name, name);
      assert.equal(kernel.smoothness, SMOOTHNESS[name]);
      assert.equal(kernel.row.smoothness, SMOOTHNESS[name]);
      assert.equal(kernel.shape, hasShape ? shape : null);
      assert.ok(kernel.row.source.length > 10);
    });
});

describe('on the tape every partial derivative is the closed form, NaN only where there is none', () => {
  const cases = [
    [1, [1, 2, 3, 4]],
    [2, [1, 2, 3, 4]],
    [3, [1, 2, 3]],
  ] as const;
  for (const kernel of KERNELS)
    for (const [d, orders] of cases)
      test(`${kernel.name}: d = ${d}, orders 1 to ${orders.length}`, () => {
        const { x, centers } = sample(d);
        const f = weighted(kernel.make(kernel.shape), centers);
        for (const order of orders)
          for (const alpha of someMultiIndices(d, order)) comparePartial(kernel, f, x, centers, alpha);
      });
});

/** All to order 2, above those that descend: the others only rename the axes. */
const someMultiIndices = (d: number, order: number) =>
  multiIndices(d, order).filter(alpha => order <= 2 || alpha.every((a, i) => i === 0 || a <= alpha[i - 1]));

function comparePartial(k: KernelCase, f: Scalar, x: Points, centers: Points, alpha: number[]): void {
  const expected = x.map(xi =>
    centers.reduce((sum, c, j) => sum + WEIGHTS[j] * partial(k.name, k.shape, subtract(xi, c), alpha), 0),
  );
  const order = alpha.reduce((a, b) => a + b, 0);
  // The points 0 and 3 are centers.
  assert.deepEqual(
    expected.map(Number.isFinite),
    x.map((_, i) => order <= SMOOTHNESS[k.name] || (i !== 0 && i !== 3)),
  );
  const sizes = x.map(xi =>
    Math.max(
      ...centers.map((c, j) => Math.abs(WEIGHTS[j]) * partialSize(k.name, k.shape, subtract(xi, c), alpha)),
    ),
  );
  const largest = Math.max(...expected.filter(Number.isFinite).map(Math.abs));
  onTape(f, alpha, x).forEach((actual, i) => {
    const allowed = TOLERANCE.float32 * Math.max(largest, sizes[i] || 0);
    const same = Number.isNaN(expected[i]) ? Number.isNaN(actual) : Math.abs(actual - expected[i]) <= allowed;
    assert.ok(same, `${k.name} ∂^[${alpha}] at ${x[i]} is ${actual}, not ${expected[i]}`);
  });
}

describe('the last derivative that exists at a centre is right, the next is NaN', () => {
  for (const { name, make, shape } of KERNELS.filter(k => SMOOTHNESS[k.name] < 6))
    test(`${name}: orders ${SMOOTHNESS[name]} and ${SMOOTHNESS[name] + 1}`, () => {
      const f = (x: tf.Tensor2D) => make(shape)(x, tf.tensor2d([[0.4]]));
      const last = onTape(f, [SMOOTHNESS[name]], [[0.4]])[0];
      if (SMOOTHNESS[name] <= 4) assertClose([last], [partial(name, shape, [0], [SMOOTHNESS[name]])]);
      else assert.equal(last, 0);
      assert.ok(Number.isNaN(onTape(f, [SMOOTHNESS[name] + 1], [[0.4]])[0]));
    });
  test('which are Matérn ½, r and Wendland C0 in the gradient, the thin plate in the Hessian', () => {
    const at = (name: string, alpha: number[]) => {
      const k = kernelCase(name);
      return onTape(x => k.make(k.shape)(x, tf.zeros([1, 2])), alpha, [[0, 0]])[0];
    };
    for (const name of ['Matern12', 'Polyharmonic1', 'WendlandC0']) assert.ok(Number.isNaN(at(name, [1, 0])));
    for (const alpha of [
      [2, 0],
      [1, 1],
    ])
      assert.ok(Number.isNaN(at('Polyharmonic2', alpha)));
    assert.equal(at('Polyharmonic2', [1, 0]), 0);
    for (const name of ['Polyharmonic3', 'Matern32', 'WendlandC2']) {
      assert.ok(Number.isFinite(at(name, [2, 0])));
      assert.equal(at(name, [1, 1]), 0);
      assert.ok(Number.isNaN(at(name, [3, 0])) && Number.isNaN(at(name, [1, 2])));
    }
  });
  test('a Matérn 5/2 of length 1 has the second derivative −5/3, a Wendland C6 of radius 2.5 the Laplacian −7.04', () => {
    const second = (name: string, shape: number) => {
      const k = kernelCase(name);
      return [
        [2, 0],
        [0, 2],
      ].map(alpha => onTape(x => k.make(shape)(x, tf.zeros([1, 2])), alpha, [[0, 0]])[0]);
    };
    assertClose(second('Matern52', 1), [-5 / 3, -5 / 3]);
    const [xx, yy] = second('WendlandC6', 2.5);
    assertClose([xx + yy], [-7.04]);
  });
});

describe('derivatives with respect to the shape', () => {
  const withShape = KERNELS.filter(k => k.hasShape);
  const { x, centers } = sample(2);
  const SHAPES = (shape: number) => [shape, Math.fround(0.9 * shape), Math.fround(1.1 * shape)];

  /** Five-point differences in the shape, of ∂^α φ in float64. */
  const bySize = (name: string, shape: number, delta: number[], alpha: number[]) => {
    const h = 1e-3 * shape;
    const at = (i: number) => partial(name, shape + i * h, delta, alpha);
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
  };
  const total = (name: string, shape: number, j: number, alpha = [0, 0]) =>
    x.reduce((sum, xi) => sum + WEIGHTS[j] * bySize(name, shape, subtract(xi, centers[j]), alpha), 0);

  for (const { name, make, shape } of withShape) {
    const loss = (size: tf.Tensor) => weighted(make(size), centers)(tensor(x)).sum() as tf.Scalar;
    test(`${name}: a number, a scalar and three equal values give the same values, to a rounding`, () => {
      tf.tidy(() => {
        const values = (size: tf.Tensor | number) => make(size)(tensor(x), tensor(centers)).dataSync();
        assertClose(values(tf.scalar(shape)), values(shape));
        assertClose(values(tf.fill([3], shape)), values(shape));
        assertClose(values(tf.fill([1], shape)), values(shape));
      });
    });
    test(`${name}: of a scalar, of a variable, of one shape a center`, () => {
      const [one, two, three] = SHAPES(shape);
      const shared = [0, 1, 2].reduce((sum, j) => sum + total(name, one, j), 0);
      tf.tidy(() => assertClose(tf.grad(loss)(tf.scalar(one)).dataSync(), [shared]));
      tf.tidy(() =>
        assertClose(
          tf
            .grad(loss)(tf.tensor1d([one]))
            .dataSync(),
          [shared],
        ),
      );
      const variable = tf.variable(tf.scalar(one));
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => loss(variable), [variable]);
        assertClose(grads[variable.name].dataSync(), [shared]);
      });
      variable.dispose();
      tf.tidy(() =>
        assertClose(
          tf
            .grad(loss)(tf.tensor1d([one, two, three]))
            .dataSync(),
          [one, two, three].map((size, j) => total(name, size, j)),
        ),
      );
    });
    test(`${name}: mixed with derivatives in x of order 1 and 2, NaN only where there are none`, () => {
      const size = Math.fround(shape);
      for (const alpha of [
        [1, 0],
        [0, 1],
        [1, 1],
        [0, 2],
      ]) {
        const expected = x.map(xi =>
          centers.reduce((sum, c, j) => sum + WEIGHTS[j] * bySize(name, size, subtract(xi, c), alpha), 0),
        );
        // The shapes are one value a point here, so that each point has its own derivative.
        x.forEach((xi, i) => {
          const f = (shapes: tf.Tensor) =>
            tf.tidy(() => partialOf(weighted(make(shapes), centers), alpha, xi));
          const actual = tf.tidy(() => tf.grad(f)(tf.scalar(size)).dataSync());
          assertClose(actual, [expected[i]], 'float32', `∂/∂shape ∂^[${alpha}] at ${xi}`);
        });
      }
    });
    test(`${name}: the second derivative in the shape`, () => {
      const second = tf.tidy(() =>
        tf
          .grad(z => tf.grad(loss)(z))(tf.scalar(shape))
          .dataSync(),
      );
      const h = 1e-3 * shape;
      const at = (i: number) => [0, 1, 2].reduce((sum, j) => sum + total(name, shape + i * h, j), 0);
      assertClose(second, [(8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)]);
    });
    test(`${name}: at the centre it is 0, Hardy's is 1`, () => {
      const point = tf.tensor2d([[0.3, 0.1]]);
      const slope = tf.tidy(() =>
        tf
          .grad(size => make(size)(point, point))(tf.scalar(shape))
          .dataSync(),
      );
      if (name === 'MqHardy') assertClose(slope, [1]);
      else assert.equal(Math.abs(slope[0]), 0);
    });
  }
});

/** ∂^α f at one point, on the tape. */
function partialOf(f: Scalar, alpha: number[], x: number[]): tf.Tensor {
  let g = f;
  alpha.forEach((times, i) => {
    for (let k = 0; k < times; k++) {
      const slope = tf.grad(g as (x: tf.Tensor) => tf.Tensor);
      g = z => slope(z).slice([0, i], [-1, 1]);
    }
  });
  return g(tensor([x]));
}

/** The sum of the sizes of a profile's terms. */
const withoutSigns = (g: Profile): Profile => {
  const sizes = (terms: readonly Term[]) => terms.map(([c, p]): Term => [Math.abs(c), p]);
  return { ...g, scale: Math.abs(g.scale), terms: sizes(g.terms) };
};

describe('the arithmetics agree', () => {
  const u = [
    0, 1e-30, 1e-12, 1e-6, 1e-3, 0.04, 0.25, 0.7, 0.96, 1, 1.3, 3, 17, 70, 130, 1e4, 1e9, 1e20, 1e38,
  ].map(Math.fround);
  for (const { name, make, shape } of KERNELS)
    test(`${name}: float32 tensors and numbers, orders 0 to 4, u from 0 to 1e38`, () => {
      const { row } = make(shape);
      for (let k = 0; k <= 4; k++) {
        const profile = nthDerivative(row.profile, k);
        const op = { name, profile, amplitude: 0, smoothness: Number.POSITIVE_INFINITY, taken: k };
        const actual = tf.tidy(() => radialOp(op, tf.tensor1d(u), 1).dataSync());
        const expected = u.map(v => evaluateProfile(profile, v, numbers));
        const compact = name === 'Bump' || name.startsWith('Wendland');
        const largest = compact ? Math.max(...expected.filter((_, i) => u[i] >= 0.04).map(Math.abs)) : 0;
        const sizes = u.map(v => evaluateProfile(withoutSigns(profile), v, numbers));
        for (const [i, value] of expected.entries()) {
          const what = `g⁽${k}⁾(${u[i]}): ${actual[i]}, ${value}`;
          if (Math.abs(value) > 3e38) {
            // A divergent derivative counts 0 at the centre of a kernel that is smooth enough.
            assert.equal(actual[i], u[i] === 0 ? 0 : Math.sign(value) * Number.POSITIVE_INFINITY, what);
            continue;
          }
          // e^(−t) is as exact as t, whose last digit is worth t·2^(−24).
          const slack = profile.factor === 'exp(-t)' ? Math.max(1, Math.min(u[i], 100)) : 1;
          const allowed = TOLERANCE.float32 * Math.max(sizes[i], Math.abs(value), largest) * slack + 1e-37;
          assert.ok(Math.abs(actual[i] - value) <= allowed, what);
        }
      }
    });
});

describe('native float64 and numbers agree', () => {
  const u = [1e-300, 1e-30, 1e-6, 0.04, 0.25, 0.7, 0.96, 1, 1.3, 17, 130, 900, 1e9, 1e100, 1e300];
  for (const { name, make, shape } of KERNELS)
    test(`${name}: orders 0 to 4, u from 1e-300 to 1e300`, () => {
      for (let k = 0; k <= 4; k++) {
        const profile = nthDerivative(make(shape).row.profile, k);
        const actual = nativeScope(() => {
          const values = lazy(upload(Float64Array.from(u), [u.length]));
          return download(force(evaluateProfile(profile, values, natives)));
        });
        const compact = name === 'Bump' || name.startsWith('Wendland');
        const expected = u.map(v => evaluateProfile(profile, v, numbers));
        const largest = compact ? Math.max(...expected.filter((_, i) => u[i] >= 0.04).map(Math.abs)) : 0;
        expected.forEach((value, i) => {
          const what = `g⁽${k}⁾(${u[i]}): ${actual[i]}, ${value}`;
          if (!Number.isFinite(value)) assert.equal(actual[i], value, what);
          else {
            const size = Math.max(
              Math.abs(value),
              evaluateProfile(withoutSigns(profile), u[i], numbers),
              largest,
            );
            assert.ok(Math.abs(actual[i] - value) <= TOLERANCE.float64 * size + 1e-300, what);
          }
        });
      }
    });
});

describe('definiteness', () => {
  const matrix = (kernel: RadialKernel, points: Points) =>
    points.map(x => points.map(c => numberValue(kernel, squaredDistance(x, c))));
  const array = (rows: number[][]) => ndarray(Float64Array.from(rows.flat()), [rows.length, rows[0].length]);
  const pointsOf = (n: number, d: number): Points => {
    const p = halton(n, d);
    // A box so large that smooth kernels do not come close to singular.
    const size = [8, 4, 3][d - 1];
    return Array.from({ length: n }, (_, i) => Array.from({ length: d }, (_, k) => size * p.get(i, k)));
  };
  /** Eigenvalues of sign·A on the space orthogonal to the polynomials of degree < order, ascending. */
  const eigenvalues = (A: number[][], points: Points, order: number, sign: number): Float64Array => {
    const n = points.length;
    let Z: number[][] = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)),
    );
    if (order > 0) {
      const alphas = Array.from({ length: order }, (_, k) => multiIndices(points[0].length, k)).flat();
      const P = points.map(x => alphas.map(alpha => alpha.reduce((p, a, i) => p * x[i] ** a, 1)));
      // Zero rows make it square, so that V is whole; the null space of Pᵀ are its last columns.
      const padded = Array.from({ length: n }, (_, i) => points.map((_, j) => P[j][i] ?? 0));
      const { V } = svd(array(padded));
      Z = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n - alphas.length }, (_, j) => V.get(i, alphas.length + j)),
      );
    }
    const AZ = A.map(row => Z[0].map((_, j) => row.reduce((sum, a, i) => sum + a * Z[i][j], 0)));
    const B = Z[0].map((_, i) =>
      AZ[0].map((_, j) => sign * Z.reduce((sum, row, k) => sum + row[i] * AZ[k][j], 0)),
    );
    return eigenSymmetric(array(B)).values.data;
  };
  /** (−1)^order·φ is the one that is definite, but Gaussian and others of order 0 are so themselves. */
  const signOf = (order: number) => (order % 2 === 0 ? 1 : -1);

  for (const { name, make, shape } of KERNELS.filter(k => k.name !== 'Bump')) {
    const { order, dimension } = make(shape).row;
    const dimensions = [1, 2, 3].filter(d => d <= dimension);
    test(`${name}: ${order === 0 ? 'positive definite' : `conditionally, of order ${order}`}, d = ${dimensions}`, () => {
      for (const d of dimensions) {
        const polynomials = Array.from({ length: order ?? 0 }, (_, k) => multiIndices(d, k).length);
        const n = 12 + polynomials.reduce((a, b) => a + b, 0);
        const points = pointsOf(n, d);
        const A = matrix(make(shape), points);
        const found = eigenvalues(A, points, order as number, signOf(order as number));
        // Above what rounding makes of 0.
        const rounding = 1e-14 * Math.max(...A.flat().map(Math.abs));
        assert.ok(found[0] > rounding, `d = ${d}: smallest eigenvalue ${found[0]}, rounding ${rounding}`);
      }
    });
    if (order !== null && order > 0)
      test(`${name}: not of order ${order - 1}`, () => {
        const points = pointsOf(14, 1);
        const A = matrix(make(shape), points);
        const [of, opposite] = [1, -1].map(
          sign => eigenvalues(A, points, order - 1, sign * signOf(order))[0],
        );
        assert.ok(of < -1e-6, `${of}`);
        assert.ok(opposite < -1e-12, `${opposite}`);
      });
  }
  test('the bump is neither, and its row says so', () => {
    const { make } = kernelCase('Bump');
    assert.equal(make(1).row.order, null);
    const points = Array.from({ length: 40 }, (_, i) => [i * 0.15]);
    assert.ok(eigenvalues(matrix(make(1), points), points, 0, 1)[0] < -1e-3);
  });
  test('Wendland holds to three dimensions only, as its row says', () => {
    for (const k of KERNELS)
      assert.equal(
        k.make(k.shape).row.dimension,
        k.name.startsWith('Wendland') ? 3 : Number.POSITIVE_INFINITY,
      );
  });
});

describe('properties', () => {
  const coordinate = fc.integer({ min: -64, max: 64 }).map(v => v / 32);
  /** Points in d dimensions on a grid, so that some coincide, in a box of size 4. */
  const arbitrary = fc.integer({ min: 1, max: 5 }).chain(d => {
    const points = (max: number) =>
      fc.array(fc.array(coordinate, { minLength: d, maxLength: d }), { minLength: 1, maxLength: max });
    return fc.record({
      d: fc.constant(d),
      kernel: fc.constantFrom(...KERNELS),
      factor: fc.constantFrom(0.5, 1, 2),
      centers: points(4),
      others: points(4),
      axes: fc.tuple(fc.nat(d - 1), fc.nat(d - 1)),
    });
  });
  const some = { numRuns: 150 };

  test('values and gradients of order 1 and 2 are the closed forms, for any kernel, dimension and shape', () => {
    fc.assert(
      fc.property(arbitrary, ({ d, kernel, factor, centers, others, axes }) => {
        const shape = Math.fround(kernel.shape * factor);
        // Every center is a point too.
        const x = [...others, ...centers];
        for (const order of [1, 2]) {
          const alpha = new Array<number>(d).fill(0);
          for (const axis of axes.slice(0, order)) alpha[axis]++;
          const f = (z: tf.Tensor2D) => kernel.make(shape)(z, tensor(centers)).sum(1, true);
          const expected = x.map(xi =>
            centers.reduce((sum, c) => sum + partial(kernel.name, shape, subtract(xi, c), alpha), 0),
          );
          assertClose(onTape(f, alpha, x), expected, 'float32', `${kernel.name} ∂^[${alpha}]`);
        }
      }),
      some,
    );
  });
  test('a shift of 2^12, exact in float32, changes no bit of values and gradients', () => {
    fc.assert(
      fc.property(arbitrary, ({ kernel, centers, others }) => {
        const moved = (points: Points) => points.map(p => p.map(v => v + 4096));
        const run = (x: Points, c: Points) =>
          tf.tidy(() => {
            const f = (z: tf.Tensor) => kernel.make(kernel.shape)(z as tf.Tensor2D, tensor(c));
            return [f(tensor(x)), tf.grad(f)(tensor(x))].map(t => [...t.dataSync()]);
          });
        assert.deepEqual(run(moved(others), moved(centers)), run(others, centers));
      }),
      some,
    );
  });
  test('the gradient in the centers is minus the gradient in the points', () => {
    fc.assert(
      fc.property(arbitrary, ({ kernel, centers, others }) => {
        const [x, c] = [[others[0]], [centers[0]]].map(tensor);
        tf.tidy(() => {
          const [dx, dc] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
            kernel.make(kernel.shape)(a as tf.Tensor2D, b as tf.Tensor2D),
          )([x, c]);
          assert.deepEqual([...dx.neg().add(0).dataSync()], [...dc.add(0).dataSync()]);
        });
        tf.dispose([x, c]);
      }),
      some,
    );
  });
});

describe('nothing is left behind', () => {
  for (const { name, make, shape } of KERNELS)
    test(`${name}: values and gradients leak no tensor`, () => {
      const [x, c] = [tensor(sample(2).x), tensor(sample(2).centers)];
      const size = tf.scalar(shape);
      const before = tf.memory().numTensors;
      for (const given of [shape, size]) {
        const kernel = make(given);
        kernel(x, c).dispose();
        tf.grad(z => kernel(z as tf.Tensor2D, c))(x).dispose();
        tf.grad(z => tf.grad(y => kernel(y as tf.Tensor2D, c))(z))(x).dispose();
      }
      assert.equal(tf.memory().numTensors, before);
      tf.dispose([x, c, size]);
    });
});

// The last test: the repair stays on.
test('under the repaired gradients every kernel has the same third derivatives, to the bit', () => {
  const { x, centers } = sample(2);
  const all = () => KERNELS.map(k => [k.name, ...onTape(weighted(k.make(k.shape), centers), [2, 1], x)]);
  const alone = all();
  repairGradients();
  assert.deepEqual(all(), alone);
});
