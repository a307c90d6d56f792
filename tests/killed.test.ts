/** kill -9 at any moment: nothing half-written is taken for whole. (A streamed evaluation has this in its own test.) */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-node';
import '../modules/nn_rbf';
import { codeCells } from '../scripts/headless/judge.mjs';
import { runNotebooks } from '../scripts/headless/run.mjs';
import { childEnv, ROOT } from '../scripts/setup/paths.mjs';
import { temporaryFolder, writeNotebook } from './support/made_notebooks';
import { CENTERS } from './support/saved_model';

const folder = temporaryFolder(after);

/** Starts a program in a process group of its own. */
const start = (...args: string[]) =>
  spawn(process.execPath, args, {
    cwd: ROOT,
    env: childEnv(),
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

const ended = (child: ChildProcess) => new Promise<void>(resolve => child.on('close', () => resolve()));

/** Kills it and all that it has started. */
async function kill(child: ChildProcess): Promise<void> {
  const end = ended(child);
  if (child.exitCode !== null) return;
  try {
    process.kill(-(child.pid as number), 'SIGKILL');
  } catch {
    return; // it has ended by itself
  }
  await end;
}

const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

test('a headless run leaves an executed notebook whole or not at all, and the next run clears up', async t => {
  const out = join(folder, 'out');
  mkdirSync(out);
  const file = writeNotebook(folder, 'counted', [
    'const one = 1;',
    'console.log(one);',
    'console.log(one + 1);',
  ]);
  const program = `
    import('./scripts/headless/run.mjs').then(({ runNotebooks }) =>
      runNotebooks([${JSON.stringify(file)}], { out: ${JSON.stringify(out)} }))`;
  let whole = 0;
  for (let i = 0; i < 4; i++) {
    const run = start('--eval', program);
    const moment = 300 + Math.round(Math.random() * 6000);
    await Promise.race([ended(run), wait(moment)]);
    await kill(run);
    t.diagnostic(`killed after ${moment} ms`);
    const executed = join(out, 'counted.ipynb');
    if (!existsSync(executed)) continue;
    whole++;
    const counts = codeCells(JSON.parse(readFileSync(executed, 'utf8'))).map(cell => cell.execution_count);
    assert.deepEqual(counts, [1, 2, 3]);
  }
  t.diagnostic(`${whole} of 4 times there was a notebook, and it was whole`);
  const [{ failure }] = await runNotebooks([file], { out });
  assert.equal(failure, null);
  assert.deepEqual(readdirSync(out).sort(), ['counted.html', 'counted.ipynb']);
});

test('a saved model is one that was saved, or an error when it is loaded', async t => {
  const place = join(folder, 'model');
  const url = pathToFileURL(place).href;
  let [loaded, refused] = [0, 0];
  for (let i = 0; i < 5; i++) {
    const run = start('--import', 'tsx', 'tests/support/saved_model.ts', url);
    await new Promise(resolve => run.stdout?.once('data', resolve));
    await wait(Math.random() * 200);
    await kill(run);
    const before = tf.memory().numTensors;
    let model: tf.LayersModel | undefined;
    try {
      model = await tf.loadLayersModel(`${url}/model.json`);
    } catch (error) {
      assert.ok((error as Error).message.length > 10);
      refused++;
      continue;
    }
    const coefs = model.weights.find(weight => /coef/.test(weight.name) && weight.shape[0] === CENTERS);
    const values = new Set(coefs?.read().dataSync());
    assert.equal(values.size, 1, `coefficients of several saves: ${[...values].slice(0, 3)}`);
    loaded++;
    model.dispose();
    assert.equal(tf.memory().numTensors, before);
  }
  t.diagnostic(`${loaded} models were whole, ${refused} were refused`);
  assert.ok(loaded > 0);
});
