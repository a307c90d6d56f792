// Tells a living process from a later one that was given the same number. Uses Node alone.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process was started, as the system writes it; undefined if there is no such process (or only its corpse).
 * @param {number} pid
 * @returns {string | undefined}
 */
export function startOf(pid) {
  if (process.platform === 'linux') {
    try {
      return startInStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return undefined;
    }
  }
  const ps = spawnSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  return ps.stdout?.toString().trim() || undefined;
}

/**
 * The start out of a line of /proc/PID/stat, whose second field may hold anything, in parentheses.
 * @param {string} stat
 */
export function startInStat(stat) {
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? undefined : fields[18];
}

/** A shell command that prints the start of the shell itself, in the words of `startOf`. */
export const PRINT_OWN_START =
  process.platform === 'linux'
    ? 'read -r stat </proc/$$/stat && printf %s "$stat"'
    : 'LC_ALL=C /bin/ps -o lstart= -p $$';

/** What PRINT_OWN_START printed, as `startOf` gives it. @param {string} printed */
export const readOwnStart = printed =>
  process.platform === 'linux' ? startInStat(printed) : printed.trim() || undefined;
