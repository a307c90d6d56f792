/** Where a fit comes to its limits: flat kernels, no nodes to spare, kernels that promise nothing, files gone bad. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import { chooseShape, collocate, Interpolant, interpolate } from '../modules/collocation';
import { evaluate, identity, laplacian } from '../modules/differential_operators';
import { conditionNumber, matMul, solve } from '../modules/float64';
import { nativeCount } from '../modules/native_ops';
import {
  bumpKernel,
  gaussianKernel,
  imqKernel,
  maternKernel,
  mqKernelSarra,
  phsKernel,
  radialKernel,
  registerKernel,
  wendlandKernel,
} from '../modules/notable_kernels';
import { type F64, halton } from '../modules/point_sets';
import { polynomialMatrix } from '../modules/polynomials';
import { array, at, largestDifference, row } from './support/fields';
import { assertClose } from './support/tolerances';

const before = tf.memory().numTensors;
after(() => {
  assert.equal(nativeCount(), 0, 'native tensors');
  assert.equal(tf.memory().numTensors, before, 'tensors');
});

/** What f says on console.warn. */
function warnings(f: () => void): string[] {
  const { warn } = console;
  const said: string[] = [];
  console.warn = (text: string) => said.push(text);
  try {
    f();
  } finally {
    console.warn = warn;
  }
  return said;
}
const wave = (x: F64) => at(x, (...p) => Math.sin(3 * p[0]) + (p[1] ?? 0) ** 2);

describe('flat kernels', () => {
  const nodes = halton(60, 2);
  const values = wave(nodes);
  const elsewhere = halton(100, 2).lo(60, 0);

  // The first tests of this process that warn: each call does it once.
  test('a good system is quiet, a flat one is warned of once, and its values are still good', () => {
    assert.deepEqual(
      warnings(() => interpolate({ nodes, values, kernel: gaussianKernel(4) })),
      [],
    );
    const said = warnings(() => {
      for (const eps of [0.7, 0.5]) {
        const fit = interpolate({ nodes, values, kernel: gaussianKernel(eps) });
        assert.equal(fit.method, 'LU', 'rounding has taken the definiteness');
        assert.ok(fit.condition > 1e16, `${fit.condition}`);
        assert.ok(largestDifference(fit.evaluate(elsewhere), wave(elsewhere)) < 1e-4);
      }
    });
    assert.equal(said.length, 1);
    assert.match(said[0], /^interpolate\({ … }\): the system is so ill-conditioned/);
  });

  test('a flat collocation is warned of once too, by its own name', () => {
    const said = warnings(() => {
      for (let i = 0; i < 2; i++)
        collocate({
          centers: nodes,
          kernel: gaussianKernel(0.7),
          conditions: [{ operator: identity, points: nodes, values }],
        });
    });
    assert.equal(said.length, 1);
    assert.match(said[0], /^collocate\({ … }\): the system is so ill-conditioned/);
  });

  test('least squares with flat Gaussians: small weights, and values to five digits', () => {
    const points = halton(400, 2);
    const fit = collocate({
      centers: halton(60, 2),
      kernel: gaussianKernel(0.7),
      conditions: [{ operator: identity, points, values: wave(points) }],
    });
    assert.equal(fit.method, 'least squares');
    assert.ok(fit.residual < 1e-5, `${fit.residual}`);
    assert.ok(largestDifference(fit.evaluate(elsewhere), wave(elsewhere)) < 1e-5);
  });

  test('chooseShape says nothing, whatever it tries', () => {
    assert.deepEqual(
      warnings(() => chooseShape({ nodes, values, kernel: gaussianKernel, range: [0.01, 10], samples: 8 })),
      [],
    );
  });
});

