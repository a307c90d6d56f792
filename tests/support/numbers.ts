/** Numbers of no pattern between 0 and 1, the same in every run. */
export const numbers = (size: number, seed: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => Math.abs(Math.sin(seed + 12.9898 * i) * 43758.5453) % 1);
