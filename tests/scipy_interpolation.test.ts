/** SciPy's RBFInterpolator, run in the project's own .venv, has the values that interpolate has. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { interpolate } from '../modules/collocation';
import {
  gaussianKernel,
  imqKernel,
  iqKernel,
  mqKernelSarra,
  phsKernel,
  type RadialKernel,
} from '../modules/notable_kernels';
import type { F64 } from '../modules/point_sets';
import { array, at, row } from './support/fields';

/** SciPy's name, our kernel, and the degree that SciPy asks for at least. */
const KERNELS: [string, (eps: number) => RadialKernel, number][] = [
  ['linear', () => phsKernel(1), 0],
  ['thin_plate_spline', () => phsKernel(2), 1],
  ['cubic', () => phsKernel(3), 1],
  ['quintic', () => phsKernel(5), 2],
  ['gaussian', gaussianKernel, -1],
  ['multiquadric', mqKernelSarra, 0],
  ['inverse_multiquadric', imqKernel, -1],
  ['inverse_quadratic', iqKernel, -1],
];

interface Problem {
  what: string;
  kernel: string;
  make: (eps: number) => RadialKernel;
  epsilon: number;
  degree: number;
  smoothing: number;
  nodes: F64;
  values: F64;
  x: F64;
}

let seed = 1;
/** Park and Miller's generator: the same problems in every run. */
function uniform(): number {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647;
}
const points = (n: number, d: number) => array(Array.from({ length: n * d }, uniform), [n, d]);

function problems(): Problem[] {
  return KERNELS.flatMap(([kernel, make, least]) =>
    [1, 2, 3].flatMap(d =>
      [least, least + 1].flatMap(degree =>
        [0, 0.1].map(smoothing => {
          const n = 20 + 10 * d;
          const nodes = points(n, d);
          // So many units of ε a spacing that the condition leaves nine digits.
          const epsilon = (1.2 + uniform()) * n ** (1 / d);
          const values = at(nodes, (...x) => Math.sin(5 * x[0]) + x.reduce((sum, t) => sum + t * t, 0));
          const what = `${kernel}, ${d}-D, degree ${degree}, smoothing ${smoothing}`;
          return { what, kernel, make, epsilon, degree, smoothing, nodes, values, x: points(30, d) };
        }),
      ),
    ),
  );
}

const rows = (a: F64) => Array.from({ length: a.shape[0] }, (_, i) => row(a, i));

describe('SciPy has the same values, to 1e-9 where the condition allows', () => {
  const all = problems();
  let answers: number[][];

  before(() => {
    const python = join(__dirname, '..', '.venv', 'bin', 'python');
    const input = all.map(({ nodes, values, x, kernel, make, epsilon, degree, smoothing }) => ({
      nodes: rows(nodes),
      values: [...values.data],
      x: rows(x),
      kernel,
      // A polyharmonic spline has no ε for us; for SciPy its ε scales the smoothing.
      epsilon: make(1).shape === null ? 1 : epsilon,
      degree,
      smoothing,
    }));
    const { status, stdout, stderr } = spawnSync(
      python,
      [join(__dirname, 'support', 'scipy_interpolants.py')],
      {
        input: JSON.stringify(input),
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
    answers = JSON.parse(stdout);
  });

  for (const [p, { what, make, epsilon, degree, smoothing, nodes, values, x }] of all.entries())
    test(what, () => {
      const fit = interpolate({ nodes, values, kernel: make(epsilon), degree, smoothing });
      const ours = fit.evaluate(x).data;
      const scale = Math.max(...answers[p].map(Math.abs));
      const worst = Math.max(...answers[p].map((theirs, i) => Math.abs(theirs - ours[i])));
      const allowed = 1e-9 * scale * Math.max(1, fit.condition / 1e9);
      assert.ok(worst < allowed, `${worst}, condition ${fit.condition.toExponential(1)}`);
    });
});
