// One clear sentence for whatever stops a set-up. Uses Node alone.

/** A set-up that cannot go on; its message is meant for the user, and needs no stack. */
export class SetUpError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'SetUpError';
  }
}

/** A child process that ended badly. */
export class ChildError extends Error {
  /**
   * @param {string} command what was run, as the user would type it
   * @param {string} output all that it printed
   * @param {string} ending how it ended, such as `exit code 1`
   */
  constructor(command, output, ending) {
    super(`${command} failed (${ending})`);
    this.command = command;
    this.output = output;
    this.ending = ending;
  }
}

const NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|NewConnectionError|ConnectTimeoutError|Max retries exceeded|Failed to establish a new connection|name resolution|Name or service not known/;
const BROKEN_OFF =
  /IncompleteRead|Connection broken|ReadTimeoutError|Read timed out|ERR_SOCKET|premature close/i;

/**
 * Says in one sentence what stopped a step.
 * @param {unknown} error
 * @param {{ root: string, step: string, log: string }} where
 * @returns {SetUpError}
 */
export function explain(error, { root, step, log }) {
  if (error instanceof SetUpError) return error;
  const text = error instanceof ChildError ? error.output : String(error);
  const mismatch = hashMismatch(text);
  if (mismatch) {
    return new SetUpError(
      `${step}: ${mismatch.what} is not the file this project pins: expected ${mismatch.expected}, got ${mismatch.got}; ` +
        'nothing was changed: run this again in case the download was cut short, ' +
        'and if the same hash comes back, find out who altered the file.',
    );
  }
  if (/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/i.test(text)) {
    return new SetUpError(`${step}: the disk is full: make room (a set-up takes 2 GB) and run this again.`);
  }
  if (/EROFS|EACCES|EPERM|Read-only file system|Permission denied|Operation not permitted/i.test(text)) {
    return new SetUpError(
      `${step}: a file could not be written: ${deniedPath(text) ?? root} is read-only or belongs to another user.`,
    );
  }
  if (NETWORK.test(text)) {
    return new SetUpError(
      `${step}: the package registry could not be reached: check the network or the proxy settings and run this again.`,
    );
  }
  if (BROKEN_OFF.test(text)) {
    return new SetUpError(`${step}: the download broke off: run this again.`);
  }
  if (error instanceof ChildError) {
    const said = lastLine(text);
    return new SetUpError(
      `${step}: ${error.message}${said ? `: ${said}` : ''} (all that it said is in ${log}).`,
    );
  }
  const why = error instanceof Error ? error.message : text;
  return new SetUpError(`${step}: ${why}.`);
}

/**
 * Both hashes of a file that is not the pinned one, as pip or npm report them.
 * @param {string} text
 */
function hashMismatch(text) {
  const pip = /^\s+(\S+==\S+|\S+) from .*\n((?:\s+(?:Expected|or)\b.*\n)+)\s+Got\s+(\S+)/m.exec(text);
  if (pip) {
    const expected = [...pip[2].matchAll(/[0-9a-f]{32,}/g)].map(match => match[0]);
    return { what: pip[1], expected: `sha256 ${expected.join(' or ')}`, got: pip[3] };
  }
  const npm = /(\S*)\s*integrity checksum failed when using \w+: wanted (.+?) but got (\S+?)\.? /.exec(text);
  return npm ? { what: npmPackage(text) ?? 'a package', expected: npm[2], got: npm[3] } : undefined;
}

/** The tarball that npm was fetching. @param {string} text */
function npmPackage(text) {
  return /(?:tarball data for|EINTEGRITY[^\n]*?) (\S+@\S+)/.exec(text)?.[1];
}

/** The path in a message about a missing right to write. @param {string} text */
function deniedPath(text) {
  return /(?:EROFS|EACCES|EPERM|Permission denied|Read-only file system)[^'\n]*'([^']+)'/i.exec(text)?.[1];
}

/** The last line that says something. @param {string} text */
function lastLine(text) {
  const lines = text.split('\n').map(line => line.trim());
  const errors = lines.filter(line => /\berror\b/i.test(line) && !/A complete log of this run/.test(line));
  return (errors.at(-1) ?? lines.filter(Boolean).at(-1) ?? '').slice(0, 300);
}
