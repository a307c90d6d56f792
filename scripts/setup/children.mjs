// Runs the programs of a set-up so that none of them outlives it. Uses Node alone.
//
// Each child is a process group of its own. Before it becomes the program, it writes its number and its start into
// the register, a folder of the lock's owner; the next owner ends whatever a killed one left running. It first
// renames the register: a child that comes too late to be read there no longer finds its entry, and gives up.
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { ChildError } from './errors.mjs';
import { PRINT_OWN_START, readOwnStart, startOf } from './process_identity.mjs';

const REGISTER_AND_BECOME = `{ echo $$; ${PRINT_OWN_START}; } 1<>"$0" && [ -e "$0" ] && exec "$@"`;
const CLOSED = '.closed';
const ENTRY_BYTES = 1024;
const LONGEST_OUTPUT = 1 << 20;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [log] a file that gets all its output too
 * @property {(text: string) => void} [onOutput] is told each piece of output
 */

export class Children {
  /** @type {Set<number>} */
  #running = new Set();
  #count = 0;
  #register;

  /** @param {string} folder the registers of all owners  @param {string} owner the owner of the lock */
  constructor(folder, owner) {
    this.#register = join(folder, owner);
    endOrphans(folder);
    mkdirSync(this.#register, { recursive: true });
  }

  /**
   * Runs a program to its end and returns what it printed.
   * @param {string} program
   * @param {string[]} args
   * @param {RunOptions} [options]
   * @returns {Promise<string>}
   * @throws {ChildError} if it cannot be started, fails, or is killed
   */
  async run(program, args, { cwd, env = process.env, log, onOutput } = {}) {
    const entry = join(this.#register, String(this.#count++));
    // Takes the room that the child's entry needs, so that a full disk is noticed as what it is.
    writeFileSync(entry, '\n'.repeat(ENTRY_BYTES));
    const child = spawn('/bin/sh', ['-c', REGISTER_AND_BECOME, entry, program, ...args], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid) this.#running.add(child.pid);
    let output = '';
    const onData = (/** @type {Buffer} */ data) => {
      output = (output + data).slice(-LONGEST_OUTPUT);
      if (log) append(log, data);
      onOutput?.(String(data));
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        if (child.pid) this.#running.delete(child.pid);
        rmSync(entry, { force: true });
        const ending = signal ? `signal ${signal}` : `exit code ${code}`;
        if (code === 0) resolve(output);
        else reject(new ChildError(asTyped([program, ...args.slice(0, 3)]), output, ending));
      });
    });
  }

  /** Ends all that still run. */
  killAll() {
    for (const pid of this.#running) killGroup(pid);
  }

  /** Takes the register away. */
  close() {
    rmSync(this.#register, { recursive: true, force: true });
  }
}

/** @param {string[]} command */
const asTyped = command => command.map(word => (isAbsolute(word) ? basename(word) : word)).join(' ');

/** Ends the children of owners that were killed. @param {string} folder */
function endOrphans(folder) {
  mkdirSync(folder, { recursive: true });
  for (const owner of readdirSync(folder)) {
    const register = join(folder, owner);
    const closed = owner.endsWith(CLOSED) ? register : register + CLOSED;
    if (closed !== register) renameSync(register, closed);
    for (const name of readdirSync(closed)) endOrphan(readFileSync(join(closed, name), 'utf8'));
    rmSync(closed, { recursive: true, force: true });
  }
}

/** @param {string} entry */
function endOrphan(entry) {
  const [pid, ...rest] = entry.split('\n');
  const start = readOwnStart(rest.join('\n'));
  while (start && startOf(Number(pid)) === start) {
    killGroup(Number(pid));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
}

/** @param {number} pid */
function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** A log that cannot be written, on a full disk, must not hide why. @param {string} log @param {Buffer} data */
function append(log, data) {
  try {
    mkdirSync(dirname(log), { recursive: true });
    appendFileSync(log, data);
  } catch {
    // The child's own failure tells more.
  }
}
