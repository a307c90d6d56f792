// Runs a program that writes a part of the site.
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { childEnv } from '../setup/paths.mjs';

/**
 * @param {string} program @param {string[]} args
 * @param {string} [input] what it reads from stdin
 * @returns {Promise<void>}
 */
export function run(program, args, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...childEnv(), PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('close', code =>
      code === 0 ? resolve() : reject(new Error(`${basename(args[0])} ended with exit code ${code}`)),
    );
    child.stdin.end(input);
  });
}
