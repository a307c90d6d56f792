// Speed: what one kernel made of a module, the next one reads. To compile all modules again takes 2 s of the first cell.
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const FOLDER = path.join(path.dirname(path.dirname(__dirname)), 'build', '.compiled');

/**
 * ts.transpileModule, whose results are kept in files named by a hash of all that they depend on.
 *
 * @param {any} ts
 * @param {string} text
 * @param {object} options
 * @param {string} [folder]
 * @returns {{ outputText: string, sourceMapText: string }}
 */
function transpileOnce(ts, text, options, folder = FOLDER) {
  const hash = crypto
    .createHash('sha256')
    .update(JSON.stringify([ts.version, options, text]))
    .digest('hex');
  const file = path.join(folder, `${hash}.json`);
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    // Not there, or cut short by a full disk.
  }
  const { outputText, sourceMapText } = ts.transpileModule(text, options);
  try {
    fs.mkdirSync(folder, { recursive: true });
    // Written beside and renamed, so that nobody reads a half.
    fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify({ outputText, sourceMapText }));
    fs.renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A folder that cannot be written to costs the time, nothing else.
  }
  return { outputText, sourceMapText };
}

module.exports = { transpileOnce };
