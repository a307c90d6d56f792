// Needs: arithmetic.ts, evaluation_checks.ts, kernel_table.ts, known_points.ts, native_binding.ts,
//   native_ops.ts, operators.ts, profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts,
//   radial_profiles.ts, radial_terms.ts, radii.ts, separable.ts, target.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// Solutions of the heat and the wave equation, as targets of two columns: x, then t.
import { cosine, exponential, separable, sine } from './separable';
import { type Target, target } from './target';

/**
 * e^(−κ(kπ)²t)·sin(kπx), κ the diffusivity, k the mode: u_t = κ·u_xx on [0, 1], with 0 at both ends. A sine fades, the
 * faster the finer it is.
 *
 * @example
 * const heatEquation = add(partial([0, 1]), scale(-1, partial([2, 0]))); // u_t − u_xx
 * heatSolution().evaluate(heatEquation, halton(2, 2)); // [0, 0]
 */
export function heatSolution({ diffusivity = 1, mode = 1 } = {}): Target {
  checkOptions('heatSolution(options)', { diffusivity }, mode);
  const frequency = mode * Math.PI;
  return target({
    name: 'heatSolution',
    d: 2,
    source: 'Fourier, Théorie analytique de la chaleur (1822)',
    partial: separable([1, sine(frequency), exponential(-diffusivity * frequency ** 2)]),
  });
}

/**
 * sin(kπx)·cos(ckπt), c the speed, k the mode: u_tt = c²·u_xx on [0, 1], with 0 at both ends, at rest for t = 0. A string
 * swings to and fro with the period 2/(ck).
 *
 * @example
 * waveSolution().evaluate(identity, ndarray(Float64Array.of(0.5, 1), [1, 2])); // [-1]
 */
export function waveSolution({ speed = 1, mode = 1 } = {}): Target {
  checkOptions('waveSolution(options)', { speed }, mode);
  return target({
    name: 'waveSolution',
    d: 2,
    source: 'Bernoulli, Réflexions et éclaircissemens sur les nouvelles vibrations des cordes (1753)',
    partial: separable([1, sine(mode * Math.PI), cosine(speed * mode * Math.PI)]),
  });
}

function checkOptions(call: string, coefficient: Record<string, number>, mode: number): void {
  for (const [name, value] of Object.entries(coefficient))
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      throw new RangeError(`${call}: ${name} must be a positive finite number, got ${value}`);
  if (!Number.isInteger(mode) || mode < 1)
    throw new RangeError(`${call}: mode must be a positive integer, got ${mode}`);
}
