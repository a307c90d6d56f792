/** What other places read of this project: Binder, GitHub's runners, and who cites it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parse } from 'yaml';
import { runNotebooks } from '../scripts/headless/run.mjs';
import { childEnv, ROOT, venvBin } from '../scripts/setup/paths.mjs';
import { temporaryFolder, writeNotebook } from './support/made_notebooks';

const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
const isExecutable = (...path: string[]) => (statSync(join(ROOT, ...path)).mode & 0o111) === 0o111;
const described = JSON.parse(read('package.json'));
const folder = temporaryFolder(after);

describe('Binder', () => {
  test('gets the Python that requirements.txt was made for, and a compiler', () => {
    const [, version] = /--python-version (\S+)/.exec(read('requirements.txt')) ?? [];
    assert.equal(read('.binder', 'runtime.txt').trim(), `python-${version}`);
    assert.equal(read('.binder', 'apt.txt').trim(), 'g++');
  });

  test('sets up this folder and finds the kernel, with which a notebook runs', async () => {
    const prefix = join(folder, 'prefix');
    assert.ok(isExecutable('.binder', 'postBuild'));
    execFileSync(join(ROOT, '.binder', 'postBuild'), {
      cwd: folder,
      env: { ...childEnv(), NB_PYTHON_PREFIX: prefix },
    });
    const env = { ...childEnv(), JUPYTER_PATH: join(prefix, 'share', 'jupyter') };
    const listed = execFileSync(venvBin('jupyter'), ['kernelspec', 'list', '--json'], {
      env,
      encoding: 'utf8',
    });
    const { tslab } = JSON.parse(listed).kernelspecs;
    assert.equal(tslab.resource_dir, join(prefix, 'share', 'jupyter', 'kernels', 'tslab'));
    const file = writeNotebook(folder, 'sum', ['const n: number = 1 + 1;\nconsole.log(n);']);
    const [{ failure, executed }] = await runNotebooks([file], {
      out: join(folder, 'out'),
      html: false,
      env,
    });
    assert.equal(failure, null);
    assert.match(readFileSync(executed as string, 'utf8'), /"2\\n"/);
  });
});

describe('the workflow for GitHub Actions', () => {
  const workflow = parse(read('.github', 'workflows', 'ci.yml'));
  const steps: { run?: string; uses?: string; with?: Record<string, unknown> }[] = workflow.jobs.test.steps;

  test('runs .ci/run, which tests everything, on every push and pull request, and may only read', () => {
    assert.deepEqual(Object.keys(workflow.on), ['push', 'pull_request']);
    assert.deepEqual(workflow.permissions, { contents: 'read' });
    assert.deepEqual(
      steps.flatMap(({ run }) => run ?? []),
      ['.ci/run'],
    );
    assert.ok(isExecutable('.ci', 'run'));
    assert.match(read('.ci', 'run'), /^npm test$/m);
    assert.ok(described.scripts.test);
  });

  test('takes each action by its version, and the oldest Node and the Python that are asked for', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    assert.equal(used.length, 3);
    for (const action of used) assert.match(action, /^actions\/[a-z-]+@v\d+$/);
    const versions = Object.assign({}, ...steps.map(step => step.with ?? {}));
    assert.equal(`>=${versions['node-version']}`, described.engines.node);
    assert.equal(`python-${versions['python-version']}`, read('.binder', 'runtime.txt').trim());
  });
});

test('the citation names the version and the licence that package.json has', () => {
  const citation = parse(read('CITATION.cff'));
  assert.equal(citation['cff-version'], '1.2.0');
  for (const field of ['message', 'title', 'abstract']) assert.ok(citation[field].length > 20, field);
  assert.equal(citation.version, described.version);
  assert.equal(citation.license, described.license);
  assert.ok(read('LICENSE').includes(citation.authors[0].name));
});
