// Files that are whole or not there: links, stamps, sizes. Uses Node alone.
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { ROOT, SCRATCH, STATE } from './paths.mjs';

/** Where a step's stamp lies. @param {string} step */
export const stampOf = step => join(STATE, 'stamps', `${step}.json`);

/** sha256 of a value's JSON. @param {unknown} value */
export const digest = value => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** sha256 of a file, or `missing`. @param {string} path */
export const digestOfFile = path =>
  existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'missing';

/** @param {string} path */
function sizeAndTime(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && { path: relative(ROOT, path), bytes: stat.size, mtime: stat.mtimeMs };
}

/**
 * Writes down that a step's result is whole: what it was made from, and how its files look.
 * @param {string} step
 * @param {string} madeFrom
 * @param {string[]} files absolute
 */
export function writeStamp(step, madeFrom, files) {
  const stamp = stampOf(step);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(`${stamp}.new`, JSON.stringify({ madeFrom, files: files.map(sizeAndTime) }));
  renameSync(`${stamp}.new`, stamp);
}

/** @param {string} step */
export const removeStamp = step => rmSync(stampOf(step), { force: true });

/**
 * Whether a step's result is whole, made from this, and its files have the size and time they had then.
 * @param {string} step
 * @param {string} madeFrom
 */
export function isStamped(step, madeFrom) {
  try {
    const stamp = JSON.parse(readFileSync(stampOf(step), 'utf8'));
    return (
      stamp.madeFrom === madeFrom &&
      stamp.files.every((/** @type {{ path: string }} */ file) => {
        const now = sizeAndTime(join(ROOT, file.path));
        return now && JSON.stringify(now) === JSON.stringify(file);
      })
    );
  } catch {
    return false;
  }
}

/** Whether `path` is a link that says `target`, and leads somewhere. @param {string} path @param {string} target */
export function isLink(path, target) {
  try {
    return readlinkSync(path) === target && existsSync(path);
  } catch {
    return false;
  }
}

/** Makes `path` a link to `target`, whatever stood there. @param {string} path @param {string} target */
export function link(path, target) {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(`${path}.new`, { force: true });
  symlinkSync(target, `${path}.new`);
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true });
  renameSync(`${path}.new`, path);
}

/**
 * Renames what stands at `path` into the scratch folder.
 * @param {string} path
 * @returns two ways to end: put it back in the place of what has come there since, or drop it
 */
export function setAside(path) {
  const aside = join(SCRATCH, `old-${basename(path)}`);
  const remove = (/** @type {string} */ gone) => rmSync(gone, { recursive: true, force: true });
  const present = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  if (present) renameSync(path, aside);
  return {
    putBack() {
      remove(path);
      if (present) renameSync(aside, path);
    },
    drop: () => remove(aside),
  };
}

/**
 * Puts a finished folder in the place of an old one.
 * @param {string} made
 * @param {string} place
 */
export function replace(made, place) {
  const old = setAside(place);
  renameSync(made, place);
  old.drop();
}

/** Bytes of all files below a folder, links not followed. @param {string} path @returns {number} */
export function bytesIn(path) {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.size;
  let bytes = 0;
  try {
    for (const name of readdirSync(path)) bytes += bytesIn(join(path, name));
  } catch {
    // A folder that another process is just removing.
  }
  return bytes;
}