describe('no nodes to spare', () => {
  test('one node: a constant times the kernel', () => {
    const nodes = array([0.5, 0.25], [1, 2]);
    const fit = interpolate({ nodes, values: array([3], [1]), kernel: gaussianKernel(1) });
    assertClose(fit.weights.data, [3], 'float64');
    assert.equal(fit.condition, 1);
  });

  test('one node for a kernel that needs a constant: the constant', () => {
    const fit = interpolate({
      nodes: array([0.5, 0.25], [1, 2]),
      values: array([3, 4], [1, 2]),
      kernel: mqKernelSarra(1),
    });
    assertClose(fit.evaluate(halton(4, 2)).data, [3, 4, 3, 4, 3, 4, 3, 4], 'float64');
    assert.equal(fit.residual, 0);
  });

  test('as many nodes as terms: the polynomial alone, its condition that of the terms', () => {
    const nodes = halton(6, 2);
    const p = (x: number, y: number) => 1 - 2 * x + 3 * x * y - y * y;
    const fit = interpolate({ nodes, values: at(nodes, p), kernel: phsKernel(3), degree: 2 });
    assert.ok(fit.weights.data.every(w => Math.abs(w) < 1e-14));
    assertClose(fit.evaluate(halton(20, 2)).data, at(halton(20, 2), p).data, 'float64');
    assertClose([fit.condition], [conditionNumber(polynomialMatrix(fit.polynomials, nodes))], 'float64');
  });

  test('leaving one out needs one more', () => {
    const nodes = halton(3, 2);
    const kernel = () => phsKernel(2);
    assert.throws(
      () => chooseShape({ nodes, values: wave(nodes), kernel }),
      /^RangeError: chooseShape\({ … }\): leaving one out needs more than 3 nodes, got 3$/,
    );
    assert.throws(
      () => chooseShape({ nodes: nodes.hi(1, 2), values: array([1], [1]), kernel: gaussianKernel }),
      /^RangeError: chooseShape\({ … }\): leaving one out needs two nodes or more, got 1$/,
    );
  });

  test('chooseShape makes kernels of shapes in the range only', () => {
    const nodes = halton(12, 2);
    const kernel = (eps: number) => {
      if (eps < 3 || eps > 5.0000001) throw new Error(`outside: ${eps}`);
      return gaussianKernel(eps);
    };
    const { eps } = chooseShape({ nodes, values: wave(nodes), kernel, range: [3.0000001, 5] });
    assert.ok(eps >= 3 && eps <= 5.0000001);
  });
});

describe('kernels that promise nothing are solved by LU', () => {
  const met = (kernel: Parameters<typeof interpolate>[0]['kernel'], d: number, degree?: number) => {
    const nodes = halton(30, d);
    const fit = interpolate({ nodes, values: wave(nodes), kernel, degree });
    assert.ok(largestDifference(fit.evaluate(nodes), wave(nodes)) < 1e-9);
    return fit;
  };
  test('the multiquadric without its constant, r without its constant', () => {
    for (const kernel of [mqKernelSarra(4), phsKernel(1)]) {
      const fit = met(kernel, 2, -1);
      assert.equal(fit.method, 'LU');
      assert.deepEqual(fit.coefficients.shape, [0, 1]);
    }
  });
  test('a bump; Wendland in four dimensions', () => {
    assert.equal(met(bumpKernel(1), 2).method, 'LU');
    assert.equal(met(wendlandKernel(2, 2), 4).method, 'LU');
    assert.equal(met(wendlandKernel(2, 2), 3).method, 'Cholesky');
  });
  test('a kernel of one’s own: LU as it comes, Cholesky if its row says that it is positive definite', () => {
    const rowOf = { variable: 'u', factor: 'exp(-t)', terms: [[1, 0]] } as const;
    assert.equal(met(radialKernel({ ...rowOf, name: 'Mine' })(4), 2).method, 'LU');
    assert.equal(met(radialKernel({ ...rowOf, name: 'Mine', order: 0 })(4), 2).method, 'Cholesky');
  });
  test('a Laplacian that nothing determines is singular in words: a constant kernel', () => {
    const constant = radialKernel({ name: 'Constant', variable: 'u', terms: [[1, 0]] })(1);
    const nodes = halton(5, 2);
    assert.throws(
      () => interpolate({ nodes, values: wave(nodes), kernel: constant }),
      /^RangeError: interpolate\({ … }\): the system is singular: Constant cannot interpolate at these nodes$/,
    );
    assert.throws(
      () =>
        collocate({
          centers: nodes,
          kernel: constant,
          conditions: [{ operator: laplacian, points: nodes, values: wave(nodes) }],
        }),
      /^RangeError: collocate\({ … }\): the system is singular/,
    );
  });
});

