/** Interpolation and collocation: what they must reproduce, whatever the kernel, and what they must refuse. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import { boxBoundary } from '../modules/box';
import { chooseShape, collocate, Interpolant, interpolate } from '../modules/collocation';
import {
  add,
  biharmonic,
  evaluate,
  gradient,
  hessian,
  identity,
  laplacian,
  normalDerivative,
  type Operator,
  partial,
  scale,
} from '../modules/differential_operators';
import { eigenSymmetric, matMul, solve } from '../modules/float64';
import { warnIllConditioned } from '../modules/ill_conditioned';
import { checkedProblem } from '../modules/interpolation';
import { leaveOneOut } from '../modules/leave_one_out';
import { nativeCount } from '../modules/native_ops';
import {
  gaussianKernel,
  imqKernel,
  maternKernel,
  mqKernelSarra,
  phsKernel,
  wendlandKernel,
} from '../modules/notable_kernels';
import { cartesianProd, type F64, halton, linspace } from '../modules/point_sets';
import { polynomialTerms } from '../modules/polynomial_terms';
import { exponential, separable, sine } from '../modules/separable';
import { target } from '../modules/target';
import { array, at, grid, largestDifference, rms, row, stack } from './support/fields';
import { KERNELS } from './support/kernels';
import { assertClose } from './support/tolerances';

const before = tf.memory().numTensors;
after(() => {
  assert.equal(nativeCount(), 0, 'native tensors');
  assert.equal(tf.memory().numTensors, before, 'tensors');
});

const random = (n: number, d: number, seed = 1): F64 =>
  array(
    Array.from(
      { length: n * d },
      (_, i) => Math.abs(Math.sin(seed * 78.233 + (i + 1) * 12.9898) * 43758.5453) % 1,
    ),
    [n, d],
  );
/** exp and sin, all of whose derivatives are known. */
const smooth = (d: number) =>
  target({
    name: 'smooth',
    d,
    source: 'made up',
    partial: separable([1, ...[exponential(0.7, 0), sine(1.3), exponential(-0.4, 0.2)].slice(0, d)]),
  });

