import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ending, isAlive, StandIn } from './setup_standin';

const STEPS = [
  'npm packages',
  'Python packages',
  'libtensorflow',
  "tfjs-node's addon",
  'native TensorFlow',
  'tslab kernel',
];

const standIn = new StandIn();
after(() => standIn.remove());

/** The steps that a run did. */
const done = ({ output }: Ending) =>
  STEPS.filter(step => output.includes(`\n${step}: done`) || output.startsWith(`${step}: done`));

/** The one sentence that a failed run ends with. */
function sentence({ code, output }: Ending) {
  assert.equal(code, 1, output);
  const said = output.split('\n').filter(line => line && !/\.\.\.$|: (done|failed) \(|^Waiting/.test(line));
  assert.equal(said.length, 1, `not one sentence: ${output}`);
  assert.match(said[0], /\.$/);
  return said[0];
}

async function assertMended() {
  const { code, output } = await standIn.run();
  assert.equal(code, 0, output);
  assert.ok(standIn.isWhole());
  assert.deepEqual(standIn.leftovers(), []);
}

before(async () => {
  const first = await standIn.run();
  assert.equal(first.code, 0, first.output);
  assert.deepEqual(done(first), STEPS);
  for (const step of [...STEPS, 'in all'])
    assert.match(first.output, new RegExp(`^${step} +\\d+\\.\\d +\\d+$`, 'm'));
  assert.ok(standIn.isWhole());
  assert.deepEqual(standIn.leftovers(), []);
});

test('a second run does nothing, needs no other program, says one line and takes under 3 seconds', async () => {
  standIn.takeNpmCalls();
  const begun = Date.now();
  const { code, output } = await standIn.run({ PATH: '/nowhere', PYTHON: '/nowhere' });
  assert.ok(Date.now() - begun < 3000);
  assert.equal(code, 0);
  assert.match(output, /^Set-up: everything is in place \(0\.\d s\)\.\n$/);
  assert.deepEqual(standIn.takeNpmCalls(), []);
});

test('a changed lockfile, requirements file or wheel is noticed, and only what it concerns is made again', async () => {
  standIn.pinNpm('1.0.1');
  assert.deepEqual(done(await standIn.run()), ['npm packages', "tfjs-node's addon", 'native TensorFlow']);
  standIn.pinPython('changed');
  assert.deepEqual(done(await standIn.run()), ['Python packages', 'tslab kernel']);
  const wheels = standIn.read('scripts/setup/tensorflow_wheels.json');
  standIn.write('scripts/setup/tensorflow_wheels.json', wheels.replace('standin-', 'standin_'));
  assert.deepEqual(done(await standIn.run()), ['libtensorflow', "tfjs-node's addon", 'native TensorFlow']);
  assert.deepEqual(done(await standIn.run()), []);
  assert.ok(standIn.isWhole());
});

test('a library, an addon or a link that was touched or taken away is made again', async () => {
  appendFileSync(standIn.path('.native/libstandin.so'), 'x');
  assert.deepEqual(done(await standIn.run()), ['libtensorflow', "tfjs-node's addon", 'native TensorFlow']);
  truncateSync(standIn.path('.native/tfjs_binding.node'), 100);
  assert.deepEqual(done(await standIn.run()), ["tfjs-node's addon", 'native TensorFlow']);
  rmSync(standIn.path('node_modules/@tensorflow/tfjs-node/lib'), { recursive: true });
  rmSync(standIn.path('.venv/share/jupyter/kernels/tslab'));
  assert.deepEqual(done(await standIn.run()), ['native TensorFlow', 'tslab kernel']);
  rmSync(standIn.path('node_modules'), { recursive: true });
  assert.deepEqual(done(await standIn.run()), ['npm packages', 'native TensorFlow']);
  assert.ok(standIn.isWhole());
});

test('killed in the middle of any step, the next run mends it', async () => {
  const stamps = ['npm', 'python', 'libtensorflow', 'addon'];
  for (const [i, stamp] of stamps.entries()) {
    standIn.forget(stamp);
    const run = standIn.start();
    await run.says(`${STEPS[i]} ...`);
    await sleep(400 * Math.random());
    run.child.kill('SIGKILL');
    await run.ended;
  }
  await assertMended();
});

test('a program that a killed run left behind is ended by the next run, which then starts its own', async () => {
  standIn.takeNpmCalls();
  standIn.forget('npm');
  const run = standIn.start({ NPM_FAULT: 'hang' });
  await run.says('npm packages ...');
  const [pid] = await npmProcesses();
  run.child.kill('SIGKILL');
  await run.ended;
  assert.ok(isAlive(pid), 'npm outlives the set-up that was killed');
  await assertMended();
  assert.ok(!isAlive(pid));
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} ends the set-up and its children, and frees the lock`, async () => {
    standIn.takeNpmCalls();
    standIn.forget('npm');
    const run = standIn.start({ NPM_FAULT: 'hang' });
    await run.says('npm packages ...');
    const [pid] = await npmProcesses();
    run.child.kill(signal);
    const ending = await run.ended;
    assert.equal(ending.code, code);
    assert.match(ending.output, /Interrupted: run this again to go on\.\n$/);
    await sleep(50);
    assert.ok(!isAlive(pid));
    assert.ok(!existsSync(standIn.path('.setup/lock')));
    await assertMended();
  });
}

test('of two set-ups at once one does the work and the other says for whom it waits', async () => {
  standIn.takeNpmCalls();
  standIn.forget('npm', 'addon');
  const runs = [1, 2].map(() => standIn.start({ NPM_FAULT: 'wait' }));
  await Promise.any(runs.map(run => run.says('Waiting')));
  standIn.letNpmGo();
  const endings = await Promise.all(runs.map(run => run.ended));
  assert.deepEqual(
    endings.map(ending => ending.code),
    [0, 0],
  );
  const worker = endings.findIndex(ending => done(ending).includes('npm packages'));
  const waiter = endings[1 - worker].output;
  assert.deepEqual(done(endings[1 - worker]), []);
  assert.match(
    waiter,
    new RegExp(`^Waiting for another set-up in this folder \\(process ${runs[worker].child.pid}, since `),
  );
  assert.equal(standIn.takeNpmCalls().filter(({ args }) => args[0] === 'ci').length, 1);
  assert.ok(standIn.isWhole());
});

test('a wheel with a wrong hash stops it with both hashes, and what was there stays in place', async () => {
  const wrong = '0'.repeat(64);
  const pinned = standIn.read('scripts/setup/tensorflow_wheels.json');
  const right = /"sha256":"([0-9a-f]+)"/.exec(pinned)?.[1];
  standIn.pinWheel(wrong);
  const said = sentence(await standIn.run());
  assert.match(
    said,
    new RegExp(`^libtensorflow: standin.tensorflow==1.0 .* expected sha256 ${wrong}, got ${right};`),
  );
  standIn.write('scripts/setup/tensorflow_wheels.json', pinned);
  assert.deepEqual(done(await standIn.run()), []);
  assert.ok(standIn.isWhole());
});

test('a Python package with a wrong hash stops it with both hashes, and the old environment comes back', async () => {
  const wrong = '1'.repeat(64);
  const pinned = standIn.read('requirements.txt');
  const right = /sha256:(\w+)/.exec(pinned)?.[1];
  standIn.pinPython('', wrong);
  const said = sentence(await standIn.run());
  assert.match(
    said,
    new RegExp(`^Python packages: standin-jupyter==1.0 .* expected sha256 ${wrong}, got ${right};`),
  );
  standIn.write('requirements.txt', pinned);
  assert.deepEqual(done(await standIn.run()), []);
  assert.ok(standIn.isWhole());
});

test('a truncated download is refused, and the next run fetches it anew', async () => {
  const wheel = join(standIn.wheels, 'standin_tensorflow-1.0-py3-none-any.whl');
  const whole = readFileSync(wheel);
  standIn.forget('libtensorflow');
  truncateSync(wheel, whole.length / 2);
  assert.match(
    sentence(await standIn.run()),
    /^libtensorflow: standin.tensorflow==1\.0 .* expected sha256 .*, got /,
  );
  writeFileSync(wheel, whole);
  await assertMended();
});

test('a full disk is called that, and the next run mends what it cut short', async () => {
  standIn.forget('npm');
  const fail = 'npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write';
  const warn = 'npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write';
  for (const NPM_FAULT of [fail, warn]) {
    assert.equal(
      sentence(await standIn.run({ NPM_FAULT })),
      'npm packages: the disk is full: make room (a set-up takes 2 GB) and run this again.',
    );
  }
  await assertMended();
});

test('a read-only folder is named in one sentence', async () => {
  const other = new StandIn();
  try {
    chmodSync(other.base, 0o755);
    chmodSync(other.root, 0o555);
    // Nothing is read-only to root, so root becomes nobody.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const said = sentence(await other.run({}, ['drive.mjs'], nobody));
    assert.equal(
      said,
      `Set-up: a file could not be written: ${other.path('.setup')} is read-only or belongs to another user.`,
    );
  } finally {
    chmodSync(other.root, 0o755);
    other.remove();
  }
});

test('without a network, npm and pip each end in one sentence, and what was there stays in place', async () => {
  const nobodyListens = 'http://127.0.0.1:9/';
  const said =
    /: the package registry could not be reached: check the network or the proxy settings and run this again\.$/;
  standIn.pinNpm('1.0.2');
  const npm = { npm_execpath: '', npm_config_registry: nobodyListens, npm_config_fetch_retries: '0' };
  assert.match(sentence(await standIn.run(npm)), said);
  standIn.pinNpm('1.0.1');
  standIn.pinPython('again');
  const pip = { PIP_NO_INDEX: '0', PIP_FIND_LINKS: '', PIP_INDEX_URL: nobodyListens, PIP_RETRIES: '1' };
  assert.match(sentence(await standIn.run(pip)), said);
  standIn.pinPython('changed');
  assert.deepEqual(done(await standIn.run()), []);
  assert.ok(standIn.isWhole());
});

test('what has to be installed first is said in one sentence before anything is fetched', async () => {
  standIn.forget('npm', 'python', 'addon');
  standIn.takeNpmCalls();
  const windows = join(standIn.base, 'windows.cjs');
  writeFileSync(windows, "Object.defineProperty(process, 'platform', { value: 'win32' });");
  const python = (name: string, script: string) => ({ PYTHON: standIn.executable(name, script) });
  const cases: [NodeJS.ProcessEnv, RegExp][] = [
    [
      { NODE_OPTIONS: `--require ${JSON.stringify(windows)}` },
      /^This project runs on Linux and macOS: .* WSL 2\.$/,
    ],
    [
      { CXX: '/nowhere/c++' },
      /^No C\+\+ compiler runs as CXX=\/nowhere\/c\+\+: on Debian and Ubuntu, apt install g\+\+;/,
    ],
    [{ PATH: '/nowhere' }, /^No C\+\+ compiler was found: on Debian and Ubuntu, apt install g\+\+;/],
    [
      python('bare', 'echo 3.12.4; echo "No module named ensurepip" >&2; exit 1'),
      /apt install python3\.12-venv\.$/,
    ],
    [python('old', 'echo 3.9.2'), /^Python 3\.11 to 3\.13 is needed \(.*old is 3\.9\.2\): on Debian/],
    [
      { PATH: '/nowhere', PYTHON: '' },
      /^Python 3\.11 to 3\.13 is needed \(no python3\.11, .* was found\): on Debian/,
    ],
    [
      { PATH: '/nowhere', npm_execpath: '' },
      /^npm was not found: install Node 20 or later together with npm/,
    ],
  ];
  for (const [env, expected] of cases) assert.match(sentence(await standIn.run(env)), expected);
  assert.ok(standIn.takeNpmCalls().every(({ args }) => args[0] === '--version'));
  await assertMended();
});

test('on a system that no wheel is pinned for, tfjs-node installs itself, and that is said plainly', async () => {
  const pinned = standIn.read('scripts/setup/tensorflow_wheels.json');
  standIn.write(
    'scripts/setup/tensorflow_wheels.json',
    JSON.stringify({ ...JSON.parse(pinned), wheels: {} }),
  );
  standIn.takeNpmCalls();
  const { code, output } = await standIn.run();
  assert.equal(code, 0, output);
  assert.match(
    output,
    new RegExp(`^This project pins no TensorFlow for ${process.platform} on ${process.arch}\\.$`, 'm'),
  );
  assert.match(output, /^native TensorFlow by tfjs-node's own install script: done/m);
  const [rebuild] = standIn.takeNpmCalls();
  assert.deepEqual(rebuild.args.slice(0, 3), ['rebuild', '@tensorflow/tfjs-node', '--ignore-scripts=false']);
  assert.deepEqual((await standIn.run()).output.match(/done/g), null);
  standIn.write('scripts/setup/tensorflow_wheels.json', pinned);
  assert.deepEqual(done(await standIn.run()), ['native TensorFlow']);
});

test('npm run lab starts JupyterLab on the index with the options given, passes Ctrl-C on, and ends as it ends', async () => {
  const run = standIn.start({}, ['lab.mjs', '--no-browser', '--port', '9999']);
  await run.says('is ready');
  run.child.kill('SIGINT');
  const { code, output } = await run.ended;
  assert.match(
    output,
    /'--LabApp\.default_url=\/lab\/tree\/notebooks\/00_index\.ipynb', '--no-browser', '--port', '9999'\]/,
  );
  assert.ok(output.includes(`'--ServerApp.root_dir=${standIn.root}'`));
  assert.ok(
    output.includes(standIn.path('.setup/jupyter/config')),
    'JupyterLab keeps its settings in the repo',
  );
  assert.match(output, /standin lab stops\n$/);
  assert.equal(code, 7);
});

test('npm run clean waits for a set-up at work, takes away what it made, and leaves the rest', async () => {
  standIn.forget('npm');
  mkdirSync(standIn.path('build'));
  standIn.takeNpmCalls();
  const setUp = standIn.start({ NPM_FAULT: 'wait' });
  await setUp.says('npm packages ...');
  const cleaning = standIn.start({}, ['clean.mjs']);
  await cleaning.says('Waiting');
  standIn.letNpmGo();
  assert.equal((await setUp.ended).code, 0);
  const clean = await cleaning.ended;
  assert.match(clean.output, /^Waiting for another set-up/);
  assert.match(clean.output, /^\.venv +\d+ MB removed$/m);
  const made = ['node_modules', '.venv', '.native', '.setup', 'build'];
  assert.deepEqual(
    made.filter(name => existsSync(standIn.path(name))),
    [],
  );
  assert.ok(
    existsSync(standIn.path('scripts/setup/set_up.mjs')) && existsSync(standIn.path('package-lock.json')),
  );
  assert.equal((await standIn.run({}, ['clean.mjs'])).output, 'There is nothing to remove.\n');
});

/** The stand-in npm processes that run `ci`, once there is one. */
async function npmProcesses() {
  for (;;) {
    const calls = existsSync(standIn.npmCalls) ? readFileSync(standIn.npmCalls, 'utf8') : '';
    const pids = [...calls.matchAll(/^(\d+) ci /gm)].map(([, pid]) => Number(pid));
    if (pids.length > 0) return pids;
    await sleep(20);
  }
}
