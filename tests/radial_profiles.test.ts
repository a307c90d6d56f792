/** Profiles and their algebra: values, derivatives, limits, smoothness; against 40-digit values. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { evaluateProfile, numbers, power } from '../modules/arithmetic';
import { limitAtZero, smoothnessOf } from '../modules/profile_limits';
import {
  combine,
  derivative,
  nthDerivative,
  type Profile,
  type ProfileRow,
  profileOf,
  timesRadius,
  timesU,
} from '../modules/radial_profiles';
import reference from './references/profiles.json';
import { SMOOTHNESS } from './support/closed_forms';
import { KERNELS } from './support/kernels';
import { TOLERANCE } from './support/tolerances';

const ORDERS = [0, 1, 2, 3, 4, 5, 6];
const value = (g: Profile, u: number) => evaluateProfile(g, u, numbers);
const profileOfCase = new Map(KERNELS.map(k => [k.name, k.make(k.shape).row.profile]));
const profile = (name: string) => profileOfCase.get(name) as Profile;
const derivatives = reference.derivatives as Record<string, string[][]>;

/**
 * Values may be off by TOLERANCE.float64 of themselves. Where a compact kernel runs out, 1 − √u has lost its
 * digits: there it is a part of the largest value at u ≥ 0.01. Below the smallest normal number all is rounding.
 */
function allowed(name: string, expected: number[], i: number): number {
  const compact = name === 'Bump' || name.startsWith('Wendland');
  const size = compact
    ? Math.max(...expected.filter((_, k) => reference.u[k] >= 0.01).map(Math.abs), Math.abs(expected[i]))
    : Math.abs(expected[i]);
  return TOLERANCE.float64 * size + 1e-305;
}

describe('the derivatives of every profile are right to a part in 1e12', () => {
  test('the reference values are there for every kernel', () => {
    assert.deepEqual(Object.keys(derivatives), [...profileOfCase.keys()]);
  });
  for (const { name } of KERNELS)
    test(`${name}: orders 0 to 6, u from 5e-324 to 1.7e308`, () => {
      for (const k of ORDERS) {
        const g = nthDerivative(profile(name), k);
        const expected = derivatives[name][k].map(Number);
        reference.u.forEach((u, i) => {
          const actual = value(g, u);
          if (Number.isFinite(expected[i]))
            assert.ok(
              Math.abs(actual - expected[i]) <= allowed(name, expected, i),
              `g⁽${k}⁾(${u}) is ${actual}, not ${derivatives[name][k][i]}`,
            );
          else assert.equal(actual, expected[i], `g⁽${k}⁾(${u})`);
        });
      }
    });
});

describe('a derivative is the slope of what it is derived from', () => {
  for (const { name } of KERNELS)
    test(`${name}: five-point differences, orders 1 to 6`, () => {
      for (const k of ORDERS.slice(1)) {
        const [g, slope] = [nthDerivative(profile(name), k - 1), nthDerivative(profile(name), k)];
        for (const u of [0.2, 0.45, 0.7, 2.3]) {
          const h = 1e-3 * u;
          const at = (i: number) => value(g, u + i * h);
          const differences = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
          const size = Math.max(Math.abs(at(0)) / u, Math.abs(differences), 1e-8);
          assert.ok(
            Math.abs(value(slope, u) - differences) < 1e-7 * size,
            `g⁽${k}⁾(${u}) is ${value(slope, u)}, the differences say ${differences}`,
          );
        }
      }
    });
});

describe('limits at 0', () => {
  for (const { name } of KERNELS)
    test(`${name}: the value at u = 0 is what the values near 0 tend to`, () => {
      for (const k of ORDERS) {
        const g = nthDerivative(profile(name), k);
        const limit = limitAtZero(g);
        assert.equal(value(g, 0), limit);
        // √1e-30 = 1e-15; the slowest divergence is that of log u.
        const near = value(g, 1e-30);
        if (Number.isFinite(limit)) {
          assert.ok(
            Math.abs(near - limit) <= 1e-11 * Math.max(1, Math.abs(limit)),
            `${k}: ${near}, ${limit}`,
          );
        } else {
          assert.equal(Math.sign(near), Math.sign(limit));
          assert.ok(Math.abs(value(g, 1e-300)) > 5 * Math.abs(near));
        }
      }
    });
  test('they are the f′(0) and values of the books', () => {
    const at = (name: string, k: number) => limitAtZero(nthDerivative(profile(name), k));
    assert.equal(at('Gaussian', 1), -1);
    assert.equal(at('MqSarra', 1), 0.5);
    assert.equal(at('Imq', 1), -0.5);
    assert.equal(at('Iq', 1), -1);
    assert.equal(at('RationalQuadratic', 1), -0.7);
    assert.equal(at('Bump', 0), Math.exp(-1));
    assert.equal(at('Bump', 1), -Math.exp(-1));
    // In u = 2ν·s/ℓ²: −3/2 of s is −½ of u, and so on.
    assert.equal(at('Matern12', 1), Number.NEGATIVE_INFINITY);
    assert.equal(at('Matern32', 1), -1 / 2);
    assert.ok(Math.abs(at('Matern52', 1) + 1 / 6) < 1e-16);
    assert.ok(Math.abs(at('Matern72', 1) + 1 / 10) < 1e-16);
    assert.equal(at('WendlandC0', 1), Number.NEGATIVE_INFINITY);
    assert.equal(at('WendlandC2', 1), -10);
    assert.ok(Math.abs(at('WendlandC4', 1) + 28 / 3) < 1e-14);
    assert.equal(at('WendlandC6', 1), -11);
    assert.equal(at('Polyharmonic1', 1), Number.POSITIVE_INFINITY);
    assert.equal(at('Polyharmonic2', 1), Number.NEGATIVE_INFINITY);
    assert.equal(at('Polyharmonic3', 1), 0);
    assert.equal(at('Polyharmonic4', 1), 0);
  });
  test('a given value stands in for a divergent limit, and only there', () => {
    const slope = derivative(profile('Matern12'));
    assert.equal(evaluateProfile(slope, 0, numbers, 0), 0);
    assert.equal(evaluateProfile(slope, 0.25, numbers, 0), value(slope, 0.25));
  });
});

