import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { compilerArguments } from '../scripts/setup/addon.mjs';
import { ChildError, explain } from '../scripts/setup/errors.mjs';
import type { Wheel } from '../scripts/setup/libtensorflow.mjs';
import { takeLock } from '../scripts/setup/lock.mjs';
import { startOf } from '../scripts/setup/process_identity.mjs';
import { Progress, table } from '../scripts/setup/report.mjs';

const SETUP = join(dirname(__dirname), 'scripts', 'setup');
const PYTHON = join(dirname(__dirname), '.venv', 'bin', 'python');
const scratch = mkdtempSync(join(tmpdir(), 'setup-parts-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** A new empty folder. */
function folder(name: string) {
  const path = join(scratch, name);
  mkdirSync(path);
  return path;
}

const lockOf = (pid: number, start: string, host = hostname()) =>
  [pid, start, host].map(part => encodeURIComponent(part)).join('~');

/** A lock that some process is said to hold. */
function lockedFolder(name: string, owner: string) {
  const path = folder(name);
  mkdirSync(join(path, 'lock'));
  writeFileSync(join(path, 'lock', owner), '');
  return path;
}

test('processes that take the lock never overlap, though some of them are killed while they hold it', async () => {
  const path = folder('contended');
  const log = join(path, 'log');
  writeFileSync(log, '');
  const contender = join(path, 'contender.mjs');
  writeFileSync(
    contender,
    `import { appendFileSync } from 'node:fs';
import { takeLock } from ${JSON.stringify(join(SETUP, 'lock.mjs'))};
const lock = await takeLock(${JSON.stringify(path)}, () => {});
appendFileSync(${JSON.stringify(log)}, 'enter ' + process.pid + '\\n');
if (process.argv[2] === 'die') process.kill(process.pid, 'SIGKILL');
await new Promise(resolve => setTimeout(resolve, 20));
appendFileSync(${JSON.stringify(log)}, 'leave ' + process.pid + '\\n');
lock.release();`,
  );
  const fates = Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 'die' : 'live'));
  const children = fates.map(fate => spawn(process.execPath, [contender, fate], { stdio: 'inherit' }));
  await Promise.all(children.map(child => new Promise(resolve => child.on('close', resolve))));
  const events = readFileSync(log, 'utf8').trim().split('\n');
  const dying = new Set(children.filter((_, i) => fates[i] === 'die').map(child => String(child.pid)));
  assert.equal(events.length, 4 + 2 * 8);
  for (let i = 0; i < events.length; i++) {
    const [what, pid] = events[i].split(' ');
    assert.equal(what, 'enter', events.join(', '));
    if (!dying.has(pid)) assert.equal(events[++i], `leave ${pid}`);
  }
  assert.ok(
    !readdirSync(path).some(name => name.startsWith('lock.')),
    'nobody leaves a private folder behind',
  );
});

test('a lock is taken over from a dead process, and from one whose number went to a younger process', async () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  for (const owner of [lockOf(dead, '1'), lockOf(process.pid, 'long ago')]) {
    const path = lockedFolder(`stale-${owner.length}`, owner);
    const lock = await takeLock(path, sentence => assert.fail(sentence));
    assert.deepEqual(readdirSync(join(path, 'lock')), [lockOf(process.pid, startOf(process.pid) ?? '')]);
    lock.release();
    assert.deepEqual(readdirSync(path), []);
  }
});

test('for a living process and for another machine it waits, and says so once', async () => {
  const here = lockOf(process.ppid, startOf(process.ppid) ?? '');
  const there = lockOf(1, '1', 'elsewhere');
  for (const [owner, expected] of [
    [
      here,
      new RegExp(`^Waiting for another set-up in this folder \\(process ${process.ppid}, since .*\\)\\.$`),
    ],
    [
      there,
      /\(process 1, since .*\) on the machine elsewhere; if it no longer runs there, delete \/.*\/lock\.$/,
    ],
  ] as const) {
    const path = lockedFolder(`held-${owner.length}`, owner);
    const said: string[] = [];
    const taking = takeLock(path, sentence => said.push(sentence));
    await sleep(350);
    assert.equal(said.length, 1);
    assert.match(said[0], expected);
    rmSync(join(path, 'lock', owner));
    (await taking).release();
  }
});

