// Needs: profile_limits.ts, radial_profiles.ts.
//
// The table of kernels, one row each: φ(x) = ε^q · g(u), u = ε²·‖x − c‖². A new kernel is a new row.
import { smoothnessOf } from './profile_limits';
import { type Profile, type ProfileRow, profileOf } from './radial_profiles';

/** What is known of a kernel, for one choice of its discrete parameters (ν, k, the exponent). */
export interface KernelRow {
  readonly name: string;
  readonly profile: Profile;
  /** ε = epsilon(shape) is `factor·shape`, or `factor/shape` where the shape is a length. */
  readonly shape: { readonly parameter: string; readonly factor: number; readonly isLength: boolean } | null;
  /** q of the amplitude ε^q. */
  readonly amplitude: number;
  /** Order of conditional positive definiteness; 0: positive definite; null: neither (or not known). */
  readonly order: number | null;
  /** The largest dimension in which that holds. */
  readonly dimension: number;
  /** The m of C^m at the centre, computed from the profile. */
  readonly smoothness: number;
  readonly source: string;
}

type Row = Pick<KernelRow, 'name'> & Partial<KernelRow> & { g: ProfileRow };

/**
 * Completes a row.
 *
 * @example
 * kernelRow({ name: 'Cubic', g: { variable: 'sqrt(u)', terms: [[1, 3]] } }).smoothness; // 2
 */
export function kernelRow({ g, ...row }: Row): KernelRow {
  const profile = profileOf(g);
  return {
    profile,
    shape: { parameter: 'eps', factor: 1, isLength: false },
    amplitude: 0,
    order: null,
    dimension: Number.POSITIVE_INFINITY,
    smoothness: smoothnessOf(profile),
    source: '',
    ...row,
  };
}

const length = (parameter: string, factor = 1) => ({ parameter, factor, isLength: true });

const FASSHAUER = 'Fasshauer, Meshfree Approximation Methods with MATLAB (2007)';
const WENDLAND = 'Wendland, Scattered Data Approximation (2005), ch. 9';
const RASMUSSEN = 'Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), ch. 4';

/** e^(−u), u = ε²r² */
export const gaussian = kernelRow({
  name: 'Gaussian',
  g: { variable: 'u', factor: 'exp(-t)', terms: [[1, 0]] },
  order: 0,
  source: `${FASSHAUER}, ch. 2`,
});

const root: ProfileRow = { variable: '1+u', terms: [[1, 0.5]] };

/** √(1 + ε²r²); −φ is conditionally positive definite of order 1 */
export const mqSarra = kernelRow({ name: 'MqSarra', g: root, order: 1, source: `${FASSHAUER}, ch. 8` });

/** √(c² + r²) = c·√(1 + r²/c²); −φ is conditionally positive definite of order 1 */
export const mqHardy = kernelRow({
  name: 'MqHardy',
  g: root,
  shape: length('c'),
  amplitude: -1,
  order: 1,
  source: `${FASSHAUER}, ch. 8`,
});

/** 1/√(1 + ε²r²) */
export const imq = kernelRow({
  name: 'Imq',
  g: { variable: '1+u', terms: [[1, -0.5]] },
  order: 0,
  source: `${FASSHAUER}, ch. 4`,
});

/** 1/(1 + ε²r²) */
export const iq = kernelRow({
  name: 'Iq',
  g: { variable: '1+u', terms: [[1, -1]] },
  order: 0,
  source: `${FASSHAUER}, ch. 4`,
});

/** (1 + r²/(2αℓ²))^(−α) */
export const rationalQuadratic = (alpha: number) =>
  kernelRow({
    name: 'RationalQuadratic',
    g: { variable: '1+u', terms: [[1, -alpha]] },
    shape: length('ell', 1 / Math.sqrt(2 * alpha)),
    order: 0,
    source: RASMUSSEN,
  });

/** e^(−1/(1 − ε²r²)) for ε·r < 1, 0 beyond; not positive definite in every dimension */
export const bump = kernelRow({
  name: 'Bump',
  g: { variable: '1/(1-u)', factor: 'exp(-t)', terms: [[1, 0]] },
  source: 'the standard mollifier',
});