describe('smoothness is computed from the row', () => {
  for (const { name } of KERNELS)
    test(`${name} is C^${SMOOTHNESS[name]}`, () => {
      assert.equal(smoothnessOf(profile(name)), SMOOTHNESS[name]);
    });
  test('r is C^0, r² is smooth, r^2.5 is C^2', () => {
    const power = (p: number) => profileOf({ variable: 'sqrt(u)', terms: [[1, p]] });
    assert.equal(smoothnessOf(power(1)), 0);
    assert.equal(smoothnessOf(power(2)), Number.POSITIVE_INFINITY);
    assert.equal(smoothnessOf(power(2.5)), 2);
    assert.equal(smoothnessOf(profileOf({ variable: 'u', terms: [[1, 1.25]] })), 2);
  });
});

const arbitraryU = fc.double({ min: 1e-3, max: 30, noNaN: true });
const arbitraryKernel = fc.constantFrom(...KERNELS.map(k => k.name));
const close = (actual: number, expected: number, size: number) =>
  Math.abs(actual - expected) <= 1e-10 * Math.max(size, Math.abs(expected), 1e-200);

describe('the algebra', () => {
  test('timesU is multiplication by u', () => {
    fc.assert(
      fc.property(arbitraryKernel, fc.nat(3), arbitraryU, (name, k, u) => {
        const g = nthDerivative(profile(name), k);
        return close(value(timesU(g), u), u * value(g, u), Math.abs(value(g, u)));
      }),
    );
  });
  test('timesRadius is multiplication by a power of √u', () => {
    const ofRadius = KERNELS.map(k => k.name).filter(n => /u\)?$/.test(profile(n).variable) && n !== 'Bump');
    fc.assert(
      fc.property(fc.constantFrom(...ofRadius), fc.nat(4), arbitraryU, (name, k, u) => {
        const g = profile(name);
        if (g.variable === '1+u') return true;
        return close(value(timesRadius(g, k), u), u ** (k / 2) * value(g, u), 0);
      }),
    );
  });
  test('combine is a sum, also of derivatives of different order', () => {
    fc.assert(
      fc.property(
        arbitraryKernel,
        fc.nat(3),
        fc.nat(3),
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        arbitraryU,
        (name, j, k, a, b, u) => {
          const [g, h] = [nthDerivative(profile(name), j), nthDerivative(profile(name), k)];
          const [x, y] = [a * value(g, u), b * value(h, u)];
          return close(value(combine(a, g, b, h), u), x + y, Math.abs(x) + Math.abs(y));
        },
      ),
    );
  });
  test('the product rule holds: (u·g)′ = g + u·g′', () => {
    fc.assert(
      fc.property(arbitraryKernel, fc.nat(3), arbitraryU, (name, k, u) => {
        const g = nthDerivative(profile(name), k);
        const [x, y] = [value(g, u), u * value(derivative(g), u)];
        return close(value(derivative(timesU(g)), u), x + y, Math.abs(x) + Math.abs(y));
      }),
    );
  });
  test('terms that cancel are gone, so that a limit is not spoilt by what is left of them', () => {
    const g = profile('Matern52');
    const zero = combine(1, g, -1, g);
    assert.deepEqual([zero.terms, zero.logTerms], [[], []]);
    assert.equal(value(zero, 0), 0);
    assert.equal(value(zero, Number.POSITIVE_INFINITY), 0);
    // −0.7 − 1 + 1 is not −0.7 in float64.
    const slope = derivative(profile('RationalQuadratic'));
    assert.equal(combine(1, slope, 1, timesU(derivative(slope))).terms.length, 2);
  });
  test('powers of the Laplacian annihilate their fundamental solutions exactly', () => {
    const laplacian = (g: Profile, d: number) => {
      const slope = derivative(g);
      return combine(2 * d, slope, 4, timesU(derivative(slope)));
    };
    // Δᵐ of r^(2m − d) for odd d, of r^(2m − d)·log r for even d.
    for (const [d, m] of [1, 2, 3, 4, 5, 7].flatMap(d => [1, 2, 3, 4, 5].map(m => [d, m]))) {
      const exponent = 2 * m - d;
      if (exponent < 1) continue;
      let g = profile(`Polyharmonic${exponent}`);
      if (g === undefined) continue;
      for (let i = 0; i < m; i++) g = laplacian(g, d);
      assert.deepEqual([g.terms, g.logTerms], [[], []], `d = ${d}, m = ${m}`);
    }
  });
  test('what profiles of different kernels would give is refused', () => {
    assert.throws(() => combine(1, profile('Gaussian'), 1, profile('Imq')), /share their variable/);
    const [exponential, power] = [profile('Gaussian'), profileOf({ variable: 'u', terms: [[1, 1]] })];
    assert.throws(() => combine(1, exponential, 1, power), /share their variable and their factor/);
    assert.throws(() => timesRadius(profile('Imq'), 1), /timesRadius: needs a profile of u or √u/);
  });
});

