/** .npy files: NumPy reads what we write and we read what NumPy writes, to the last bit; what is not whole is refused. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import ndarray from 'ndarray';
import { continueNpy, createNpy, loadNpy, openNpy, saveNpy } from '../modules/npy_files';
import type { F64 } from '../modules/point_sets';
import { array } from './support/fields';
import { openFiles } from './support/open_files';

const folder = mkdtempSync(join(tmpdir(), 'npy-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, `${name}.npy`);

function python(...args: string[]): string {
  const program = join(__dirname, 'support', 'npy_files.py');
  const found = spawnSync(join(__dirname, '..', '.venv', 'bin', 'python'), [program, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  assert.equal(found.status, 0, found.stderr);
  return found.stdout;
}

interface Described {
  shape: number[];
  dtype: string;
  fortran: boolean;
  bytes: string;
}
const numpyReads = (...files: string[]): Described[] => JSON.parse(python('read', ...files));
const bits = (values: Float64Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');
after(() => assert.deepEqual(openFiles(folder), []));

const GOOD = [
  ...['vector', 'matrix', 'fortran', 'transposed', 'cube', 'fortran_cube', 'special', 'scalar', 'empty'],
  ...['no_columns', 'version_1', 'version_2', 'version_3', 'two_arrays'],
];

before(() => {
  python('write', folder);
});

describe('what NumPy writes', () => {
  let theirs: Record<string, Described>;
  before(() => {
    const all = numpyReads(...GOOD.map(at));
    theirs = Object.fromEntries(GOOD.map((name, i) => [name, all[i]]));
  });

  for (const name of GOOD)
    test(`${name}: same shape and bits`, () => {
      const a = loadNpy(at(name));
      assert.deepEqual(a.shape, theirs[name].shape);
      assert.equal(bits(a.data), theirs[name].bytes);
    });

  test('is in Fortran order where the name says so: the cases are what they seem', () => {
    for (const name of GOOD)
      assert.equal(
        readFileSync(at(name), 'latin1').includes("'fortran_order': True"),
        ['fortran', 'transposed', 'fortran_cube'].includes(name),
        name,
      );
    for (const version of [1, 2, 3]) assert.equal(readFileSync(at(`version_${version}`))[6], version);
  });

  for (const name of ['matrix', 'fortran', 'transposed', 'cube', 'fortran_cube', 'vector', 'version_2'])
    test(`${name}: any block of rows is that part of the whole`, () => {
      const whole = loadNpy(at(name));
      const reader = openNpy(at(name));
      try {
        const [n, width] = [whole.shape[0], whole.size / whole.shape[0]];
        for (let first = 0; first <= n; first++)
          for (let count = 0; first + count <= n; count++) {
            const block = reader.read(first, count);
            assert.deepEqual(block.shape, [count, ...whole.shape.slice(1)]);
            assert.equal(
              bits(block.data),
              bits(whole.data.slice(first * width, (first + count) * width)),
              `${first}, ${count}`,
            );
          }
        for (const [first, count] of [
          [-1, 1],
          [0, n + 1],
          [n, 1],
          [0.5, 1],
          [0, Number.NaN],
        ])
          assert.throws(() => reader.read(first, count), /must be among the \d+ of the file/);
      } finally {
        reader.close();
      }
    });
});

describe('what is not float64', () => {
  for (const [name, descr] of [
    ['float32', '<f4'],
    ['big_endian', '>f8'],
    ['int64', '<i8'],
    ['bool', '|b1'],
    ['complex', '<c16'],
    ['structured', "[('x', '<f8'), ('y', '<f8')]"],
    ['text', '<U2'],
    ['objects', '|O'],
  ])
    test(`${name} is refused, by name, with what helps`, () => {
      assert.throws(
        () => openNpy(join(folder, 'other', `${name}.npy`)),
        (error: Error) =>
          error instanceof TypeError &&
          error.message.includes(`dtype must be '<f8' (float64), got '${descr}'`) &&
          error.message.includes("a.astype('<f8')"),
      );
    });
});

describe('what is not whole or not an .npy file', () => {
  test('a file that is cut off anywhere is refused', () => {
    const bytes = readFileSync(at('matrix'));
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(at('cut'), bytes.subarray(0, length));
      assert.throws(() => loadNpy(at('cut')), RangeError, `${length} of ${bytes.length} bytes`);
    }
  });
  test('of the numbers it is said how many bytes are missing', () => {
    copyFileSync(at('matrix'), at('cut'));
    truncateSync(at('cut'), 128 + 100);
    assert.throws(() => openNpy(at('cut')), /the file is cut off: \[7,3\] needs 296 bytes, it has 228/);
  });
  test('a file that is cut off while it is open is refused by read', () => {
    copyFileSync(at('matrix'), at('cut'));
    const reader = openNpy(at('cut'));
    truncateSync(at('cut'), 200);
    assert.throws(() => reader.read(0, 7), /it was cut off meanwhile/);
    reader.close();
  });

  const header = (text: string, version = 1) => {
    const length = Buffer.alloc(version === 1 ? 2 : 4);
    if (version === 1) length.writeUInt16LE(text.length);
    else length.writeUInt32LE(text.length);
    return Buffer.concat([
      Buffer.from([0x93]),
      Buffer.from('NUMPY'),
      Buffer.from([version, 0]),
      length,
      Buffer.from(text),
    ]);
  };
  const cases: [string, Buffer, RegExp][] = [
    ['text', Buffer.from('x,y\n1.0,2.0\n3.0,4.0\n'), /must begin with .*NUMPY, got "x,y\\n1\."/],
    ['a zip archive (.npz)', Buffer.from('PK\x03\x04 and more of it'), /must begin with .*NUMPY, got "PK/],
    ['a version of the future', header("{'descr': '<f8'}", 4), /version must be 1, 2 or 3, got 4/],
    [
      'a header that is longer than the file',
      header('xyz', 1).fill(255, 8, 10),
      /header of 65535 bytes is not there/,
    ],
    ['a header of gigabytes', header('x', 2).fill(255, 8, 12), /header of 4294967295 bytes is not there/],
    [
      'a header that lacks the shape',
      header("{'descr': '<f8', 'fortran_order': False}"),
      /lacks descr, fortran_order or shape/,
    ],
    [
      'a shape that is no shape',
      header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 2)}"),
      /lacks descr, fortran_order or shape/,
    ],
  ];
  for (const [what, bytes, message] of cases)
    test(`${what} is refused`, () => {
      writeFileSync(at('bad'), bytes);
      assert.throws(() => openNpy(at('bad')), message);
    });
  test('a file that is not there, or a folder', () => {
    assert.throws(() => openNpy(at('nothing')), /ENOENT/);
    assert.throws(() => openNpy(folder), /EISDIR/);
  });
});

describe('what we write', () => {
  const doubles = fc.oneof(fc.double(), fc.constantFrom(-0, Number.NaN, Infinity, -Infinity, 5e-324));
  const arrays = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }).chain(shape =>
    fc
      .array(doubles, {
        minLength: shape.reduce((p, s) => p * s, 1),
        maxLength: shape.reduce((p, s) => p * s, 1),
      })
      .map(values => array(values, shape)),
  );

  test('comes back with the same shape and bits', () => {
    fc.assert(
      fc.property(arrays, a => {
        saveNpy(at('ours'), a);
        const b = loadNpy(at('ours'));
        assert.deepEqual(b.shape, a.shape);
        assert.equal(bits(b.data), bits(a.data));
      }),
    );
  });

  test('NumPy reads with the same shape and bits', () => {
    const made = fc.sample(arrays, { numRuns: 40, seed: 7 });
    made.push(
      array(
        Array.from({ length: 12_345 }, (_, i) => Math.cos(i)),
        [12_345],
      ),
    );
    const files = made.map((a, i) => {
      saveNpy(at(`ours-${i}`), a);
      return at(`ours-${i}`);
    });
    numpyReads(...files).forEach(({ shape, dtype, bytes }, i) => {
      assert.deepEqual([shape, dtype, bytes], [made[i].shape, '<f8', bits(made[i].data)]);
    });
  });

  test('of a transposed, sliced or reversed view is what the view shows', () => {
    const a = array(
      Array.from({ length: 24 }, (_, i) => Math.sin(i)),
      [4, 6],
    );
    const views: F64[] = [a.transpose(1, 0), a.lo(1, 2).hi(2, 3), a.step(-1, 2), a.pick(-1, 3), a.pick(2, 3)];
    views.forEach((view, i) => {
      saveNpy(at(`view-${i}`), view);
    });
    numpyReads(...views.map((_, i) => at(`view-${i}`))).forEach(({ shape, bytes }, i) => {
      const columns = views[i].shape[1];
      const values = Float64Array.from({ length: views[i].size }, (_, at) =>
        columns === undefined ? views[i].get(at) : views[i].get(Math.floor(at / columns), at % columns),
      );
      assert.ok(views[i].shape.length <= 2);
      assert.deepEqual([shape, bytes], [views[i].shape, bits(values)]);
    });
  });

  test('in blocks is the same file as at once', () => {
    const a = array(
      Array.from({ length: 3 * 50 }, (_, i) => Math.tan(i)),
      [50, 3],
    );
    saveNpy(at('whole'), a);
    const file = createNpy(at('blocks'), [50, 3]);
    for (let first = 0; first < 50; first += 7) file.write(a.lo(first, 0).hi(Math.min(7, 50 - first), 3));
    assert.throws(() => file.write(a.hi(1, 3)), /rows must be \[≤ 0,3\], got \[1,3\]/);
    file.close();
    assert.deepEqual(readFileSync(at('blocks')), readFileSync(at('whole')));
  });

  test('with rows missing cannot be read, and can be continued from any row that is there', () => {
    const a = array(
      Array.from({ length: 20 }, (_, i) => Math.exp(i)),
      [10, 2],
    );
    saveNpy(at('whole'), a);
    for (const [there, kept] of [
      [0, 0],
      [6, 6],
      [6, 4],
      [10, 10],
    ]) {
      const begun = createNpy(at('begun'), [10, 2]);
      begun.write(a.hi(there, 2));
      begun.close();
      if (there < 10) assert.throws(() => openNpy(at('begun')), /cut off/);
      const rest = continueNpy(at('begun'), [10, 2], kept);
      rest.write(a.lo(kept, 0));
      rest.close();
      assert.deepEqual(readFileSync(at('begun')), readFileSync(at('whole')));
    }
  });

  test('is continued only if it is of that shape and has the rows', () => {
    const begun = createNpy(at('begun'), [10, 2]);
    begun.write(array([1, 2, 3, 4], [2, 2]));
    begun.close();
    const before = readFileSync(at('begun'));
    assert.throws(() => continueNpy(at('begun'), [10, 2], 3), /does not hold 3 rows of \[10,2\]/);
    assert.throws(() => continueNpy(at('begun'), [10, 3], 1), /does not hold 1 rows of \[10,3\]/);
    assert.throws(() => continueNpy(at('nothing'), [10, 2], 1), /ENOENT/);
    for (const rows of [-1, 11, 0.5, Number.NaN, '1'])
      assert.throws(
        () => continueNpy(at('begun'), [10, 2], rows as number),
        /rows must be an integer from 0 to 10, got /,
      );
    assert.deepEqual(readFileSync(at('begun')), before);
  });

  test('is there whole or not at all: a save that fails leaves the old file and nothing else', () => {
    saveNpy(at('kept'), array([1, 2], [2]));
    const before = readdirSync(folder).sort();
    assert.throws(
      () => saveNpy(at('kept'), [1, 2] as unknown as F64),
      /a must be a float64 ndarray, got object/,
    );
    assert.throws(
      () => saveNpy(at('kept'), ndarray(Float32Array.of(1)) as unknown as F64),
      /a must be a float64 ndarray, got float32/,
    );
    const unreadable = () => {
      throw new Error('in the middle of it');
    };
    const broken = Object.create(array([1, 2, 3, 4], [2, 2]).transpose(1, 0), { get: { value: unreadable } });
    assert.throws(() => saveNpy(at('kept'), broken), /in the middle of it/);
    assert.deepEqual(readdirSync(folder).sort(), before);
    assert.deepEqual([...loadNpy(at('kept')).data], [1, 2]);
    assert.throws(() => saveNpy(join(folder, 'no', 'folder.npy'), array([1], [1])), /ENOENT/);
  });

  test('takes shapes of integers ≥ 0 only', () => {
    for (const shape of [[-1], [1.5], [Number.NaN], '2', null])
      assert.throws(() => createNpy(at('x'), shape as number[]), /shape must be integers ≥ 0, got /);
  });
});

test('a file of more than 2 GiB is read and written at its end', () => {
  const rows = 2 ** 28 + 5;
  const begun = createNpy(at('large'), [rows, 1]);
  begun.close();
  const file = openSync(at('large'), 'r+');
  // A hole: it takes no room on the disk.
  ftruncateSync(file, 128 + 8 * (rows - 2));
  closeSync(file);
  const rest = continueNpy(at('large'), [rows, 1], rows - 2);
  rest.write(array([1.5, 2.5], [2, 1]));
  rest.close();
  const reader = openNpy(at('large'));
  assert.deepEqual([...reader.read(rows - 3, 3).data], [0, 1.5, 2.5]);
  reader.close();
  rmSync(at('large'));
});
