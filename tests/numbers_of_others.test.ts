/** The numbers that others published for interpolation and collocation come out of ours, to the digits that they give. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import ndarray from 'ndarray';
import { boxBoundary } from '../modules/box';
import { collocate, interpolate } from '../modules/collocation';
import { identity, laplacian, partial } from '../modules/differential_operators';
import { runge, sinc2d, sineCosine } from '../modules/notable_functions';
import { gaussianKernel, imqKernel } from '../modules/notable_kernels';
import { cartesianProd, halton, linspace } from '../modules/point_sets';
import { at, grid, largestDifference, rms, stack } from './support/fields';

/** Asserts a number to the digits in which it was published. */
function digits(actual: number, published: string, what: string): void {
  const decimals = published.split('e')[0].split('.')[1]?.length ?? 0;
  assert.equal(actual.toExponential(decimals).replace(/e([+-])(\d)$/, 'e$10$2'), published, what);
}

// Fasshauer, Meshfree Approximation Methods with MATLAB (2007), chapter 39: Kansa's method with the inverse
// multiquadric, ε = 3, N Halton points inside and 4(√N − 1) on the boundary.
for (const [N, error, condition] of [
  [9, '5.642192e-02', '5.276474e+02'],
  [25, '1.039322e-02', '3.418858e+03'],
  [81, '2.386062e-03', '1.726995e+06'],
  [289, '4.904715e-05', ''],
] as const)
  test(`Fasshauer's table, N = ${N}`, () => {
    const solution = fasshauer(N);
    digits(rms(solution.evaluate(GRID), sineCosine.evaluate(identity, GRID)), error, 'RMS error');
    // The table has 1.7066e+10 for N = 289; NumPy has 1.70688e+10, as we do.
    if (condition) digits(solution.condition, condition, 'condition');
    else assert.ok(Math.abs(solution.condition / 1.7066e10 - 1) < 1e-3, `condition ${solution.condition}`);
  });

test("Fasshauer's table, N = 1089: rounding is as large as the error, 3.6e-08 to 3.8e-08", () => {
  const error = rms(fasshauer(1089).evaluate(GRID), sineCosine.evaluate(identity, GRID));
  assert.ok(error > 3.5e-8 && error < 3.8e-8, `${error}`);
});

const GRID = grid(40, 2);

function fasshauer(N: number) {
  const inside = halton(N, 2);
  const { points: boundary } = boxBoundary(Math.sqrt(N));
  return collocate({
    centers: stack(inside, boundary),
    kernel: imqKernel(3),
    conditions: [
      { operator: laplacian, points: inside, values: sineCosine.evaluate(laplacian, inside) },
      { operator: identity, points: boundary, values: sineCosine.evaluate(identity, boundary) },
    ],
  });
}

// sinc(x)·sinc(y) on 81 Halton points, Gaussian.
for (const [eps, error] of [
  [6, '3.0e-02'],
  [4, '6.3e-03'],
  [3, '9.1e-04'],
  [2, '1.4e-05'],
] as const)
  test(`the flat limit, ε = ${eps}: RMS error ${error}`, () => digits(flat(eps), error, 'RMS error'));

test('the flat limit, ε = 1 and 0.5: what rounding leaves, within what LAPACK’s solvers scatter over', () => {
  // NumPy's solve, SciPy's symmetric solve and lstsq give 1.7e-08 to 2.7e-07, and 9.0e-07 to 1.7e-05.
  const [one, half] = [flat(1), flat(0.5)];
  assert.ok(one > 1e-8 && one < 4e-7, `ε = 1: ${one}`);
  assert.ok(half > 2e-7 && half < 3e-5, `ε = 0.5: ${half}`);
});

function flat(eps: number): number {
  const nodes = halton(81, 2);
  const fit = interpolate({ nodes, values: sinc2d.evaluate(identity, nodes), kernel: gaussianKernel(eps) });
  return rms(fit.evaluate(GRID), sinc2d.evaluate(identity, GRID));
}

test('the ODE u″ = 2, u(0) = u(1) = ¼ by one solve with 5 Gaussians, ε = 0.5: error 1.9e-04', () => {
  const centers = cartesianProd(linspace(0, 1, 5));
  const [inside, ends] = [centers.lo(1, 0).hi(3, 1), centers.step(4, 1)];
  const solution = collocate({
    centers,
    kernel: gaussianKernel(0.5),
    conditions: [
      { operator: partial([2]), points: inside, values: at(inside, () => 2) },
      { operator: identity, points: ends, values: at(ends, () => 0.25) },
    ],
  });
  const fine = grid(1001, 1);
  digits(
    largestDifference(
      solution.evaluate(fine),
      at(fine, x => (x - 0.5) ** 2),
    ),
    '1.9e-04',
    'error',
  );
});

for (const [N, condition, error] of [
  [3, '1.00e+00', 0.994],
  [9, '2.32e+00', 0.0536],
  [27, '3.28e+06', 0.0408],
] as const)
  test(`Runge's function on ${N} nodes, Gaussian, ε = 5: condition ${condition}, error ${error}`, () => {
    const nodes = cartesianProd(linspace(-1, 1, N));
    const fit = interpolate({ nodes, values: runge.evaluate(identity, nodes), kernel: gaussianKernel(5) });
    digits(fit.condition, condition, 'condition');
    const fine = cartesianProd(linspace(-1, 1, 1000));
    const [values, exact] = [fit.evaluate(fine), runge.evaluate(identity, fine)];
    const relative = ndarray(
      values.data.map((v, i) => v / exact.data[i]),
      [1000],
    );
    const worst = largestDifference(
      relative,
      at(fine, () => 1),
    );
    assert.equal(Number(worst.toPrecision(3)), error);
  });
