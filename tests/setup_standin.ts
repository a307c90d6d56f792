// A small repo that the real set-up scripts set up in seconds: a tiny library in a tiny wheel in place of TensorFlow,
// a tiny addon that calls it in place of tfjs-node, an npm that copies them. pip and the C++ compiler are real.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const REPO = dirname(__dirname);
const VENV = join(REPO, '.venv');
const PYTHON = realpathSync(join(VENV, 'bin', 'python'));
/** Makes an environment with a link to the pip that is there: a pip of its own takes seconds. */
const QUICK_PYTHON = `[ "$2" = venv ] || exec '${PYTHON}' "$@"
'${PYTHON}' -m venv --without-pip "$3" && ln -s '${VENV}'/lib/python3.*/site-packages/pip "$3"/lib/python3.*/site-packages`;
const HERE = `${process.platform}-${process.arch}`;

const LIBRARY = `extern "C" double standin_dot(const double* a, const double* b, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}`;

const HEADER = 'extern "C" double standin_dot(const double* a, const double* b, int n);';

const BINDING = `#include <node_api.h>
#include "tensorflow/c/c_api.h"
static napi_value Dot(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value args[4], result;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  double x[4];
  for (int i = 0; i < 4; i++) napi_get_value_double(env, args[i], &x[i]);
  napi_create_double(env, standin_dot(x, x + 2, 2), &result);
  return result;
}
NAPI_MODULE_INIT() {
  napi_value dot;
  napi_create_function(env, nullptr, 0, Dot, nullptr, &dot);
  napi_set_named_property(env, exports, "dot", dot);
  return exports;
}`;

const TFJS_NODE = `const { dot } = require('./lib/napi-v8/tfjs_binding.node');
exports.getBackend = () => 'tensorflow';
exports.matMul = ([[a, b], [c, d]], [[e, f], [g, h]]) => ({
  dataSync: () => [dot(a, b, e, g), dot(a, b, f, h), dot(c, d, e, g), dot(c, d, f, h)],
});`;

/**
 * Copies the packages. NPM_CALLS is a file that gets each call; NPM_FAULT makes it hang half-way, or wait there until
 * a file `go` is beside NPM_CALLS, or fail with that message,
 * or report success in spite of it if it is a warning.
 */
const NPM = `const { execSync } = require('node:child_process');
const { appendFileSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
const [command] = process.argv.slice(2);
const fault = process.env.NPM_FAULT;
if (process.env.NPM_CALLS) appendFileSync(process.env.NPM_CALLS, process.pid + ' ' + process.argv.slice(2).join(' ') + '\\n');
if (command === 'ci') {
  mkdirSync('node_modules/half', { recursive: true });
  const go = process.env.NPM_CALLS.replace(/[^/]*$/, 'go');
  while (fault === 'hang' || (fault === 'wait' && !existsSync(go))) execSync('sleep 0.05');
  const warns = fault?.startsWith('npm warn');
  if (fault && fault !== 'wait') console.error(fault);
  if (fault && fault !== 'wait' && !warns) process.exitCode = 1;
  else {
    cpSync(__dirname + '/packages', 'node_modules', { recursive: true });
    writeFileSync('node_modules/.package-lock.json', '{}');
  }
}
if (command === 'rebuild') {
  const lib = 'node_modules/@tensorflow/tfjs-node/lib/napi-v8';
  rmSync(lib, { recursive: true, force: true });
  mkdirSync(lib, { recursive: true });
  copyFileSync('.native/tfjs_binding.node', lib + '/tfjs_binding.node');
  copyFileSync('.native/libstandin.so', lib + '/libstandin.so');
}`;

const DRIVER = `import { enter } from './setup/entry.mjs';
enter(async () => ({ main: (await import('./setup/set_up.mjs')).setUp }));`;

/** Says what it was started with, and waits for Ctrl-C. */
const JUPYTERLAB = `import os, signal, sys
try:
    print("standin lab", sys.argv[1:], os.environ["JUPYTER_CONFIG_DIR"], "is ready", flush=True)
    signal.pause()
except KeyboardInterrupt:
    print("standin lab stops")
    sys.exit(7)`;

/** Writes wheels; argv: the folder, then NAME VERSION SOURCE-FOLDER each. */
const MAKE_WHEELS = `import os, sys, zipfile
folder, *rest = sys.argv[1:]
for name, version, source in zip(*[iter(rest)] * 3):
    info = f"{name}-{version}.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, f"{name}-{version}-py3-none-any.whl"), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, _, files in os.walk(source):
            for file in files:
                full = os.path.join(path, file)
                wheel.write(full, os.path.relpath(full, source))
        wheel.writestr(info + "METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
`;

