/** Every kernel of the table, with a sample shape: what the contract tests run over. */
import { evaluateProfile, numbers } from '../../modules/arithmetic';
import {
  bumpKernel,
  gaussianKernel,
  imqKernel,
  iqKernel,
  maternKernel,
  mqKernelHardy,
  mqKernelSarra,
  phsKernel,
  type RadialKernel,
  rationalQuadraticKernel,
  type Shape,
  wendlandKernel,
} from '../../modules/notable_kernels';
import { nthDerivative } from '../../modules/radial_profiles';

export interface KernelCase {
  /** The kernel's name, as its row and the reference values have it. */
  name: string;
  /** The kernel of a shape; polyharmonic splines have none and ignore it. */
  make: (shape: Shape) => RadialKernel;
  hasShape: boolean;
  /** A shape for points in boxes of size 1, exact in float32. */
  shape: number;
}

/** α of the rational quadratic in the table: no multiple of ½, so that powers are general. */
export const ALPHA = 0.7;

const shaped = (name: string, shape: number, make: (shape: Shape) => RadialKernel): KernelCase => ({
  name,
  make,
  hasShape: true,
  shape,
});

export const KERNELS: KernelCase[] = [
  shaped('Gaussian', 1.5, gaussianKernel),
  shaped('MqSarra', 1.25, mqKernelSarra),
  shaped('MqHardy', 0.75, mqKernelHardy),
  shaped('Imq', 1.5, imqKernel),
  shaped('Iq', 1.25, iqKernel),
  shaped('RationalQuadratic', 0.75, ell => rationalQuadraticKernel(ALPHA, ell)),
  shaped('Bump', 0.75, bumpKernel),
  ...[0.5, 1.5, 2.5, 3.5].map(nu => shaped(`Matern${2 * nu}2`, 0.625, ell => maternKernel(nu, ell))),
  ...[0, 2, 4, 6].map(k => shaped(`WendlandC${k}`, 1.25, radius => wendlandKernel(k, radius))),
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(k => ({
    name: `Polyharmonic${k}`,
    make: () => phsKernel(k),
    hasShape: false,
    shape: 1,
  })),
];

export const kernelCase = (name: string): KernelCase => {
  const found = KERNELS.find(k => k.name === name);
  if (found === undefined) throw new Error(`no kernel ${name}`);
  return found;
};

/** f⁽ᵏ⁾(s) of φ = f(r²) by the modules' own plain numbers, in float64. */
export function numberValue(kernel: RadialKernel, s: number, k = 0): number {
  const eps = kernel.epsilon() as number;
  return (
    eps ** (kernel.row.amplitude + 2 * k) *
    evaluateProfile(nthDerivative(kernel.row.profile, k), eps * eps * s, numbers)
  );
}

export const squaredDistance = (x: number[], c: number[]) =>
  x.reduce((s, v, i) => s + (v - c[i]) * (v - c[i]), 0);

/** All α of the order in d dimensions. */
export function multiIndices(d: number, order: number): number[][] {
  if (d === 1) return [[order]];
  return Array.from({ length: order + 1 }, (_, k) => order - k).flatMap(first =>
    multiIndices(d - 1, order - first).map(rest => [first, ...rest]),
  );
}

export type Points = number[][];
