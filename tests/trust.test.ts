/** What the project asks its users to trust: that nothing is fetched without its hash, and that nothing private is committed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from '../scripts/setup/paths.mjs';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** What is committed, without links. */
const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter(path => lstatSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile());

describe('what is fetched', () => {
  test('every npm package has the hash of its archive, and the name of no registry', () => {
    const { packages } = JSON.parse(read('package-lock.json'));
    const fetched = Object.entries<{ integrity?: string; resolved?: string }>(packages).filter(
      ([path]) => path,
    );
    assert.ok(fetched.length > 200);
    assert.deepEqual(
      fetched.filter(([, { integrity, resolved }]) => !integrity?.startsWith('sha512-') || resolved),
      [],
    );
  });

  for (const path of files.filter(path => /(^|\/)requirements(_source)?\.txt$/.test(path)))
    test(`${path}: every Python package has one version and the hashes of its archives`, () => {
      const requirements = read(path)
        .replace(/\\\n/g, '')
        .split('\n')
        .filter(line => /^\w/.test(line));
      assert.ok(requirements.length > (path.endsWith('_source.txt') ? 0 : 10));
      assert.deepEqual(
        requirements.filter(line => !/^[\w.[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/.test(line)),
        [],
      );
    });

  test('TensorFlow has the hash of each wheel', () => {
    const table: { wheels: Record<string, { sha256: string }> } = JSON.parse(
      read('scripts/setup/tensorflow_wheels.json'),
    );
    const wheels = Object.values(table.wheels);
    assert.ok(wheels.length > 1);
    for (const { sha256 } of wheels) assert.match(sha256, /^[0-9a-f]{64}$/);
  });

  test('pip is never called without asking for hashes, npm never with scripts', () => {
    const calls = files
      .filter(path => /^scripts\/.*\.mjs$/.test(path))
      .flatMap(path => read(path).match(/'pip', '(?:install|download)'.*/g) ?? []);
    assert.ok(calls.length >= 4);
    assert.deepEqual(
      calls.filter(line => !line.includes('--require-hashes')),
      [],
    );
    assert.match(read('.npmrc'), /^ignore-scripts=true$/m);
  });
});

test('no file holds a path of the machine that it was made on, or what looks like a secret', () => {
  const texts = files.filter(path => !/\.(png|ico|woff2)$/.test(path) && !path.startsWith('tests/'));
  const secrets =
    /\/(?:home|root|Users)\/\w+|token=[0-9a-f]{16}|BEGIN [A-Z ]*PRIVATE KEY|\b(?:gh[pousr]|npm|pypi)[_-][A-Za-z0-9]{30}/;
  assert.deepEqual(
    texts.flatMap(path => secrets.exec(read(path))?.[0] ?? []),
    [],
  );
});