/** How a run of the set-up ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** A run of the set-up that can be watched and ended. */
export interface Run {
  child: ChildProcess;
  /** Resolves once the output holds the text; rejects if the run ends before. */
  says(text: string): Promise<void>;
  ended: Promise<Ending>;
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The stand-in repo, in a temporary folder of its own. */
export class StandIn {
  /** Holds everything, the repo and what it fetches from. */
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'setup test ')));
  readonly root = join(this.base, 'repo');
  readonly wheels = join(this.base, 'wheels');
  readonly npmCalls = join(this.base, 'npm-calls');
  /** The environment of every run; tests may add to it. */
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    for (const folder of ['repo/scripts', 'repo/notebooks', 'wheels', 'home', 'tmp', 'npm/packages']) {
      mkdirSync(join(this.base, folder), { recursive: true });
    }
    for (const folder of ['setup', 'kernel']) {
      cpSync(join(REPO, 'scripts', folder), join(this.root, 'scripts', folder), { recursive: true });
    }
    for (const script of ['clean.mjs', 'lab.mjs'])
      cpSync(join(REPO, 'scripts', script), this.path('scripts', script));
    this.write('scripts/drive.mjs', DRIVER);
    this.write('notebooks/00_index.ipynb', '{}');
    this.write('../npm/npm-cli.js', NPM);
    this.#makePackages();
    this.#makeWheels();
    const {
      NODE_OPTIONS: _options,
      NODE_TEST_CONTEXT: _context,
      PYTHON: _python,
      CXX: _cxx,
      ...env
    } = process.env;
    this.env = {
      ...env,
      PYTHON: this.executable('python', QUICK_PYTHON),
      HOME: join(this.base, 'home'),
      TMPDIR: join(this.base, 'tmp'),
      npm_execpath: join(this.base, 'npm', 'npm-cli.js'),
      NPM_CALLS: this.npmCalls,
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: this.wheels.replaceAll(' ', '%20').replace(/^/, 'file://'),
    };
  }

  path(...parts: string[]) {
    return join(this.root, ...parts);
  }

  read(path: string) {
    return readFileSync(this.path(path), 'utf8');
  }

  write(path: string, text: string) {
    writeFileSync(this.path(path), text);
  }

  /** Makes a step be done again. */
  forget(...steps: string[]) {
    for (const step of steps) rmSync(this.path('.setup', 'stamps', `${step}.json`));
  }

  /** An executable shell script, outside the repo. */
  executable(name: string, script: string) {
    const path = join(this.base, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  }

  /** Pins the tiny wheel, as it is or with another hash. */
  pinWheel(hash = sha256(join(this.wheels, 'standin_tensorflow-1.0-py3-none-any.whl'))) {
    const wheels = JSON.parse(readFileSync(join(REPO, 'scripts', 'setup', 'tensorflow_wheels.json'), 'utf8'));
    const wheel = { ...wheels.wheels[HERE], requirement: 'standin-tensorflow==1.0', sha256: hash };
    wheel.platform ??= 'any';
    wheel.libraries = ['tensorflow/libstandin.so'];
    this.write(
      'scripts/setup/tensorflow_wheels.json',
      JSON.stringify({ ...wheels, wheels: { [HERE]: wheel } }),
    );
  }

  /** Pins the one Python package; another note makes it another file. */
  pinPython(note = '', hash = sha256(join(this.wheels, 'standin_jupyter-1.0-py3-none-any.whl'))) {
    this.write('requirements.txt', `# ${note}\nstandin-jupyter==1.0 --hash=sha256:${hash}\n`);
  }

  /** Pins the npm packages; another version makes it another file. */
  pinNpm(version = '1.0.0') {
    const names = ['@tensorflow/tfjs-node', 'node-api-headers'];
    const root = { name: 'standin', dependencies: Object.fromEntries(names.map(name => [name, version])) };
    const locked = Object.fromEntries(names.map(name => [`node_modules/${name}`, { version }]));
    this.write('package.json', JSON.stringify(root));
    const packages = { '': root, ...locked };
    this.write('package-lock.json', JSON.stringify({ name: 'standin', lockfileVersion: 3, packages }));
  }

  #makePackages() {
    const packages = join(this.base, 'npm', 'packages');
    const tfjs = join(packages, '@tensorflow', 'tfjs-node');
    mkdirSync(join(tfjs, 'binding'), { recursive: true });
    writeFileSync(join(tfjs, 'package.json'), '{ "name": "@tensorflow/tfjs-node", "main": "main.js" }');
    writeFileSync(join(tfjs, 'main.js'), TFJS_NODE);
    writeFileSync(join(tfjs, 'binding', 'tfjs_binding.cc'), BINDING);
    writeFileSync(join(tfjs, 'binding', 'tfjs_backend.cc'), '');
    const headers = join(REPO, 'node_modules', 'node-api-headers', 'include');
    cpSync(headers, join(packages, 'node-api-headers', 'include'), { recursive: true });
    this.pinNpm();
  }

  #makeWheels() {
    const tensorflow = join(this.base, 'tensorflow', 'tensorflow');
    const jupyter = join(this.base, 'jupyter', 'jupyterlab');
    for (const folder of [tensorflow, jupyter]) mkdirSync(folder, { recursive: true });
    const { headers } = JSON.parse(
      readFileSync(join(REPO, 'scripts', 'setup', 'tensorflow_wheels.json'), 'utf8'),
    ) as { headers: string[] };
    for (const header of headers) {
      mkdirSync(dirname(join(tensorflow, 'include', header)), { recursive: true });
      writeFileSync(join(tensorflow, 'include', header), header.endsWith('/c/c_api.h') ? HEADER : '');
    }
    writeFileSync(join(this.base, 'standin.cc'), LIBRARY);
    const flags =
      process.platform === 'darwin' ? ['-dynamiclib', '-install_name', '@rpath/libstandin.so'] : ['-shared'];
    const compiler = process.env.CXX ?? 'c++';
    const library = join(tensorflow, 'libstandin.so');
    execFileSync(compiler, [...flags, '-fPIC', '-o', library, join(this.base, 'standin.cc')]);
    writeFileSync(join(jupyter, '__main__.py'), JUPYTERLAB);
    execFileSync(PYTHON, [
      ...['-c', MAKE_WHEELS, this.wheels],
      ...['standin_tensorflow', '1.0', dirname(tensorflow)],
      ...['standin_jupyter', '1.0', dirname(jupyter)],
    ]);
    this.pinWheel();
    this.pinPython();
  }

  /** Starts the set-up, or another script of the repo. */
  start(
    env: NodeJS.ProcessEnv = {},
    [script, ...args]: string[] = ['drive.mjs'],
    options: { uid?: number; gid?: number } = {},
  ): Run {
    const child = spawn(process.execPath, [this.path('scripts', script), ...args], {
      cwd: this.base,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    let output = '';
    const listeners = new Set<() => void>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', data => {
        output += data;
        for (const listener of listeners) listener();
      });
    }
    const ended = new Promise<Ending>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal, output }));
    });
    const says = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => output.includes(text) && resolve();
        listeners.add(look);
        look();
        ended.then(() => reject(new Error(`it ended without saying ${text}: ${output}`)), reject);
      });
    return { child, says, ended };
  }

  /** Runs the set-up, or another script of the repo, to its end. */
  run(...args: Parameters<StandIn['start']>) {
    return this.start(...args).ended;
  }

  /** Lets an npm that waits go on. */
  letNpmGo() {
    writeFileSync(join(this.base, 'go'), '');
  }

  /** Calls of npm since the last time this was asked. */
  takeNpmCalls() {
    const calls = existsSync(this.npmCalls)
      ? readFileSync(this.npmCalls, 'utf8').split('\n').filter(Boolean)
      : [];
    rmSync(this.npmCalls, { force: true });
    rmSync(join(this.base, 'go'), { force: true });
    return calls.map(call => ({ pid: Number(call.split(' ')[0]), args: call.split(' ').slice(1) }));
  }

  /** Whether the library is the wheel's, and the addon, loaded in a new process, computes with it. */
  isWhole() {
    const [made, given] = [
      this.path('.native', 'libstandin.so'),
      join(this.base, 'tensorflow/tensorflow/libstandin.so'),
    ];
    const product = "require('@tensorflow/tfjs-node').matMul([[1,2],[3,4]],[[5,6],[7,8]]).dataSync().join()";
    const options = { cwd: this.root, env: this.env, encoding: 'utf8' } as const;
    return (
      sha256(made) === sha256(given) &&
      execFileSync(process.execPath, ['-p', product], options).trim() === '19,22,43,50' &&
      execFileSync(this.path('.venv/bin/python'), ['-c', 'import jupyterlab'], options) === ''
    );
  }

  /** What lies in the set-up's own folder beside logs and stamps: nothing, once it is over. */
  leftovers() {
    const names = existsSync(this.path('.setup')) ? readdirSync(this.path('.setup')) : [];
    const children = names.includes('children') ? readdirSync(this.path('.setup/children')) : [];
    const temporary = readdirSync(join(this.base, 'tmp'));
    return [
      ...names.filter(name => !['children', 'logs', 'stamps'].includes(name)),
      ...children,
      ...temporary,
    ];
  }

  remove() {
    rmSync(this.base, { recursive: true, force: true });
  }
}

/** Whether a process still runs. */
export function isAlive(pid: number) {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