// Per ν the scale and the terms of the polynomial in t = √(2ν)·r/ℓ.
const MATERN: ReadonlyMap<number, readonly [number, ProfileRow['terms']]> = new Map([
  // biome-ignore format: a kernel a line
  [0.5, [1, [[1, 0]]]],
  [
    1.5,
    [
      1,
      [
        [1, 0],
        [1, 1],
      ],
    ],
  ],
  [
    2.5,
    [
      1 / 3,
      [
        [3, 0],
        [3, 1],
        [1, 2],
      ],
    ],
  ],
  [
    3.5,
    [
      1 / 15,
      [
        [15, 0],
        [15, 1],
        [6, 2],
        [1, 3],
      ],
    ],
  ],
]);

/**
 * Matérn ν = ½, 3/2, 5/2, 7/2: a polynomial in z times e^(−z), z = √(2ν)·r/ℓ
 *
 * @example
 * matern(2.5).smoothness; // 4
 */
export function matern(nu: number): KernelRow {
  const [scale, terms] = MATERN.get(nu) ?? unknown('maternKernel(nu, ell): nu', [...MATERN.keys()], nu);
  return kernelRow({
    name: `Matern${2 * nu}2`,
    g: { variable: 'sqrt(u)', factor: 'exp(-t)', scale, terms },
    shape: length('ell', Math.sqrt(2 * nu)),
    order: 0,
    source: RASMUSSEN,
  });
}

// Per k the exponent of 1 − t, the scale and the terms of the polynomial in t = r/R.
const WENDLANDS: ReadonlyMap<number, readonly [number, number, ProfileRow['terms']]> = new Map([
  // biome-ignore format: a kernel a line
  [0, [2, 1, [[1, 0]]]],
  [
    2,
    [
      4,
      1,
      [
        [1, 0],
        [4, 1],
      ],
    ],
  ],
  [
    4,
    [
      6,
      1 / 3,
      [
        [3, 0],
        [18, 1],
        [35, 2],
      ],
    ],
  ],
  [
    6,
    [
      8,
      1,
      [
        [1, 0],
        [8, 1],
        [25, 2],
        [32, 3],
      ],
    ],
  ],
]);

/**
 * Wendland C0, C2, C4, C6: (1 − ρ)₊^a times a polynomial in ρ = r/R, positive definite for d ≤ 3
 *
 * @example
 * wendland(4).smoothness; // 4
 */
export function wendland(k: number): KernelRow {
  const [factor, scale, terms] =
    WENDLANDS.get(k) ?? unknown('wendlandKernel(k, radius): k', [...WENDLANDS.keys()], k);
  return kernelRow({
    name: `WendlandC${k}`,
    g: { variable: 'sqrt(u)', factor, scale, terms },
    shape: length('radius'),
    order: 0,
    dimension: 3,
    source: WENDLAND,
  });
}

/**
 * Polyharmonic splines: r^k for odd k, r^k·log r for even k; up to sign of order ⌈k/2⌉ and k/2 + 1
 *
 * @example
 * polyharmonic(3).smoothness; // 2
 */
export function polyharmonic(exponent: number): KernelRow {
  if (!Number.isInteger(exponent) || exponent < 1)
    throw new RangeError(`phsKernel(exponent): exponent must be a positive integer, got ${exponent}`);
  const odd = exponent % 2 === 1;
  return kernelRow({
    name: `Polyharmonic${exponent}`,
    g: odd
      ? { variable: 'sqrt(u)', terms: [[1, exponent]] }
      : { variable: 'u', scale: 0.5, terms: [], logTerms: [[1, exponent / 2]] },
    shape: null,
    order: odd ? (exponent + 1) / 2 : exponent / 2 + 1,
    source: `${FASSHAUER}, ch. 8`,
  });
}

function unknown(argument: string, known: number[], got: number): never {
  throw new RangeError(`${argument} must be one of ${known.join(', ')}, got ${got}`);
}
