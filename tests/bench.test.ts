import assert from 'node:assert/strict';
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import * as notableKernels from '../modules/notable_kernels';
import table from '../scripts/bench/kernels.json';
import { ROOT, venvBin } from '../scripts/setup/paths.mjs';

type Answer = { error?: string; ms?: number; shape?: number[] };

/** The program that joins the benchmark's rounds, as bench.py speaks to it. */
class Program {
  readonly folder = mkdtempSync(join(tmpdir(), 'rbf-bench-test-'));
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly closed: Promise<number | null>;

  constructor() {
    this.#process = spawn(process.execPath, ['--import', 'tsx', 'scripts/bench/rival.ts'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.closed = new Promise(resolve => this.#process.on('close', resolve));
  }

  async ask(question: object): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    assert.ok(!done, 'the program ended');
    return JSON.parse(value);
  }

  async load(arrays: Record<string, { values: number[]; shape: number[] }>) {
    const load: Record<string, { file: string; shape: number[] }> = {};
    for (const [name, { values, shape }] of Object.entries(arrays)) {
      load[name] = { file: join(this.folder, name), shape };
      writeFileSync(load[name].file, Float64Array.from(values));
    }
    assert.deepEqual(await this.ask({ load }), {});
  }

  async result(question: object): Promise<{ shape: number[]; values: number[] }> {
    const file = join(this.folder, 'result');
    const { shape, error } = await this.ask({ ...question, result: file });
    assert.ok(shape, error);
    return { shape, values: [...new Float64Array(new Uint8Array(readFileSync(file)).buffer)] };
  }

  end(): Promise<number | null> {
    this.#process.stdin.end();
    return this.closed;
  }
}

let program: Program;
before(() => {
  program = new Program();
});
after(async () => {
  const code = await program.end();
  rmSync(program.folder, { recursive: true });
  assert.equal(code, 0);
});

function assertClose(actual: number[], expected: number[], tolerance: number) {
  assert.equal(actual.length, expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  actual.forEach((a, i) => {
    assert.ok(Math.abs(a - expected[i]) <= tolerance * scale, `[${i}]: ${a}, not ${expected[i]}`);
  });
}

const random = (n: number, seed: number) =>
  Array.from({ length: n }, (_, i) => (Math.sin(seed + 12.9898 * i) * 43758.5453) % 1).map(Math.abs);

for (const [n, m] of [
  [9, 1],
  [400, 30],
])
  test(`the program's values and derivatives of ${m} Gaussians at ${n} points are the sums over the centers`, async () => {
    const d = 2;
    const [centers, weights] = [random(m * d, 1), random(m, 2)];
    // The first point is a center.
    const x = [...centers.slice(0, d), ...random(n * d - d, 3)];
    const [values, gradient, diagonal, laplacian]: number[][] = [[], [], [], []];
    for (let i = 0; i < n; i++) {
      const [u, g, h] = [[0], [0, 0], [0, 0]];
      for (let j = 0; j < m; j++) {
        const delta = [x[2 * i] - centers[2 * j], x[2 * i + 1] - centers[2 * j + 1]];
        const phi = weights[j] * Math.exp(-25 * (delta[0] ** 2 + delta[1] ** 2));
        u[0] += phi;
        delta.forEach((t, k) => {
          g[k] += -50 * t * phi;
          h[k] += (2500 * t ** 2 - 50) * phi;
        });
      }
      values.push(u[0]);
      gradient.push(...g);
      diagonal.push(...h);
      laplacian.push(h[0] + h[1]);
    }
    await program.load({
      x: { values: x, shape: [n, d] },
      centers: { values: centers, shape: [m, d] },
      weights: { values: weights, shape: [m, 1] },
    });
    const expected = { values, gradient, 'hessian diagonal': diagonal, laplacian };
    for (const [task, numbers] of Object.entries(expected))
      assertClose((await program.result({ task, kernel: 'Gaussian' })).values, numbers, 1e-12);
  });

test('the program interpolates by Gaussians of ε = √n/2 with a smoothing of 1e-6', async () => {
  const [n, nodes] = [30, random(60, 7)];
  const weights = random(n, 8);
  const matrix = Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const squared = (nodes[2 * i] - nodes[2 * j]) ** 2 + (nodes[2 * i + 1] - nodes[2 * j + 1]) ** 2;
    return Math.exp((-n / 4) * squared) + (i === j ? 1e-6 : 0);
  });
  const rightSide = weights.map((_, i) => weights.reduce((sum, w, j) => sum + matrix[i * n + j] * w, 0));
  await program.load({
    nodes: { values: nodes, shape: [n, 2] },
    rightSide: { values: rightSide, shape: [n] },
  });
  assertClose((await program.result({ task: 'interpolate' })).values, weights, 1e-7);
});

