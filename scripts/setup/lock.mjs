// One set-up at a time in this folder, whatever dies. Uses Node alone.
//
// The lock is a folder that holds one empty file, named after its owner. A private folder with that file is
// renamed onto the lock's name, which the system refuses as long as the lock holds a file. Whoever finds the owner
// dead removes that one file, by its name, and so can never take away the lock of a living one.
import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { startOf } from './process_identity.mjs';

/** @typedef {{ pid: number, start: string, host: string }} Owner */
/** @typedef {{ owner: string, release: () => void }} Lock */

const PRIVATE = 'lock.';

/** @param {Owner} owner */
const nameOf = ({ pid, start, host }) => [pid, start, host].map(encodeURIComponent).join('~');

/** @param {string} name @returns {Owner} */
function ownerIn(name) {
  const [pid, start, host] = name.split('~').map(decodeURIComponent);
  return { pid: Number(pid), start, host };
}

/** Whether the owner is known to be gone; of another machine's processes nothing is known. @param {Owner} owner */
const isDead = ({ pid, start, host }) => host === hostname() && startOf(pid) !== start;

/**
 * Waits until no other process holds the lock of a folder, and takes it.
 * @param {string} folder it exists already
 * @param {(sentence: string) => void} say is told once for whom it waits
 * @returns {Promise<Lock>}
 */
export async function takeLock(folder, say) {
  const lock = join(folder, 'lock');
  const owner = nameOf({ pid: process.pid, start: startOf(process.pid) ?? '', host: hostname() });
  const own = join(folder, PRIVATE + owner);
  const release = () => {
    process.off('exit', release);
    rmSync(own, { recursive: true, force: true });
    try {
      unlinkSync(join(lock, owner));
      rmdirSync(lock);
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST')) throw error;
    }
  };
  process.once('exit', release);
  let told = '';
  for (;;) {
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, owner), '');
    try {
      renameSync(own, lock);
      removeLeftovers(folder);
      return { owner, release };
    } catch (error) {
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    }
    const [name] = namesIn(lock);
    if (name && isDead(ownerIn(name))) {
      rmSync(join(lock, name), { force: true });
    } else if (name) {
      if (told !== name) say(waitingFor(lock, name));
      told = name;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

/** @param {string} lock @param {string} name */
function waitingFor(lock, name) {
  const { pid, host } = ownerIn(name);
  const since = statSync(join(lock, name), { throwIfNoEntry: false })?.mtime.toLocaleTimeString();
  const other = `another set-up in this folder (process ${pid}${since ? `, since ${since}` : ''})`;
  if (host === hostname()) return `Waiting for ${other}.`;
  return `Waiting for ${other} on the machine ${host}; if it no longer runs there, delete ${lock}.`;
}

/** Private folders of processes that died while they waited. @param {string} folder */
function removeLeftovers(folder) {
  for (const name of namesIn(folder)) {
    if (name.startsWith(PRIVATE) && isDead(ownerIn(name.slice(PRIVATE.length)))) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** @param {string} folder */
function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** @param {unknown} error @param {string[]} codes */
function hasCode(error, ...codes) {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
