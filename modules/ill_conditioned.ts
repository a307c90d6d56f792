// Needs: nothing else.
//
// A warning, once for each call that may say it, where rounding eats the digits of a solution.

/** A larger part of the weights than this is rounding: then we warn. */
const UNCERTAIN = 1e-2;

const said = new Set<string>();

/** Warns if less than two digits of the weights are certain. `correction` is of linear_systems.ts. */
export function warnIllConditioned(call: string, correction: number): void {
  if (correction < UNCERTAIN || said.has(call)) return;
  said.add(call);
  console.warn(
    `${call}: the system is so ill-conditioned that rounding leaves less than two certain digits of the weights. ` +
      'Values can be better than that: look at .residual and .condition. A larger eps, fewer points or another kernel ' +
      'lowers the condition. (Said once.)',
  );
}