test('the program solves a symmetric positive definite system', async () => {
  await program.load({
    matrix: { values: [4, 1, 0, 1, 3, 1, 0, 1, 2], shape: [3, 3] },
    rightSide: { values: [6, 10, 8], shape: [3] },
  });
  const { shape, values } = await program.result({ task: 'solve' });
  assert.deepEqual(shape, [3]);
  assertClose(values, [1, 2, 3], 1e-14);
});

test('both networks learn: the second epoch has the smaller loss', async () => {
  const n = 300;
  const x = random(2 * n, 5);
  await program.load({
    x: { values: x, shape: [n, 2] },
    centers: { values: random(40, 6), shape: [20, 2] },
    targets: { values: Array.from({ length: n }, (_, i) => 1 + x[2 * i]), shape: [n, 1] },
  });
  for (const task of ['fit an RBF network', 'fit a tanh network']) {
    const [first, second] = (await program.result({ task })).values;
    assert.ok(second < first && second > 0, `${task}: ${first}, ${second}`);
  }
});

test('the program says what it cannot answer, and goes on', async () => {
  assert.match(
    (await program.ask({ task: 'dance' })).error ?? '',
    /^task must be one of .*laplacian.*, got dance$/,
  );
  assert.match(
    (await program.ask({ task: 'values', kernel: 'Gauss', calls: 1 })).error ?? '',
    /^kernel must be one of Gaussian, .*, got Gauss$/,
  );
  const { ms } = await program.ask({ task: 'solve', calls: 3 });
  assert.ok(ms !== undefined && ms > 0);
});

test("the benchmark's table has every kernel of the project, under its name and with its smoothness", () => {
  const factories = notableKernels as unknown as Record<
    string,
    (...args: number[]) => notableKernels.RadialKernel
  >;
  for (const [name, { factory, arguments: args, smoothness }] of Object.entries(table)) {
    const kernel = factories[factory](...args);
    assert.equal(kernel.name, name);
    assert.equal(kernel.smoothness, smoothness ?? Number.POSITIVE_INFINITY, name);
  }
  const used = new Set(Object.values(table).map(({ factory }) => factory));
  const all = Object.keys(notableKernels).filter(
    name => /Kernel/.test(name) && !/^(radial|register)Kernel$/.test(name),
  );
  assert.deepEqual([...used].sort(), all.sort());
});

describe('the comparison with a committed run', () => {
  const ratio = (median: number) => ({ median, q1: 0.9 * median, q3: 1.1 * median });
  const run = (values: number, solve: number) => ({
    evaluate: [{ kernel: 'Gaussian', case: [9, 1, 2], task: 'values', ratios: { JAX: ratio(values) } }],
    fit: [{ task: 'solve', n: 1000, ratios: { SciPy: ratio(solve) } }],
  });
  /** What compare.py says of two runs, and whether nothing got worse. */
  function compare(committed: object, now: object): { said: string; same: boolean } {
    const python = `
import json, sys
from pathlib import Path
from compare import print_comparison
print(print_comparison(Path(sys.argv[1]), json.loads(sys.argv[2])))`;
    const file = join(program.folder, 'benchmark.json');
    writeFileSync(file, JSON.stringify(committed));
    const said = execFileSync(venvBin('python'), ['-B', '-c', python, file, JSON.stringify(now)], {
      cwd: join(ROOT, 'scripts', 'bench'),
      encoding: 'utf8',
    });
    return { said, same: /^True$/m.test(said) };
  }

  test('finds what got worse, by name, and is content with what did not', () => {
    const { said, same } = compare(run(0.5, 1), run(0.8, 1.05));
    assert.ok(!same);
    assert.match(said, /Of 2 ratios that benchmark\.json has too, 1 got worse and 0 better/);
    assert.match(said, /WORSE {3}0\.5 -> 0\.8 {2}Gaussian \(9, 1, 2\) values, of JAX/);
  });

  test('finds what got better, and calls the same what only scatters', () => {
    const { said, same } = compare(run(0.5, 1), run(0.3, 0.95));
    assert.ok(same);
    assert.match(said, /0 got worse and 1 better/);
    assert.ok(compare(run(0.5, 1), run(0.6, 1.2)).same);
  });

  test('is not content where nothing could be compared', () => {
    const { said, same } = compare(run(0.5, 1), { evaluate: [] });
    assert.ok(!same);
    assert.match(said, /Nothing was compared/);
  });
});
