// A streamed evaluation in a process of its own, which a test kills: INPUT OUTPUT ROWS PAUSE_MS. It prints what it gives.
import { evaluate } from '../../modules/evaluation';
import { gaussianKernel } from '../../modules/notable_kernels';
import { gradient } from '../../modules/operators';
import { halton } from '../../modules/point_sets';
import { type Expansion, evaluateFile } from '../../modules/streamed_evaluation';
import { at } from './fields';

const centers = halton(40, 2);
const { data } = at(centers, (x, y) => Math.sin(5 * x) - y);

/** The expansion of the tests; each block takes a while longer. */
export function slowExpansion(pauseMs: number): Expansion {
  const weights = at(centers, () => 0);
  weights.data.set(data);
  weights.shape = [40, 1];
  weights.stride = [1, 1];
  const u = { kernel: gaussianKernel(4), centers, weights };
  const wait = new Int32Array(new SharedArrayBuffer(4));
  return {
    ...u,
    evaluate(x, operator) {
      Atomics.wait(wait, 0, 0, pauseMs);
      return evaluate(operator, u.kernel, x, u.centers, u.weights);
    },
  };
}

if (require.main === module) {
  const [input, output, rows, pause] = process.argv.slice(2);
  evaluateFile({
    of: slowExpansion(Number(pause)),
    operator: gradient,
    input,
    output,
    rows: Number(rows),
  }).then(result => console.log(JSON.stringify(result)));
}