const PIP_MISMATCH = `Collecting tensorflow-cpu==2.18.1
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes.
    tensorflow-cpu==2.18.1 from https://registry.example/tensorflow_cpu-2.18.1.whl#sha256=bb (from -r wheel.txt (line 1)):
        Expected sha256 ${'a'.repeat(64)}
             Got        ${'b'.repeat(64)}

`;
const PIP_MISMATCH_OF_TWO = `    anyio==4.16.0 from https://registry.example/anyio-4.16.0-py3-none-any.whl (from -r requirements.txt (line 1)):
        Expected sha256 ${'a'.repeat(64)}
        Expected     or ${'c'.repeat(64)}
             Got        ${'b'.repeat(64)}
`;
const NPM_MISMATCH = `npm warn tarball tarball data for ndarray@https://registry.example/ndarray-1.1.1.tgz (sha512-AAAA==) seems to be corrupted. Trying again.
npm error code EINTEGRITY
npm error sha512-AAAA== integrity checksum failed when using sha512: wanted sha512-AAAA== but got sha512-BBBB==. (5402 bytes)
npm error A complete log of this run can be found in: .npm/_logs/debug-0.log
`;

test('what programs print when they fail becomes one sentence that says what to do', () => {
  const where = { root: '/repo', step: 'A step', log: '.setup/logs/A_step.log' };
  const cases: [string, RegExp][] = [
    [
      PIP_MISMATCH,
      /^A step: tensorflow-cpu==2\.18\.1 is not the file .*: expected sha256 a{64}, got b{64}; nothing was changed/,
    ],
    [PIP_MISMATCH_OF_TWO, /anyio==4\.16\.0 .* expected sha256 a{64} or c{64}, got b{64};/],
    [NPM_MISMATCH, /ndarray@\S+ is not the file .*: expected sha512-AAAA==, got sha512-BBBB==;/],
    ['npm error code ENOSPC', /the disk is full/],
    ['error: [Errno 28] No space left on device', /the disk is full/],
    [
      "npm error [Error: EACCES: permission denied, mkdir '/repo/node_modules']",
      /could not be written: \/repo\/node_modules is read-only/,
    ],
    [
      "ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: '/repo/.venv/lib'\n",
      /: \/repo\/\.venv\/lib is read-only/,
    ],
    ['g++: error: Permission denied', /could not be written: \/repo is read-only/],
    [
      'npm error network request to https://registry.example failed, reason: getaddrinfo ENOTFOUND',
      /registry could not be reached/,
    ],
    [
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(: [Errno 111] Connection refused')': /simple\nERROR: No matching distribution",
      /registry could not be reached/,
    ],
    [
      'pip._vendor.urllib3.exceptions.ProtocolError: ("Connection broken: IncompleteRead(1 bytes read, 2 more expected)")',
      /download broke off: run this again/,
    ],
    [
      'binding.cc:1:10: fatal error: memory: No such file\ncompilation terminated.',
      /^A step: g\+\+ -c failed \(exit code 1\): binding\.cc:1:10: fatal error: memory: No such file \(all that it said is in \.setup\/logs\/A_step\.log\)\.$/,
    ],
  ];
  for (const [output, expected] of cases) {
    const { message } = explain(new ChildError('g++ -c', output, 'exit code 1'), where);
    assert.match(message, expected);
    assert.ok(!message.includes('\n') && message.endsWith('.'), message);
  }
  const denied = Object.assign(new Error("EROFS: read-only file system, mkdir '/repo/.setup'"), {
    code: 'EROFS',
  });
  assert.match(explain(denied, where).message, /could not be written: \/repo\/\.setup is read-only/);
});

const CLEAR_LINE = '\r\x1b[2K';

/** A stream that keeps what is written to it. */
function sink(isTTY: boolean) {
  const written: string[] = [];
  const out = { isTTY, columns: 65, write: (text: string) => written.push(text) };
  return { written, out: out as unknown as NodeJS.WriteStream & import('node:tty').WriteStream };
}

test('on a terminal a long step redraws one line with a bar, and leaves one line behind', async () => {
  const { written, out } = sink(true);
  const progress = new Progress('libtensorflow', out);
  progress.update(1, 2, 'unpacking a long name');
  await sleep(250);
  progress.close('done');
  assert.ok(written.length >= 2);
  for (const drawn of written) assert.ok(drawn.startsWith(CLEAR_LINE));
  const lines = written.map(drawn => drawn.slice(CLEAR_LINE.length));
  for (const line of lines.slice(0, -1)) {
    assert.match(line, /^libtensorflow +█{12}░{12} +50 % +0\.\d s +unpa$/, 'it is cut to the width');
    assert.equal(line.length, 64);
  }
  assert.match(lines.at(-1) ?? '', /^libtensorflow: done \(0\.\d s\)\n$/);
});

test('without a terminal a step writes a line when it begins and one when it ends', async () => {
  const { written, out } = sink(false);
  const progress = new Progress('npm packages', out);
  progress.update(1, 2);
  await sleep(250);
  progress.close('done');
  assert.equal(written.length, 2);
  assert.equal(written[0], 'npm packages ...\n');
  assert.match(written[1], /^npm packages: done \(0\.\d s\)\n$/);
});

test('the table adds up seconds and megabytes', () => {
  const rows = [
    { name: 'npm packages', seconds: 20.04, megabytes: 552.4 },
    { name: 'libtensorflow', seconds: 5.5, megabytes: 683 },
  ];
  assert.equal(
    table(rows),
    [
      'step           seconds      MB',
      'npm packages      20.0     552',
      'libtensorflow      5.5     683',
      'in all            25.5    1235',
    ].join('\n'),
  );
});

test('the addon looks for its libraries beside itself on Linux and on macOS, and is linked as each wants it', () => {
  const linux = compilerArguments('linux', ['libtensorflow_cc.so.2'], 'out.node');
  assert.ok(linux.includes('-shared') && linux.includes('-Wl,-rpath,$ORIGIN'));
  const mac = compilerArguments('darwin', ['libtensorflow_cc.2.dylib'], 'out.node');
  assert.ok(
    mac.includes('-bundle') && mac.includes('dynamic_lookup') && mac.includes('-Wl,-rpath,@loader_path'),
  );
});

test('each pinned wheel names its version, hash, size, platform, and all libraries that must lie side by side', () => {
  const { wheels } = JSON.parse(readFileSync(join(SETUP, 'tensorflow_wheels.json'), 'utf8'));
  assert.deepEqual(Object.keys(wheels), ['linux-x64', 'linux-arm64', 'darwin-arm64']);
  for (const { requirement, sha256, bytes, platform, libraries } of Object.values<Wheel>(wheels)) {
    assert.match(requirement, /^tensorflow(-cpu)?==2\.18\.1$/);
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.ok(bytes > 200e6 && bytes < 300e6);
    assert.match(platform, /^(manylinux_2_17_(x86_64|aarch64)|macosx_12_0_arm64)$/);
    assert.ok(libraries.some((path: string) => path.includes('libtensorflow_cc')));
    assert.ok(libraries.some((path: string) => path.includes('libtensorflow_framework')));
  }
  assert.ok(wheels['linux-arm64'].libraries.some((path: string) => path.includes('libomp')));
});

/** A wheel with one library and no header, stored or spoilt. */
function tinyWheel(name: string, spoil = false) {
  const path = join(scratch, `${name}.whl`);
  const make =
    'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").writestr("tensorflow/lib.so", b"library" * 100000)';
  execFileSync(PYTHON, ['-c', make, path]);
  if (spoil) {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(path, bytes);
  }
  return path;
}

function unpack(wheel: string, into: string, library = 'tensorflow/lib.so') {
  const script = join(SETUP, 'unpack_wheel.py');
  return spawnSync(PYTHON, [script, wheel, into, library, '--headers'], { encoding: 'utf8' });
}

test('unpacking writes what the wheel holds, says how far it is, and refuses a spoilt wheel or a missing file', () => {
  const into = folder('unpacked');
  const good = unpack(tinyWheel('good'), into);
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /^700000 700000$/m);
  assert.equal(readFileSync(join(into, 'lib.so'), 'utf8'), 'library'.repeat(100000));
  const spoilt = unpack(tinyWheel('spoilt', true), folder('spoilt'));
  assert.equal(spoilt.status, 1);
  assert.match(spoilt.stderr, /^error: Bad CRC-32 for file 'tensorflow\/lib\.so'\n$/);
  const missing = unpack(tinyWheel('missing'), folder('missing'), 'tensorflow/other.so');
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /^error: .*no item named 'tensorflow\/other\.so'/);
});

// macOS has no /dev/full.
if (process.platform === 'linux') {
  test('unpacking onto a full disk ends in the sentence about the full disk', () => {
    const into = folder('full');
    symlinkSync('/dev/full', join(into, 'lib.so'));
    const { status, stderr } = unpack(tinyWheel('full'), into);
    assert.equal(status, 1);
    const error = new ChildError('unpack', stderr, 'exit code 1');
    assert.match(
      explain(error, { root: '/repo', step: 'libtensorflow', log: '' }).message,
      /^libtensorflow: the disk is full/,
    );
  });
}

test('a Node that is too old is told so in one sentence before anything else is read', () => {
  const old = join(scratch, 'old.cjs');
  writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '14.21.3' });");
  const entry = join(scratch, 'entry.mjs');
  const load = `enter(() => import('file:///nowhere/this/is/not/read.mjs'));`;
  writeFileSync(entry, `import { enter } from ${JSON.stringify(join(SETUP, 'entry.mjs'))};\n${load}`);
  const { status, stderr } = spawnSync(process.execPath, ['--require', old, entry], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.equal(stderr, 'Node 20 or later is needed, and this is Node 14.21.3: install it from nodejs.org.\n');
});
