// Needs: nothing else.
//
// The terms of a polynomial in d variables, as exponents.

/** More terms than this are a mistake. */
const MOST = 100_000;

/**
 * The exponents α of the monomials x^α of d variables with |α| ≤ degree, each `[d]`: by degree, the constant first,
 * within a degree the powers of the first variable falling (x², xy, y²). There are C(degree + d, d); none for degree −1.
 */
export function polynomialTerms(degree: number, d: number): number[][] {
  const call = `polynomialTerms(${degree}, ${d})`;
  if (!(Number.isInteger(degree) && degree >= -1))
    throw new RangeError(`${call}: degree must be an integer from -1 on, got ${degree}`);
  if (!(Number.isInteger(d) && d >= 1))
    throw new RangeError(`${call}: d must be a positive integer, got ${d}`);
  // C(degree + d, d)
  let count = 1;
  for (let k = 1; k <= d && count <= MOST; k++) count = (count * (degree + k)) / k;
  if (!(count <= MOST))
    throw new RangeError(
      `${call}: degree must be so small that there are at most ${MOST} terms, got ${degree}`,
    );
  return Array.from({ length: degree + 1 }, (_, total) => exponentsOf(total, d)).flat();
}

/** All α `[d]` with |α| = total. */
function exponentsOf(total: number, d: number): number[][] {
  if (d === 1) return [[total]];
  return Array.from({ length: total + 1 }, (_, k) =>
    exponentsOf(k, d - 1).map(rest => [total - k, ...rest]),
  ).flat();
}
