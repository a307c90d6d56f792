/** The terms of polynomials, and their derivatives. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  add,
  biharmonic,
  gradient,
  hessian,
  identity,
  laplacian,
  partial,
  scale,
} from '../modules/differential_operators';
import { polynomialTerms } from '../modules/polynomial_terms';
import { polynomialMatrix, polynomialsFor } from '../modules/polynomials';
import { array, row } from './support/fields';
import { assertClose } from './support/tolerances';

describe('polynomialTerms', () => {
  test('by degree, the powers of the first variable falling', () => {
    assert.deepEqual(polynomialTerms(2, 2), [
      [0, 0],
      [1, 0],
      [0, 1],
      [2, 0],
      [1, 1],
      [0, 2],
    ]);
    assert.deepEqual(polynomialTerms(1, 3), [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    assert.deepEqual(polynomialTerms(3, 1), [[0], [1], [2], [3]]);
    assert.deepEqual(polynomialTerms(-1, 2), []);
  });
  test('C(degree + d, d) different terms, none above the degree', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 4 }), (degree, d) => {
        const terms = polynomialTerms(degree, d);
        let count = 1;
        for (let k = 1; k <= d; k++) count = (count * (degree + k)) / k;
        assert.equal(terms.length, count);
        assert.equal(new Set(terms.map(String)).size, count);
        assert.ok(terms.every(alpha => alpha.reduce((a, b) => a + b, 0) <= degree));
      }),
    );
  });
  test('what is no degree, no dimension, or too much', () => {
    assert.throws(
      () => polynomialTerms(1.5, 2),
      /polynomialTerms\(1\.5, 2\): degree must be an integer from -1 on, got 1\.5/,
    );
    assert.throws(() => polynomialTerms(2, 0), /d must be a positive integer, got 0/);
    assert.throws(() => polynomialTerms(1000, 3), /at most 100000 terms, got 1000/);
  });
});

describe('polynomialMatrix', () => {
  const nodes = array([0, -3, 2, 5, 1, 1, 4, 0, 3, 2], [5, 2]);
  const polynomials = polynomialsFor(3, nodes);
  const x = array([0.3, 1.7, 3.1, -2, 2, 1], [3, 2]);

  test('in the box of the nodes no term is above 1, at its corners all are ±1', () => {
    const { shift, scale: sides } = polynomials;
    assert.deepEqual(
      [shift, sides],
      [
        [2, 1],
        [2, 4],
      ],
    );
    const corner = polynomialMatrix(polynomials, array([4, 5], [1, 2]));
    assert.ok(corner.data.every(v => v === 1));
    assert.ok(polynomialMatrix(polynomials, nodes).data.every(v => Math.abs(v) <= 1));
  });
  test('∂^α is that of the monomials, by hand', () => {
    const place = polynomials.terms.findIndex(([a, b]) => a === 2 && b === 1);
    // ((x − 2)/2)²·(y − 1)/4
    const of = (op: Parameters<typeof polynomialMatrix>[2]) => {
      const { data } = polynomialMatrix(polynomials, x, op);
      return Array.from({ length: 3 }, (_, i) => data[i * polynomials.terms.length + place]);
    };
    const points = [0, 1, 2].map(i => row(x, i));
    assertClose(
      of(partial([1, 0])),
      points.map(([a, b]) => (((a - 2) / 2) * (b - 1)) / 4),
      'float64',
    );
    assertClose(
      of(partial([2, 1])),
      points.map(() => 1 / 8),
      'float64',
    );
    assertClose(
      of(laplacian),
      points.map(([, b]) => (b - 1) / 8),
      'float64',
    );
    assertClose(of(biharmonic), [0, 0, 0], 'float64');
    const varying = add(
      scale(at => Float64Array.from({ length: at.shape[0] }, (_, i) => at.get(i, 1)), laplacian),
      scale(3, identity),
    );
    assertClose(
      of(varying),
      points.map(([a, b]) => (b * (b - 1)) / 8 + (3 * ((a - 2) / 2) ** 2 * (b - 1)) / 4),
      'float64',
    );
  });
  test('gradient and hessian have their axes after the points', () => {
    const q = polynomials.terms.length;
    assert.deepEqual(polynomialMatrix(polynomials, x, gradient).shape, [3, 2, q]);
    const second = polynomialMatrix(polynomials, x, hessian);
    assert.deepEqual(second.shape, [3, 2, 2, q]);
    for (let l = 0; l < q; l++) assert.equal(second.get(1, 0, 1, l), second.get(1, 1, 0, l));
  });
  test('a side of length 0 does not divide by it', () => {
    const line = array([0, 1, 1, 1, 2, 1], [3, 2]);
    assert.deepEqual(polynomialsFor(1, line).scale, [1, 1]);
    assert.ok(polynomialMatrix(polynomialsFor(2, line), line).data.every(Number.isFinite));
  });
});