describe('far out and close in nothing is NaN', () => {
  const far = [5e-324, 1e-300, 1e-160, 1e160, 1e200, 1e300, 1.7e308, Number.POSITIVE_INFINITY];
  /** ∂/∂ε and the Laplacian: what the tape and the operators make of a profile. */
  const made = (g: Profile) => [
    timesU(derivative(g)),
    combine(2, derivative(g), 4, timesU(derivative(derivative(g)))),
    combine(-1, g, 2, timesU(derivative(g))),
  ];
  for (const { name } of KERNELS)
    test(`${name}: derivatives, Laplacians and derivatives in the shape, each twice`, () => {
      const once = ORDERS.map(k => nthDerivative(profile(name), k)).flatMap(g => [g, ...made(g)]);
      for (const g of [...once, ...once.flatMap(made)])
        for (const u of far) {
          // Infinity is a distance only; growing kernels are Infinity there, and their parts may differ in sign.
          if (u === Number.POSITIVE_INFINITY && /^(Mq|Poly)/.test(name)) continue;
          assert.ok(!Number.isNaN(value(g, u)), `${JSON.stringify(g)} is NaN at ${u}`);
        }
    });
  test('e^(−t)·t² is 0 and not 0·∞ at u = 1e300', () => {
    const g = profileOf({ variable: 'u', factor: 'exp(-t)', terms: [[1, 2]] });
    assert.equal(value(g, 1e300), 0);
  });
  test('a compact kernel and all its derivatives are 0 from its radius on', () => {
    for (const name of ['Bump', 'WendlandC0', 'WendlandC2', 'WendlandC4', 'WendlandC6'])
      for (const k of ORDERS)
        for (const u of [1, 1 + 2 ** -52, 2, 1e300, Number.POSITIVE_INFINITY])
          assert.equal(Math.abs(value(nthDerivative(profile(name), k), u)), 0, `${name} ${k} ${u}`);
  });
});

describe('power', () => {
  test('whole and half powers agree with **', () => {
    for (const p of [-16, -3, -2.5, -0.5, 0.5, 1, 1.5, 2, 3, 7, 12.5, 16, 0.7, 20])
      for (const t of [0.3, 1, 2.7])
        assert.ok(Math.abs(power(t, p, numbers) / t ** p - 1) < 1e-14, `${t}^${p}`);
  });
});

describe('a row that is no profile is refused', () => {
  const row = (r: unknown) => () => profileOf(r as ProfileRow);
  test('by its variable', () => {
    assert.throws(row({ variable: 'r', terms: [] }), {
      name: 'TypeError',
      message: /^profile: variable must be 'u', 'sqrt\(u\)', '1\+u' or '1\/\(1-u\)', got r$/,
    });
  });
  test('by its factor', () => {
    for (const factor of ['exp', -1, 1.5, Number.NaN])
      assert.throws(row({ variable: 'u', factor, terms: [] }), {
        name: 'TypeError',
        message: /^profile: factor must be/,
      });
    assert.throws(row({ variable: '1+u', factor: 2, terms: [] }), /needs t = u or √u, got t = 1\+u/);
    assert.throws(row({ variable: '1/(1-u)', terms: [] }), /needs the factor 'exp\(-t\)', got one/);
  });
  test('by its terms', () => {
    const message = /^profile: every term must be \[coefficient, power\], finite numbers/;
    for (const terms of [[[Number.NaN, 1]], [[1, Number.POSITIVE_INFINITY]], [[1]], [['1', 2]], [7]])
      assert.throws(row({ variable: 'u', terms }), { name: 'TypeError', message });
    assert.throws(row({ variable: 'u' }), { name: 'TypeError', message: /^profile: terms must be a list/ });
    assert.throws(row({ variable: 'u', terms: [], scale: Number.NaN }), {
      name: 'TypeError',
      message: /^profile: scale must be a finite number, got NaN$/,
    });
  });
  test('or by being none at all', () => {
    assert.throws(row(undefined), { name: 'TypeError', message: /^profile: must be a row of data/ });
  });
});
