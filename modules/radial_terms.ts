// Needs: arithmetic.ts, profile_limits.ts, radial_op.ts, radial_profiles.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node.
//
// Derivatives of a kernel are sums of radial functions, each times powers of the differences x − c.
import { type RadialFunction, slopeOf } from './radial_op';

/** coefficient · Π_k (x_k − c_k)^powers[k] · h(‖x − c‖², ε); a power for every coordinate. */
export interface RadialTerm {
  readonly coefficient: number;
  readonly powers: readonly number[];
  readonly h: RadialFunction;
}

/** The radial function itself, in d dimensions. */
export const radialTerm = (h: RadialFunction, d: number): RadialTerm => ({
  coefficient: 1,
  powers: new Array<number>(d).fill(0),
  h,
});

/** ∂/∂x_k of the sum of the terms, such a sum again: ∂h/∂x_k = 2(x_k − c_k)·∂h/∂s. */
export const slopesAlong = (terms: readonly RadialTerm[], k: number): RadialTerm[] =>
  terms.flatMap(({ coefficient, powers, h }) => {
    const raised = (by: number) => powers.map((p, i) => (i === k ? p + by : p));
    const ofRadius = { coefficient: 2 * coefficient, powers: raised(1), h: slopeOf(h) };
    if (powers[k] === 0) return [ofRadius];
    return [ofRadius, { coefficient: powers[k] * coefficient, powers: raised(-1), h }];
  });
