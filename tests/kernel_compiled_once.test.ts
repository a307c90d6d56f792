/** What a kernel made of a module is read by the next one, and is never taken for what it is not. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { transpileOnce } from '../scripts/kernel/compiled_once.cjs';
import { temporaryFolder } from './support/made_notebooks';

const folder = temporaryFolder(after);
const OPTIONS = { fileName: 'custom.js', compilerOptions: { target: 9 } };

/** A compiler that counts. */
function compiler(version = '5.0.4') {
  const ts = {
    version,
    calls: 0,
    transpileModule: (text: string) => {
      ts.calls++;
      return { outputText: `// ${version}\n${text}`, sourceMapText: '{}', diagnostics: [] };
    },
  };
  return ts;
}

describe('a module', () => {
  let cache: string;
  let count = 0;
  beforeEach(() => {
    cache = join(folder, `cache${count++}`);
  });

  test('is compiled by the first kernel and read by the second, which gets the same', () => {
    const [first, second] = [compiler(), compiler()];
    const made = transpileOnce(first, 'a', OPTIONS, cache);
    assert.deepEqual(transpileOnce(second, 'a', OPTIONS, cache), made);
    assert.deepEqual([first.calls, second.calls], [1, 0]);
    assert.deepEqual(made, { outputText: '// 5.0.4\na', sourceMapText: '{}' });
  });

  test('is compiled anew when its text, the options or TypeScript is another', () => {
    transpileOnce(compiler(), 'a', OPTIONS, cache);
    assert.equal(transpileOnce(compiler(), 'b', OPTIONS, cache).outputText, '// 5.0.4\nb');
    assert.equal(transpileOnce(compiler('5.1.0'), 'a', OPTIONS, cache).outputText, '// 5.1.0\na');
    const other = compiler();
    transpileOnce(other, 'a', { ...OPTIONS, fileName: 'other.js' }, cache);
    assert.equal(other.calls, 1);
    assert.equal(readdirSync(cache).length, 4);
  });

  test('of which a half was written is compiled anew, and then whole', () => {
    const made = transpileOnce(compiler(), 'a', OPTIONS, cache);
    const file = join(cache, readdirSync(cache)[0]);
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, whole.length / 2));
    assert.deepEqual(transpileOnce(compiler(), 'a', OPTIONS, cache), made);
    assert.equal(readFileSync(file, 'utf8'), whole);
  });

  test('is compiled all the same where nothing can be written', () => {
    writeFileSync(cache, 'a file, not a folder');
    assert.equal(transpileOnce(compiler(), 'a', OPTIONS, cache).outputText, '// 5.0.4\na');
  });
});