describe('a tail in least squares', () => {
  test('the weights are orthogonal to the tail, and nothing that is so fits better: the KKT system says the same', () => {
    const [centers, points] = [halton(15, 2), halton(60, 2)];
    const kernel = phsKernel(3);
    const values = wave(points);
    const fit = collocate({
      centers,
      kernel,
      conditions: [
        { operator: identity, points, values, weight: 2 },
        { operator: laplacian, points: points.hi(10, 2), values: at(points.hi(10, 2), () => 1) },
      ],
    });
    const some = points.hi(10, 2);
    const P = polynomialMatrix(fit.polynomials, centers);
    // min |A·z − f|² with Cz = 0: [AᵀA Cᵀ; C 0]·[z; λ] = [Aᵀf; 0], z = (w, b).
    const blocks = [
      [2, evaluate(identity, kernel, points, centers), polynomialMatrix(fit.polynomials, points)],
      [1, evaluate(laplacian, kernel, some, centers), polynomialMatrix(fit.polynomials, some, laplacian)],
    ] as const;
    const A = blocks.flatMap(([weight, Phi, terms]) =>
      Array.from({ length: Phi.shape[0] }, (_, i) => [...row(Phi, i), ...row(terms, i)].map(v => weight * v)),
    );
    const f = [...values.data.map(v => 2 * v), ...new Float64Array(10).fill(1)];
    const [m, q] = P.shape;
    const size = m + 2 * q;
    const K = array(new Float64Array(size * size), [size, size]);
    const right = array(new Float64Array(size), [size]);
    const flat = array(A.flat(), [A.length, m + q]);
    const normal = matMul(flat.transpose(1, 0), flat);
    const projected = matMul(flat.transpose(1, 0), array(f, [f.length, 1]));
    for (let i = 0; i < m + q; i++) {
      right.set(i, projected.get(i, 0));
      for (let j = 0; j < m + q; j++) K.set(i, j, normal.get(i, j));
    }
    for (let j = 0; j < m; j++)
      for (let l = 0; l < q; l++) {
        K.set(m + q + l, j, P.get(j, l));
        K.set(j, m + q + l, P.get(j, l));
      }
    const z = solve(K, right).data;
    const scale = Math.max(...z.map(Math.abs));
    assert.ok(largestDifference(fit.weights, array(z.slice(0, m), [m, 1])) < 1e-8 * scale);
    assert.ok(largestDifference(fit.coefficients, array(z.slice(m, m + q), [q, 1])) < 1e-8 * scale);
    const moments = matMul(P.transpose(1, 0), fit.weights).data;
    assert.ok(Math.max(...moments.map(Math.abs)) < 1e-11 * scale);
    // The residual counts no weights.
    const missed = [
      ...fit.evaluate(points).data.map((v, i) => v - values.data[i]),
      ...fit.evaluate(some, laplacian).data.map(v => v - 1),
    ];
    assert.ok(
      Math.abs(
        fit.residual /
          (Math.max(...missed.map(Math.abs)) / Math.max(...f.map((v, i) => Math.abs(i < 60 ? v / 2 : v)))) -
          1,
      ) < 1e-6,
    );
    assert.ok(fit.condition > 1 && fit.condition < 1e8);
  });
});

