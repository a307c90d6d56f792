// Needs: nothing else.
/**
 * Where in the user's own code an op was called: the frames of a stack without those of libraries, of Node and
 * of the tape's own modules, innermost first, each with its line of code if that can be read.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Frame {
  /** The function, if it has a name. */
  name?: string;
  /** `kernels.ts:12:9`, seen from the working directory; `Cell 3:2:7`; or `in a notebook cell`. */
  place: string;
  /** The number of the line, and its text. */
  line?: number;
  code?: string;
}

/** `f (kernels.ts:12:9)` */
export const frameText = ({ name, place }: Frame) => (name === undefined ? place : `${name} (${place})`);

const DEPTH = 200;

/** A stack as it is here; it costs little until its text is asked for. */
export function captureStack(): { stack?: string } {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const stack = new Error();
  Error.stackTraceLimit = limit;
  return stack;
}

const FRAME = /^\s*at (?:async )?(?:(.*?) \()?(.*?):(\d+):(\d+)\)?$/;
const NOT_THE_USERS =
  /(^|[\\/])node_modules[\\/]|^(node|internal):|(^|[\\/])(tape|autodiff|detect_anomaly)(_[a-z]+)?\.[cm]?[jt]s$/;

/** The user's frames of a stack, innermost first. */
export function userFrames(stack = ''): Frame[] {
  return stack.split('\n').flatMap(text => {
    const [, call, url, line, column] = FRAME.exec(text) ?? [];
    if (url === undefined || NOT_THE_USERS.test(url)) return [];
    const name = call?.replace(/^(new |Object\.)+/, '').replace(/ \[as .*\]$/, '');
    const named = name === undefined || /<anonymous>/.test(name) ? {} : { name };
    // The stock tslab kernel numbers the lines of what it made of a cell or a module.
    if (url === 'evalmachine.<anonymous>') return [{ ...named, place: 'in a notebook cell' }];
    if (url.endsWith('<anonymous>')) return [];
    const file = url.startsWith('file:') ? fileURLToPath(url) : url;
    const code = sourceLine(file, Number(line));
    if (!isAbsolute(file))
      return [{ ...named, place: `${file}:${line}:${column}`, line: Number(line), code }];
    const shown = relative(process.cwd(), file);
    if (existsSync(file))
      return [{ ...named, place: `${shown}:${line}:${column}`, line: Number(line), code }];
    if (existsSync(file.replace(/\.js$/, '.ts'))) return [{ ...named, place: shown.replace(/\.js$/, '.ts') }];
    // The source map of a library names a file that it does not ship.
    return [];
  });
}

type SourceLine = (name: string, line: number) => string | undefined;

/** The kernel of this project knows the text of cells and modules; elsewhere the file is read. */
function sourceLine(file: string, line: number): string | undefined {
  const ofKernel = (globalThis as Record<symbol, unknown>)[Symbol.for('rbf.sourceLine')] as
    | SourceLine
    | undefined;
  const text = ofKernel?.(file, line) ?? readLine(file, line);
  return text?.trim() || undefined;
}

function readLine(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1];
  } catch {
    return undefined;
  }
}
