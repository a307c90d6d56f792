// A copy of a folder whose files are hard links to the old ones. Uses Node alone.
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';

/** What a file system says that cannot link: another one, or none of them. */
const CANNOT = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'];

/** @param {string} from @param {string} to a folder that is not there yet */
export function linkTree(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [old, made] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(old, made);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(old), made);
    else linkOrCopy(old, made);
  }
}

/** @param {string} old @param {string} made */
function linkOrCopy(old, made) {
  try {
    linkSync(old, made);
  } catch (error) {
    if (!CANNOT.includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')) throw error;
    copyFileSync(old, made, constants.COPYFILE_FICLONE);
  }
}
