// JupyterLab as `npm run lab` starts it, in a Chromium out of node_modules: nothing of it has to be installed.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join, relative } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { npm } from '../../scripts/setup/npm_packages.mjs';
import { committedNotebooks, ROOT, STATE } from '../../scripts/setup/paths.mjs';
import { isAlive } from '../setup_standin';

const FLAGS = [
  '--no-zygote',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A folder for a browser's files and a server's; what killed processes left is taken away. */
export function privateFolder(): string {
  for (const name of existsSync(STATE) ? readdirSync(STATE) : []) {
    const pid = Number(/^browser-(\d+)$/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) rmSync(join(STATE, name), { recursive: true, force: true });
  }
  const folder = join(STATE, `browser-${process.pid}`);
  mkdirSync(folder);
  return folder;
}

/** Starts Chromium, which is unpacked into the folder; CHROMIUM names another one. */
export async function startBrowser(folder: string): Promise<Browser> {
  const named = process.env.CHROMIUM;
  if (!named && `${process.platform}-${process.arch}` !== 'linux-x64')
    throw new Error(
      'The Chromium in node_modules is for Linux on x64: set CHROMIUM to the path of a Chromium or a Chrome.',
    );
  const executablePath = named ?? unpack(folder);
  const fonts = join(folder, 'fonts.conf');
  writeFileSync(
    fonts,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}/fonts</dir>
<dir>/usr/share/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>`,
  );
  return chromium.launch({
    executablePath,
    args: FLAGS,
    env: {
      ...process.env,
      HOME: folder,
      ...(named ? {} : { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_FILE: fonts }),
    },
  });
}

/** The package brings the few libraries that Chromium needs, and unpacks them where it takes itself to be at Amazon. */
function unpack(folder: string): string {
  const env = { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  const code = "require('@sparticuz/chromium').executablePath().then(path => process.stdout.write(path))";
  return execFileSync(process.execPath, ['-e', code], { cwd: ROOT, env, encoding: 'utf8' });
}

/** `npm run lab` on copies of the notebooks: what is run and saved there changes none of the repo's. */
export class Lab {
  private constructor(
    readonly folder: string,
    private readonly process: ChildProcess,
    private readonly said: () => string,
    /** Where it says that it opens, with its token. */
    readonly url: URL,
  ) {}

  /** @param folder is its root and holds its settings */
  static async start(folder: string): Promise<Lab> {
    const root = join(folder, 'root');
    for (const file of committedNotebooks()) cpSync(file, join(root, relative(ROOT, file)));
    for (const place of ['.', 'solutions'])
      for (const link of ['modules', 'notebooks/data'])
        symlinkSync(join(ROOT, link), join(root, 'notebooks', place, basename(link)));

    const options = [
      '--no-browser',
      // Jupyter runs as root where it is told to, as in a container.
      ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
      `--port=${await freePort()}`,
      `--ServerApp.root_dir=${root}`,
      `--LabApp.workspaces_dir=${join(folder, 'workspaces')}`,
      `--LabApp.user_settings_dir=${join(folder, 'settings')}`,
    ];
    const [program, args] = npm(['run', 'lab', '--', ...options]);
    const child = spawn(program, args, { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    // In a group of its own it would outlive a test that is stopped.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => {
        process.kill(-(child.pid as number), 'SIGTERM');
        process.exit(1);
      });
    let said = '';
    const url = await new Promise<URL>((resolve, reject) => {
      const listen = (data: Buffer) => {
        said += data;
        const found = /http:\/\/localhost:\d+\S+token=\w+/.exec(said)?.[0];
        if (found) resolve(new URL(found));
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.on('error', reject);
      child.on('close', code => reject(new Error(`npm run lab ended with ${code}:\n${said}`)));
    });
    return new Lab(folder, child, () => said, url);
  }

  /** Where a notebook lies. */
  path(notebook: string) {
    return join(this.folder, 'root', 'notebooks', notebook);
  }

  /** A request to the server's API, by its token. */
  ask(what: string, request: { method?: string } = {}): Promise<Response> {
    const headers = { Authorization: `token ${this.url.searchParams.get('token')}` };
    return fetch(new URL(`/api/${what}`, this.url), { ...request, headers });
  }

  /** Ends JupyterLab and its kernels; what it had said. */
  async stop(): Promise<string> {
    const ended = new Promise(resolve => this.process.once('close', resolve));
    // As Ctrl-C at a terminal: to the whole group.
    process.kill(-(this.process.pid as number), 'SIGTERM');
    await ended;
    return this.said();
  }
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