describe('smoothing', () => {
  test('nodes may coincide where all have smoothing, and their values are then averaged', () => {
    const nodes = array([0, 0, 1, 0, 1, 0, 0, 1], [4, 2]);
    const fit = interpolate({
      nodes,
      values: array([0, 1, 3, 0], [4]),
      kernel: gaussianKernel(2),
      smoothing: 1e-8,
    });
    assert.ok(Math.abs(fit.evaluate(array([1, 0], [1, 2])).get(0) - 2) < 1e-6);
    assert.throws(
      () =>
        interpolate({
          nodes,
          values: array([0, 1, 3, 0], [4]),
          kernel: gaussianKernel(2),
          smoothing: array([1, 1, 0, 1], [4]),
        }),
      /nodes\[2\] is the same point as nodes\[1\], \(1, 0\)/,
    );
  });
  test('what is no smoothing', () => {
    const nodes = halton(5, 2);
    const fit = (smoothing: unknown) => () =>
      interpolate({ nodes, values: wave(nodes), kernel: imqKernel(2), smoothing: smoothing as number });
    assert.throws(fit(array([1, 1], [2])), /smoothing must be a number or \[5\], one a node, got \[2\]/);
    assert.throws(
      fit(array([1, 1, 1, -2, 1], [5])),
      /smoothing\[3\] must be finite and not negative, got -2/,
    );
    assert.throws(fit(Number.NaN), /smoothing must be finite and not negative, got NaN/);
  });
});

describe('a saved interpolant', () => {
  const nodes = halton(20, 2);
  const fit = interpolate({ nodes, values: wave(nodes), kernel: maternKernel(2.5, 0.5) });
  const again = () => Interpolant.fromJSON(JSON.parse(JSON.stringify(fit)));

  test('knows its condition if that was asked for before it was saved', () => {
    assert.ok(Number.isNaN(again().condition));
    const { condition } = fit;
    assert.ok(condition > 1);
    assert.equal(again().condition, condition);
    assert.deepEqual([again().method, again().residual], [fit.method, fit.residual]);
  });
  test('of several functions, with and without a tail, of a kernel of one’s own', () => {
    const mine = registerKernel('squaredExponentialOfATest', (eps: number) =>
      radialKernel({ name: 'SquaredExponential', variable: 'u', factor: 'exp(-t)', terms: [[1, 0]] })(eps),
    );
    const values = array([...wave(nodes).data, ...nodes.data.slice(0, 20)], [2, 20]).transpose(1, 0);
    for (const degree of [-1, 1]) {
      const one = interpolate({ nodes, values, kernel: mine(3), degree });
      const other = Interpolant.fromJSON(JSON.parse(JSON.stringify(one)));
      const x = halton(9, 2);
      assert.deepEqual(other.evaluate(x, laplacian), one.evaluate(x, laplacian));
    }
  });
  test('of a kernel without a registered factory cannot be saved', () => {
    const kernel = radialKernel({ name: 'Unknown', variable: 'u', factor: 'exp(-t)', terms: [[1, 0]] })(3);
    const one = interpolate({ nodes, values: wave(nodes), kernel });
    assert.throws(() => JSON.stringify(one), /kernel "Unknown" has no registered factory/);
  });
  test('says what cannot be one', () => {
    for (const [saved, got] of [
      [JSON.stringify(fit), 'string; JSON.parse makes it of text'],
      [null, 'null'],
      [{}, 'object'],
    ] as const)
      assert.throws(() => Interpolant.fromJSON(saved as never), {
        name: 'TypeError',
        message: `Interpolant.fromJSON(saved): saved must be what toJSON gave, got ${got}`,
      });
  });
});

describe('evaluation', () => {
  const nodes = halton(20, 2);
  const fit = interpolate({ nodes, values: wave(nodes), kernel: phsKernel(3) });
  test('names what is wrong with x', () => {
    assert.throws(() => fit.evaluate(halton(3, 3)), {
      name: 'RangeError',
      message: 'interpolant.evaluate(x, operator): x must be [n, 2], not empty, got [3,3]',
    });
    assert.throws(
      () => fit.evaluate(array([0, Number.NaN], [1, 2])),
      /x\[0\] must be finite, got \(0, NaN\)/,
    );
  });
  test('a changed array of nodes or points does not change the fit', () => {
    const given = array(nodes.data, [20, 2]);
    const one = interpolate({ nodes: given, values: wave(given), kernel: phsKernel(3) });
    const { condition } = fit;
    given.data.fill(0);
    assert.equal(one.condition, condition);
    assert.deepEqual(one.evaluate(halton(4, 2)).data, fit.evaluate(halton(4, 2)).data);
  });
});
