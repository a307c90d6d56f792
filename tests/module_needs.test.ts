/** What a module's first comment says that it needs is what it needs; and no arrow points back. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';

describe('modules', () => {
  let needs: typeof import('../scripts/module_needs.mjs');
  before(async () => {
    needs = await import('../scripts/module_needs.mjs');
  });

  test('each begins with the list of all that it needs (node scripts/module_needs.mjs writes it)', () => {
    for (const name of needs.moduleNames())
      assert.ok(
        readFileSync(join(__dirname, '..', 'modules', name), 'utf8').startsWith(needs.headerOf(name)),
        name,
      );
  });

  test('no module needs itself: arrows go one way', () => {
    for (const name of needs.moduleNames())
      for (const other of needs.needsOf(name).modules)
        assert.ok(!needs.needsOf(other).modules.includes(name), `${name} and ${other} need each other`);
  });

  test('the map in CONTRIBUTING.md is drawn from the imports (node scripts/module_map.mjs writes it)', async () => {
    const { withMap } = await import('../scripts/module_map.mjs');
    assert.equal(readFileSync(join(__dirname, '..', 'CONTRIBUTING.md'), 'utf8'), withMap());
  });

  test('each has less than 6 KB without its comments', () => {
    const long = needs.moduleNames().filter(name => {
      const text = readFileSync(join(__dirname, '..', 'modules', name), 'utf8');
      return Buffer.byteLength(text.replace(/\/\*\*[\s\S]*?\*\/|^ *\/\/.*$/gm, '')) > 6 * 1024;
    });
    assert.deepEqual(long, []);
  });

  test('each name in a list is a module that is there', () => {
    const names = needs.moduleNames();
    for (const name of names)
      for (const other of needs.needsOf(name).modules) assert.ok(names.includes(other), other);
  });
});
