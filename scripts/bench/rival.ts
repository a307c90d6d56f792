// This project in the benchmark: reads a line of JSON, answers with one, until its input ends.
//
//     {"load": {name: {"file": FILE, "shape": [...]}}}   reads arrays, raw float64              {}
//     {"task": …, "kernel": …, "calls": n}               runs a task n times                    {"ms": a call}
//     {"task": …, "kernel": …, "result": FILE}           runs it once, writes the raw float64   {"shape": [...]}
//     {"versions": true}                                                                        {"node": …, …}
//
// A question that cannot be answered gets {"error": message}. With --repair, gradients are repaired first;
// with --lapack FILE, that library does the Cholesky.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { repairGradients } from '../../modules/autodiff';
import type { F64 } from '../../modules/float64';
import { setLapack } from '../../modules/lapack';
import { type Arrays, TASKS } from './rival_tasks';

interface Question {
  load?: Record<string, { file: string; shape: number[] }>;
  versions?: true;
  task?: string;
  kernel?: string;
  calls?: number;
  result?: string;
}

const arrays: Arrays = {};

async function answer({ load, versions, task, kernel, calls, result }: Question): Promise<object> {
  if (load) {
    for (const [name, { file, shape }] of Object.entries(load)) arrays[name] = read(file, shape);
    return {};
  }
  if (versions) return { node: process.version, ...tf.version, tensorflow: libtensorflow() };
  const make = TASKS[task ?? ''];
  if (!make) throw new RangeError(`task must be one of ${Object.keys(TASKS).join(', ')}, got ${task}`);
  const run = make(arrays, kernel ?? '');
  if (calls !== undefined) return { ms: await time(run, calls) };
  if (result === undefined) throw new TypeError('a task needs calls or result');
  const value = await run();
  writeFileSync(result, value.data);
  return { shape: value.shape };
}

async function time(run: () => F64 | Promise<F64>, calls: number): Promise<number> {
  const begun = performance.now();
  for (let i = 0; i < calls; i++) {
    const pending = run();
    // Awaiting a finished computation would cost more than a tiny one takes.
    if (pending instanceof Promise) await pending;
  }
  return (performance.now() - begun) / calls;
}

function read(file: string, shape: number[]): F64 {
  const bytes = readFileSync(file);
  return ndarray(
    new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    shape,
  );
}

function libtensorflow(): string {
  return (tf.backend() as unknown as { binding: { TF_Version: string } }).binding.TF_Version;
}

async function main() {
  if (process.argv.includes('--repair')) repairGradients();
  if (process.argv.includes('--lapack')) setLapack(process.argv[process.argv.indexOf('--lapack') + 1]);
  for await (const line of createInterface({ input: process.stdin })) {
    let said: object;
    try {
      said = await answer(JSON.parse(line));
    } catch (error) {
      said = { error: error instanceof Error ? error.message : String(error) };
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}

void main();
