// Takes away what the set-up made, while no other set-up is at work. Uses Node alone.
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bytesIn } from './files.mjs';
import { BENCH, BUILD, NATIVE, NODE_MODULES, ROOT, STATE, VENV } from './paths.mjs';
import { underLock } from './set_up.mjs';

export async function main() {
  const folders = [NODE_MODULES, VENV, NATIVE, BENCH, BUILD, STATE].filter(folder => existsSync(folder));
  if (folders.length === 0) {
    console.log('There is nothing to remove.');
    return;
  }
  await underLock(process.stdout, async () => {
    // The stamps go first: what is only half removed must not count as in place.
    rmSync(join(STATE, 'stamps'), { recursive: true, force: true });
    for (const folder of folders) {
      const megabytes = bytesIn(folder) / 1e6;
      if (folder !== STATE) rmSync(folder, { recursive: true, force: true });
      console.log(`${relative(ROOT, folder).padEnd(12)} ${megabytes.toFixed(0).padStart(5)} MB removed`);
    }
    for (const name of readdirSync(STATE)) {
      if (!name.startsWith('lock')) rmSync(join(STATE, name), { recursive: true, force: true });
    }
  });
  // Another set-up may be waiting in there.
  if (readdirSync(STATE).length === 0) rmdirSync(STATE);
}
