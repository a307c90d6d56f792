// A kernel `tslab` under test, driven through Jupyter's own client.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';

const ROOT = path.resolve(__dirname, '..', '..');
const PYTHON = path.join(ROOT, '.venv', 'bin', 'python');

// biome-ignore lint/suspicious/noExplicitAny: the tests assert what a message holds
export type Json = any;

export interface Message {
  type: string;
  content: Record<string, Json>;
}

/** What the kernel says to one request. */
export interface Answer {
  /** Broadcast in the name of this request. */
  iopub: Message[];
  /** Broadcast meanwhile in the name of another. */
  other: Message[];
  reply: Record<string, Json>;
}

/** The content of an execute_request, as far as it differs from a notebook's. */
export interface Request {
  code: string;
  silent?: boolean;
  store_history?: boolean;
  stop_on_error?: boolean;
  user_expressions?: Record<string, string>;
}

export class Kernel {
  private constructor(
    readonly client: ChildProcess,
    readonly pid: number,
    private readonly lines: AsyncIterator<string>,
  ) {}

  /** Starts a kernel in a folder. */
  static async start(folder: string, environment: NodeJS.ProcessEnv = process.env): Promise<Kernel> {
    const script = path.join(__dirname, 'kernel_client.py');
    const client = spawn(PYTHON, [script, folder], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = linesOf(client.stdout);
    const first = await lines.next();
    if (first.done) throw new Error('The kernel did not start.');
    return new Kernel(client, JSON.parse(first.value).pid, lines);
  }

  async command<T>(name: string, args: object = {}): Promise<T> {
    this.client.stdin?.write(`${JSON.stringify([name, args])}\n`);
    const line = await this.lines.next();
    if (line.done) throw new Error(`The client ended during ${name}.`);
    const { value, error } = JSON.parse(line.value);
    if (error) throw new Error(`${name}: ${error}`);
    return value;
  }

  /** Sends all at once and waits for all answers. */
  execute(contents: Request[], options: { interrupt_after?: number } = {}): Promise<Answer[]> {
    return this.command('execute', { contents, ...options });
  }

  async run(code: string, options: { interrupt_after?: number } = {}): Promise<Answer> {
    return (await this.execute([{ code }], options))[0];
  }

  request(type: string, content: object = {}, channel = 'shell'): Promise<Answer> {
    return this.command('request', { type, content, channel });
  }

  /** Ends the kernel and its client. */
  async stop(): Promise<void> {
    const ended = new Promise(resolve => this.client.once('exit', resolve));
    this.client.stdin?.end();
    await ended;
  }
}

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** What was written to one stream. */
export const textOf = ({ iopub }: Answer, name = 'stdout'): string =>
  iopub
    .filter(m => m.type === 'stream' && m.content.name === name)
    .map(m => m.content.text)
    .join('');

/** The error shown, as text. */
export function errorOf({ iopub }: Answer): { ename: string; evalue: string; text: string } {
  const errors = iopub.filter(m => m.type === 'error');
  if (errors.length !== 1) throw new Error(`${errors.length} errors shown, not 1: ${JSON.stringify(iopub)}`);
  const { ename, evalue, traceback } = errors[0].content;
  return { ename, evalue, text: traceback.join('\n') };
}