describe('interpolation', () => {
  for (const { name, make, shape } of KERNELS)
    test(`${name}: the values at the nodes, in 1, 2 and 3 dimensions, two functions at once`, () => {
      for (const d of [1, 2, 3]) {
        const n = [12, 40, 60][d - 1];
        const nodes = halton(n, d);
        const values = array(
          [...at(nodes, x => Math.sin(3 * x)).data, ...at(nodes, x => x * x).data],
          [2, n],
        ).transpose(1, 0);
        const fit = interpolate({ nodes, values, kernel: make(shape) });
        const back = fit.evaluate(nodes);
        assert.deepEqual(back.shape, [n, 2]);
        // What a condition number leaves.
        assert.ok(
          largestDifference(
            back,
            array(
              Array.from({ length: 2 * n }, (_, i) => values.get(i >> 1, i % 2)),
              [n, 2],
            ),
          ) < 1e-6,
          `${d}: ${fit.residual}`,
        );
      }
    });

  test('polynomials up to the degree of the tail come back, anywhere, with all derivatives', () => {
    for (const kernel of [
      phsKernel(1),
      phsKernel(2),
      phsKernel(3),
      phsKernel(5),
      mqKernelSarra(8),
      gaussianKernel(8),
      wendlandKernel(2, 1),
    ])
      for (const d of [1, 2, 3])
        for (const degree of [2, 3]) {
          const nodes = random(40, d, degree);
          const p = (x: number[]) =>
            polynomialTerms(degree, d).reduce(
              (sum, alpha, l) => sum + (1 + (l % 3)) * alpha.reduce((v, a, k) => v * x[k] ** a, 1),
              0,
            );
          const fit = interpolate({ nodes, values: at(nodes, (...x) => p(x)), kernel, degree });
          const elsewhere = array(
            random(20, d, 9).data.map(x => 3 * x - 1),
            [20, d],
          );
          const wanted = at(elsewhere, (...x) => p(x));
          assert.ok(
            largestDifference(fit.evaluate(elsewhere), wanted) <
              1e-8 * Math.max(...wanted.data.map(Math.abs)),
            `${kernel.name} ${d} ${degree}`,
          );
        }
  });

  test('the quadratic form wᵀAw has the kernel’s sign for weights that the tail leaves free', () => {
    for (const { make, shape, name } of KERNELS) {
      const kernel = make(shape);
      const { order, dimension } = kernel.row;
      if (order === null || dimension < 2) continue;
      const nodes = halton(25, 2);
      const A = evaluate(identity, kernel, nodes, nodes);
      // Weights with Pᵀw = 0: what is left of random ones.
      const terms = polynomialTerms(order - 1, 2);
      const P = array(
        Array.from({ length: 25 }, (_, i) =>
          terms.map(([a, b]) => nodes.get(i, 0) ** a * nodes.get(i, 1) ** b),
        ).flat(),
        [25, terms.length],
      );
      for (const seed of [1, 2, 3]) {
        let w = array(
          random(25, 1, seed).data.map(v => v - 0.5),
          [25, 1],
        );
        if (terms.length > 0) {
          const Pt = P.transpose(1, 0);
          const fitted = matMul(P, solve(matMul(Pt, P), matMul(Pt, w)));
          w = array(
            w.data.map((v, i) => v - fitted.data[i]),
            [25, 1],
          );
        }
        const form = matMul(w.transpose(1, 0), matMul(A, w)).data[0];
        assert.ok((order % 2 === 1 ? -form : form) > 0, `${name}: ${form}`);
      }
    }
  });

  test('shifted, turned and scaled nodes give the shifted, turned and scaled function', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 6, noNaN: true }),
        fc.double({ min: 0.5, max: 8, noNaN: true }),
        fc.double({ min: -50, max: 50, noNaN: true }),
        (angle, size, shift) => {
          const move = (x: F64) =>
            at2(x, (a, b) => [
              size * (Math.cos(angle) * a - Math.sin(angle) * b) + shift,
              size * (Math.sin(angle) * a + Math.cos(angle) * b) - shift,
            ]);
          const [nodes, elsewhere] = [halton(40, 2), random(15, 2)];
          const values = at(nodes, (a, b) => Math.sin(4 * a) * b);
          for (const [still, moved] of [
            [maternKernel(2.5, 0.5), maternKernel(2.5, 0.5 * size)],
            [gaussianKernel(4), gaussianKernel(4 / size)],
            [phsKernel(3), phsKernel(3)],
            // (cr)² log(cr): what the scale adds is a polynomial that the tail takes up.
            [phsKernel(2), phsKernel(2)],
          ]) {
            const one = interpolate({ nodes, values, kernel: still }).evaluate(elsewhere);
            const other = interpolate({ nodes: move(nodes), values, kernel: moved }).evaluate(
              move(elsewhere),
            );
            assert.ok(
              largestDifference(one, other) < 1e-8,
              `${still.name}: ${largestDifference(one, other)}`,
            );
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  test('convergence: r³ to order 4 or more inside, Matérn 5/2 too, Gaussian with one shape a spacing faster than any', () => {
    const f = (x: number) => Math.sin(5 * x);
    const middle = cartesianProd(linspace(0.3, 0.7, 101));
    const errors = (kernel: (h: number) => ReturnType<typeof phsKernel>) =>
      [11, 21, 41].map(n => {
        const nodes = grid(n, 1);
        return largestDifference(
          interpolate({ nodes, values: at(nodes, f), kernel: kernel(1 / (n - 1)) }).evaluate(middle),
          at(middle, f),
        );
      });
    for (const kernel of [phsKernel(3), maternKernel(2.5, 0.5)]) {
      const [first, second, third] = errors(() => kernel);
      assert.ok(
        Math.log2(first / second) > 3.6 && Math.log2(second / third) > 3.6,
        `${kernel.name}: ${first} ${second} ${third}`,
      );
    }
    const [coarse, , fine] = errors(() => gaussianKernel(4));
    assert.ok(fine < 1e-7 && coarse / fine > 1e4, `Gaussian: ${coarse} ${fine}`);
  });

  test('smoothing: none interpolates, much gives the polynomial of least squares', () => {
    const nodes = random(60, 2);
    const values = at(nodes, (x, y) => 1 + 2 * x - y + 0.3 * Math.sin(9 * x * y));
    for (const kernel of [phsKernel(2), phsKernel(3), phsKernel(1), gaussianKernel(4)]) {
      const degree = 1;
      const P = array(
        Array.from({ length: 60 }, (_, i) => [1, nodes.get(i, 0), nodes.get(i, 1)]).flat(),
        [60, 3],
      );
      const Pt = P.transpose(1, 0);
      const best = matMul(P, solve(matMul(Pt, P), matMul(Pt, array(values.data, [60, 1]))));
      const much = interpolate({ nodes, values, kernel, degree, smoothing: 1e9 }).evaluate(nodes);
      assert.ok(largestDifference(much, array(best.data, [60])) < 1e-6, kernel.name);
      const none = interpolate({ nodes, values, kernel, degree, smoothing: 1e-12 }).evaluate(nodes);
      assert.ok(largestDifference(none, values) < 1e-7, kernel.name);
      const errors = [1e-4, 1e-2, 1, 100].map(smoothing =>
        rms(interpolate({ nodes, values, kernel, degree, smoothing }).evaluate(nodes), values),
      );
      assert.deepEqual(
        errors,
        [...errors].sort((a, b) => a - b),
        `${kernel.name}: the misfit grows with smoothing`,
      );
    }
  });

  test('a node whose own smoothing is 0 is met, the others are not', () => {
    const nodes = random(20, 2);
    const values = at(nodes, x => Math.sin(8 * x));
    const smoothing = at(nodes, x => (x === nodes.get(3, 0) ? 0 : 1));
    const fit = interpolate({ nodes, values, kernel: gaussianKernel(3), smoothing }).evaluate(nodes);
    assert.ok(Math.abs(fit.get(3) - values.get(3)) < 1e-10);
    assert.ok(Math.abs(fit.get(4) - values.get(4)) > 1e-3);
  });

  test('the derivatives of an interpolant are those of its kernel and tail: five-point differences', () => {
    const nodes = halton(30, 2);
    const fit = interpolate({ nodes, values: at(nodes, (x, y) => x * Math.exp(y)), kernel: phsKernel(5) });
    const x = random(5, 2);
    const h = 1e-3;
    const slopes = fit.evaluate(x, gradient);
    const second = fit.evaluate(x, hessian);
    for (let i = 0; i < 5; i++)
      for (const k of [0, 1]) {
        const moved = (t: number) =>
          array(
            row(x, i).map((v, c) => (c === k ? v + t * h : v)),
            [1, 2],
          );
        const value = (t: number) => fit.evaluate(moved(t)).get(0);
        const difference = (value(-2) - 8 * value(-1) + 8 * value(1) - value(2)) / (12 * h);
        assert.ok(Math.abs(slopes.get(i, k) - difference) < 1e-8);
        const slope = (t: number) => fit.evaluate(moved(t), gradient).get(0, 1);
        const mixed = (slope(-2) - 8 * slope(-1) + 8 * slope(1) - slope(2)) / (12 * h);
        assert.ok(Math.abs(second.get(i, k, 1) - mixed) < 1e-7);
      }
    assert.deepEqual(slopes.shape, [5, 2]);
    assert.deepEqual(second.shape, [5, 2, 2]);
  });

  test('values may be a plain list, which counts as [n]', () => {
    const nodes = halton(12, 2);
    const values = smooth(2).evaluate(identity, nodes);
    const [of, kernel] = [halton(5, 2), gaussianKernel(2)];
    const expected = interpolate({ nodes, values, kernel }).evaluate(of);
    for (const list of [Array.from(values.data), Float64Array.from(values.data)]) {
      const u = interpolate({ nodes, values: list, kernel }).evaluate(of);
      assert.deepEqual([u.shape, u.data], [expected.shape, expected.data]);
      const v = collocate({
        centers: nodes,
        kernel,
        conditions: [{ operator: identity, points: nodes, values: list }],
      });
      assert.deepEqual(v.evaluate(of).shape, [5]);
      assert.ok(largestDifference(v.evaluate(of), expected) < 1e-9);
    }
    const message = (values: unknown) => {
      try {
        interpolate({ nodes, values: values as number[], kernel });
      } catch (error) {
        return (error as Error).message;
      }
      return 'no error';
    };
    assert.match(message([1, 2]), /values must be \[12\] or \[12, k\], one row a point, got \[2\]/);
    assert.match(message(Array(12).fill('1')), /values must be a float64 ndarray, got an array/);
    assert.match(message([...Array(11).fill(1), Number.NaN]), /values\[11\] must be finite/);
  });

  test('strided views are read as they are seen, and not changed', () => {
    const data = array(random(40, 2).data, [2, 20, 2]);
    const nodes = data.pick(1).step(-1, 1);
    const values = array(at(nodes, x => x).data, [20]).step(-1);
    const given = [...data.data];
    const plain = array(Array.from({ length: 20 }, (_, i) => row(nodes, i)).flat(), [20, 2]);
    const same = interpolate({
      nodes: plain,
      values: array(
        Array.from({ length: 20 }, (_, i) => values.get(i)),
        [20],
      ),
      kernel: gaussianKernel(3),
    });
    assert.deepEqual(
      interpolate({ nodes, values, kernel: gaussianKernel(3) }).weights.data,
      same.weights.data,
    );
    assert.deepEqual([...data.data], given);
  });

  test('saved as JSON and made again it gives the same values to the last digit', () => {
    const nodes = halton(25, 2);
    for (const kernel of [gaussianKernel(3), phsKernel(3), maternKernel(1.5, 0.4)]) {
      const fit = interpolate({ nodes, values: at(nodes, (x, y) => x - y), kernel });
      const again = Interpolant.fromJSON(JSON.parse(JSON.stringify(fit)));
      assert.deepEqual(
        again.evaluate(random(9, 2), gradient).data,
        fit.evaluate(random(9, 2), gradient).data,
      );
      assert.equal(again.kernel.name, kernel.name);
    }
  });

  test('the condition number is the ratio of the extreme eigenvalues', () => {
    const nodes = halton(20, 2);
    const kernel = maternKernel(1.5, 0.5);
    const fit = interpolate({ nodes, values: at(nodes, x => x), kernel });
    const { values } = eigenSymmetric(evaluate(identity, kernel, nodes, nodes));
    assert.ok(Math.abs(fit.condition / (values.get(19) / values.get(0)) - 1) < 1e-9);
    assert.equal(fit.method, 'Cholesky');
  });

  test('one shape a center: no longer symmetric, solved by LU', () => {
    const nodes = halton(20, 2);
    const eps = tf.tensor1d(Array.from({ length: 20 }, (_, i) => 3 + (i % 4)));
    const fit = interpolate({ nodes, values: at(nodes, x => Math.cos(x)), kernel: gaussianKernel(eps) });
    assert.equal(fit.method, 'LU');
    assert.ok(
      largestDifference(
        fit.evaluate(nodes),
        at(nodes, x => Math.cos(x)),
      ) < 1e-10,
    );
    eps.dispose();
  });
});

const at2 = (x: F64, f: (a: number, b: number) => number[]): F64 =>
  array(Array.from({ length: x.shape[0] }, (_, i) => f(x.get(i, 0), x.get(i, 1))).flat(), x.shape);

describe('leave-one-out', () => {
  const nodes = halton(18, 2);
  const values = at(nodes, (x, y) => Math.sin(4 * x) + y * y);
  const without = (a: F64, i: number) =>
    array(
      Array.from({ length: a.shape[0] }, (_, j) => j)
        .filter(j => j !== i)
        .flatMap(j => (a.shape.length === 2 ? row(a, j) : [a.get(j)])),
      a.shape.map((n, k) => (k === 0 ? n - 1 : n)),
    );

  for (const [name, kernel, options] of [
    ['without a tail', gaussianKernel(3), {}],
    ['with a linear tail', phsKernel(2), {}],
    ['with a tail that is not needed', maternKernel(2.5, 0.5), { degree: 1 }],
    ['with smoothing', mqKernelSarra(2), { smoothing: 0.01 }],
  ] as const)
    test(`Rippa's formula is what n fits without one node miss: ${name}`, () => {
      const call = 'test';
      const errors = leaveOneOut(
        checkedProblem(call, { nodes, values, ...options }, kernel),
        array(values.data, [18, 1]),
      );
      for (let i = 0; i < 18; i++) {
        const fit = interpolate({ nodes: without(nodes, i), values: without(values, i), kernel, ...options });
        const missed = values.get(i) - fit.evaluate(array(row(nodes, i), [1, 2])).get(0);
        assert.ok(Math.abs(Math.abs(errors[i]) - Math.abs(missed)) < 1e-7, `${i}: ${errors[i]}, ${missed}`);
      }
    });

  test('chooseShape: no ε of a fine scan has a smaller error, and the curve has every ε that was tried', () => {
    const many = halton(40, 2);
    const f = at(many, (x, y) => Math.sin(7 * x) * Math.cos(5 * y));
    const { eps, error, curve } = chooseShape({
      nodes: many,
      values: f,
      kernel: gaussianKernel,
      range: [2, 12],
    });
    for (let e = 2; e <= 12; e += 0.25) {
      const left = leaveOneOut(
        checkedProblem('test', { nodes: many, values: f }, gaussianKernel(e)),
        array(f.data, [40, 1]),
      );
      assert.ok(
        rms(array(left, [40]), array(new Float64Array(40), [40])) > error * 0.999,
        `${e} is better than ${eps}`,
      );
    }
    assert.ok(eps >= 2 && eps <= 12);
    assert.deepEqual(
      curve.eps,
      [...curve.eps].sort((a, b) => a - b),
    );
    assert.equal(Math.min(...curve.error), error);
    assert.equal(curve.error[curve.eps.indexOf(eps)], error);
  });

  test('chooseShape goes through shapes where the system is singular', () => {
    const { error, curve } = chooseShape({ nodes, values, kernel: gaussianKernel, range: [1e-8, 10] });
    assert.ok(Number.isFinite(error) && curve.eps.length >= 25);
  });
});

describe('collocation', () => {
  const OPERATORS: [string, Operator, number][] = [
    ['the Laplacian', laplacian, 1e-4],
    ['−Δ + u', add(scale(-1, laplacian), identity), 1e-4],
    [
      'Δ + a(x)·∂u/∂x',
      add(
        laplacian,
        scale((x: F64) => Float64Array.from({ length: x.shape[0] }, (_, i) => 1 + x.get(i, 0)), partial([1])),
      ),
      1e-4,
    ],
    ['the biharmonic, with the Laplacian given on the boundary too', biharmonic, 1e-2],
  ];
  for (const d of [1, 2, 3])
    for (const [name, given, tolerance] of OPERATORS)
      test(`a made-up solution in ${d}-D comes out: ${name}`, () => {
        const f = smooth(d);
        const op: Operator = name.includes('∂u')
          ? add(
              laplacian,
              scale(
                (x: F64) => Float64Array.from({ length: x.shape[0] }, (_, i) => 1 + x.get(i, 0)),
                partial([1, 0, 0].slice(0, d)),
              ),
            )
          : given;
        const inside = halton(d === 3 ? 150 : d === 2 ? 100 : 25, d);
        const { points: boundary } = boxBoundary([2, 12, 6][d - 1], { d });
        const conditions = [
          { operator: op, points: inside, values: f.evaluate(op, inside) },
          { operator: identity, points: boundary, values: f.evaluate(identity, boundary) },
        ];
        if (given === biharmonic)
          conditions.push({ operator: laplacian, points: boundary, values: f.evaluate(laplacian, boundary) });
        const centers = stack(inside, boundary);
        const solution = collocate({ centers, kernel: mqKernelSarra([2, 1.5, 1.2][d - 1]), conditions });
        const check = random(200, d);
        const error = largestDifference(solution.evaluate(check), f.evaluate(identity, check));
        assert.ok(error < (d === 3 ? 20 : 1) * tolerance, `${error}`);
        assert.equal(solution.method, given === biharmonic ? 'least squares' : 'LU');
      });

  for (const [name, boundaryOp] of [
    ['Neumann', (normals: F64) => normalDerivative(normals)],
    ['Robin', (normals: F64) => add(scale(2, identity), normalDerivative(normals))],
  ] as const)
    test(`${name} data on three sides, Dirichlet on the fourth`, () => {
      const f = smooth(2);
      const inside = halton(120, 2);
      const { points, normals } = boxBoundary(12, { corners: false });
      const rows = Array.from({ length: points.shape[0] }, (_, i) => i);
      const pick = (a: F64, keep: (x: number) => boolean) =>
        stackRows(
          a,
          rows.filter(i => keep(points.get(i, 0))),
        );
      const [free, fixed] = [pick(points, x => x > 0), pick(points, x => x === 0)];
      const operator = boundaryOp(pick(normals, x => x > 0));
      const solution = collocate({
        centers: stack(inside, free, fixed),
        kernel: mqKernelSarra(1.5),
        conditions: [
          { operator: laplacian, points: inside, values: f.evaluate(laplacian, inside) },
          { operator, points: free, values: f.evaluate(operator, free) },
          { operator: identity, points: fixed, values: f.evaluate(identity, fixed) },
        ],
      });
      const check = grid(15, 2);
      const error = largestDifference(solution.evaluate(check), f.evaluate(identity, check));
      assert.ok(error < 2e-3, `${error}`);
    });

  test('least squares: the weights are those of the normal equations, weighted rows count more', () => {
    const [points, centers] = [halton(80, 2), halton(12, 2)];
    const values = at(points, (x, y) => Math.sin(5 * x) * y);
    const kernel = imqKernel(2);
    const Phi = evaluate(identity, kernel, points, centers);
    const Pt = Phi.transpose(1, 0);
    const wanted = solve(matMul(Pt, Phi), matMul(Pt, array(values.data, [80, 1])));
    const fit = collocate({ centers, kernel, conditions: [{ operator: identity, points, values }] });
    assert.equal(fit.method, 'least squares');
    assert.ok(largestDifference(fit.weights, wanted) < 1e-5 * Math.max(...wanted.data.map(Math.abs)));
    const one = array(row(points, 5), [1, 2]);
    const misfit = (weight: number) => {
      const heavier = collocate({
        centers,
        kernel,
        conditions: [
          { operator: identity, points, values },
          { operator: identity, points: one, values: array([values.get(5)], [1]), weight },
        ],
      });
      return Math.abs(heavier.evaluate(one).get(0) - values.get(5));
    };
    assert.ok(misfit(1e4) < misfit(1) / 100);
  });

  test('a tail in collocation reproduces a polynomial solution', () => {
    const inside = halton(30, 2);
    const { points: boundary } = boxBoundary(6);
    const u = (x: number, y: number) => x * x - 3 * x * y + 2;
    const solution = collocate({
      centers: stack(inside, boundary),
      kernel: phsKernel(5),
      conditions: [
        { operator: laplacian, points: inside, values: at(inside, () => 2) },
        { operator: identity, points: boundary, values: at(boundary, u) },
      ],
    });
    const check = grid(9, 2);
    assertClose(solution.evaluate(check).data, at(check, u).data, 'float64');
  });

  test('two right-hand sides at once are two solutions', () => {
    const [inside, { points: boundary }] = [halton(30, 2), boxBoundary(6)];
    const [f, g] = [smooth(2), { evaluate: (_: unknown, x: F64) => at(x, () => 1) }];
    const solveFor = (make: (op: Operator, x: F64) => F64) =>
      collocate({
        centers: stack(inside, boundary),
        kernel: imqKernel(2),
        conditions: [
          { operator: laplacian, points: inside, values: make(laplacian, inside) },
          { operator: identity, points: boundary, values: make(identity, boundary) },
        ],
      });
    const [a, b] = [solveFor((op, x) => f.evaluate(op, x)), solveFor((op, x) => g.evaluate(op, x))];
    const both = solveFor((op, x) => {
      const [u, v] = [f.evaluate(op, x), g.evaluate(op, x)];
      return array(Array.from({ length: x.shape[0] }, (_, i) => [u.get(i), v.get(i)]).flat(), [
        x.shape[0],
        2,
      ]);
    });
    const check = random(20, 2);
    const [first, second] = [0, 1].map(k =>
      array(
        Array.from({ length: 20 }, (_, i) => both.evaluate(check).get(i, k)),
        [20],
      ),
    );
    assert.ok(largestDifference(first, a.evaluate(check)) < 1e-9);
    assert.ok(largestDifference(second, b.evaluate(check)) < 1e-9);
  });
});

const stackRows = (a: F64, rows: number[]): F64 =>
  array(
    rows.flatMap(i => row(a, i)),
    [rows.length, a.shape[1]],
  );

describe('what does not fit is an error that says which', () => {
  const nodes = halton(10, 2);
  const values = at(nodes, x => x);
  const kernel = gaussianKernel(3);
  const changed = (i: number, v: number): F64 => {
    const copy = array(nodes.data, [10, 2]);
    copy.set(i, 1, v);
    return copy;
  };
  const twice = stack(nodes, stackRows(nodes, [4]));
  const line = cartesianProd(linspace(0, 1, 8), array([0.5], [1]));
  const dirichlet = { operator: identity, points: nodes, values };

  const cases: [string, () => unknown, RegExp][] = [
    [
      'a node twice',
      () => interpolate({ nodes: twice, values: at(twice, x => x), kernel }),
      /nodes\[10\] is the same point as nodes\[4\], \(0\.625,/,
    ],
    [
      'NaN in a node',
      () => interpolate({ nodes: changed(3, Number.NaN), values, kernel }),
      /nodes\[3\] must be finite, got \(.*NaN\)/,
    ],
    [
      'NaN in the values',
      () => interpolate({ nodes, values: at(nodes, x => (x > 0.8 ? Number.NaN : x)), kernel }),
      /values\[6\] must be finite, got \(NaN\)/,
    ],
    [
      'too few values',
      () => interpolate({ nodes, values: array([1, 2], [2]), kernel }),
      /values must be \[10\] or \[10, k\], one row a point, got \[2\]/,
    ],
    [
      'nodes [n]',
      () => interpolate({ nodes: linspace(0, 1, 5), values: linspace(0, 1, 5), kernel }),
      /nodes must be \[n, d\], not empty, got \[5\]; cartesianProd\(x\) makes \[n, 1\] of \[n\]/,
    ],
    [
      'no nodes',
      () => interpolate({ nodes: array([], [0, 2]), values: array([], [0]), kernel }),
      /not empty, got \[0,2\]/,
    ],
    [
      'a factory for a kernel',
      () => interpolate({ nodes, values, kernel: gaussianKernel as never }),
      /got the function that makes kernels/,
    ],
    [
      'too few nodes for the tail',
      () =>
        interpolate({ nodes: stackRows(nodes, [0, 1]), values: array([1, 2], [2]), kernel: phsKernel(2) }),
      /degree 1 in 2 variables has 3 terms and needs as many nodes, got 2/,
    ],
    [
      'nodes on a line for a linear tail',
      () => interpolate({ nodes: line, values: at(line, x => x), kernel: phsKernel(2) }),
      /do not determine a polynomial of degree 1 in 2 variables: they all lie on one line/,
    ],
    [
      'a degree that is none',
      () => interpolate({ nodes, values, kernel, degree: 1.5 }),
      /degree must be an integer from -1 on .*got 1\.5/,
    ],
    [
      'negative smoothing',
      () => interpolate({ nodes, values, kernel, smoothing: -1 }),
      /smoothing must be finite and not negative, got -1/,
    ],
    [
      'no conditions',
      () => collocate({ centers: nodes, kernel, conditions: [] }),
      /conditions must be a list/,
    ],
    [
      'fewer rows than centers',
      () =>
        collocate({
          centers: nodes,
          kernel,
          conditions: [{ operator: identity, points: stackRows(nodes, [1, 2]), values: array([1, 2], [2]) }],
        }),
      /10 centers need at least as many points in the conditions, got 2/,
    ],
    [
      'a gradient as a condition',
      () =>
        collocate({ centers: nodes, kernel, conditions: [{ ...dirichlet, operator: gradient as never }] }),
      /conditions\[0\]\.operator must be a scalar operator such as laplacian, got gradient/,
    ],
    [
      'the same row twice',
      () =>
        collocate({
          centers: twice.hi(10, 2),
          kernel,
          conditions: [
            { operator: identity, points: stackRows(nodes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 8]), values },
          ],
        }),
      /conditions\[0\]\.points\[9\] repeats conditions\[0\]\.points\[8\]/,
    ],
    [
      'points of another dimension',
      () =>
        collocate({
          centers: nodes,
          kernel,
          conditions: [{ operator: identity, points: halton(10, 3), values }],
        }),
      /conditions\[0\]\.points must be \[n, 2\]/,
    ],
    [
      'a weight of 0',
      () => collocate({ centers: nodes, kernel, conditions: [{ ...dirichlet, weight: 0 }] }),
      /conditions\[0\]\.weight must be a positive finite number, got 0/,
    ],
    [
      'a kernel that is too rough at its centers',
      () =>
        collocate({
          centers: nodes,
          kernel: maternKernel(0.5, 1),
          conditions: [{ ...dirichlet, operator: laplacian }],
        }),
      /Matern12 is C\^0/,
    ],
    [
      'a system without boundary conditions that is singular',
      () =>
        collocate({
          centers: grid(4, 1),
          kernel: phsKernel(3),
          degree: 1,
          conditions: [
            {
              operator: partial([2]),
              points: array([0.1, 0.4, 0.6, 0.9], [4, 1]),
              values: array([1, 1, 1, 1], [4]),
            },
          ],
        }),
      /singular: the conditions do not determine u/,
    ],
    [
      'a range that is none',
      () => chooseShape({ nodes, values, kernel: gaussianKernel, range: [3, 1] }),
      /range/,
    ],
    [
      'a kernel for a factory',
      () => chooseShape({ nodes, values, kernel: kernel as never }),
      /got the kernel Gaussian itself/,
    ],
  ];
  for (const [name, run, message] of cases)
    test(name, () => {
      const [tensors, natives] = [tf.memory().numTensors, nativeCount()];
      assert.throws(
        run,
        error =>
          error instanceof Error &&
          message.test(error.message) &&
          /^(interpolate|collocate|chooseShape|evaluate)/.test(error.message),
      );
      assert.equal(tf.memory().numTensors, tensors);
      assert.equal(nativeCount(), natives);
    });

  test('where the condition eats the digits there is one warning for a call, and one alone', () => {
    const { warn } = console;
    const said: string[] = [];
    console.warn = (text: string) => said.push(text);
    try {
      for (let i = 0; i < 3; i++) for (const call of ['first', 'second']) warnIllConditioned(call, 0.5);
      warnIllConditioned('third', 1e-3);
    } finally {
      console.warn = warn;
    }
    assert.deepEqual(
      said.map(text => text.split(':')[0]),
      ['first', 'second'],
    );
    assert.match(said[0], /ill-conditioned/);
  });
});
