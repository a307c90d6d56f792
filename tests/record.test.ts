import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import ndarray from 'ndarray';
import { record } from '../modules/display';

const RECORD = 'application/vnd.rbf.record+json';
/** Where tslab's module would be, if it were installed somewhere else. */
const TSLAB = join('/', 'elsewhere', 'node_modules', 'tslab', 'dist', 'jupyter.js');

describe('in a notebook', () => {
  const outputs: Record<string, unknown>[] = [];
  beforeEach(() => {
    outputs.length = 0;
    const lastWriteDisplayData = ({ data }: { data: Record<string, unknown> }) => outputs.push(data);
    require.cache[TSLAB] = { exports: { lastWriteDisplayData } } as unknown as NodeJS.Module;
  });
  afterEach(() => {
    delete require.cache[TSLAB];
  });
  const recorded = () => outputs.map(data => data[RECORD]);

  test('a number is handed out whole, and shown to five digits', () => {
    record('rms', 0.1 + 0.2);
    assert.deepEqual(outputs, [
      { [RECORD]: { name: 'rms', kind: 'number', value: 0.1 + 0.2 }, 'text/plain': 'rms = 0.3' },
    ]);
  });

  test('strings and booleans are handed out as they are', () => {
    record('kernel', 'Gaussian');
    record('converged', false);
    assert.deepEqual(outputs, [
      {
        [RECORD]: { name: 'kernel', kind: 'string', value: 'Gaussian' },
        'text/plain': 'kernel = Gaussian',
      },
      { [RECORD]: { name: 'converged', kind: 'boolean', value: false }, 'text/plain': 'converged = false' },
    ]);
  });

  test('what is not finite survives JSON, apart from a string of the same letters', () => {
    record('x', Number.NaN);
    record('x', [Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY]);
    record('x', 'NaN');
    assert.deepEqual(JSON.parse(JSON.stringify(recorded())), [
      { name: 'x', kind: 'number', value: 'NaN' },
      { name: 'x', kind: 'number', value: ['Infinity', 1, '-Infinity'] },
      { name: 'x', kind: 'string', value: 'NaN' },
    ]);
  });

  test('arrays, typed arrays, tensors, and strided ndarrays of any shape are handed out row by row', () => {
    const transposed = ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]).transpose(1, 0);
    const rows = [
      [1, 4],
      [2, 5],
      [3, 6],
    ];
    const tensor = tf.tensor2d(rows);
    for (const array of [rows, transposed, tensor]) record('rows', array);
    tensor.dispose();
    record('row', Float64Array.of(1, 2));
    record('cube', ndarray([1, 2, 3, 4], [2, 1, 2]));
    record('none', []);
    assert.deepEqual(
      recorded().map(data => (data as { value: unknown }).value),
      [rows, rows, rows, [1, 2], [[[1, 2]], [[3, 4]]], []],
    );
  });

  test('every finite double comes back from JSON as itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        outputs.length = 0;
        record('x', value);
        const [{ value: back }] = JSON.parse(JSON.stringify(recorded()));
        assert.equal(back, value === 0 ? 0 : value); // JSON writes −0 as 0
      }),
    );
  });

  test('an empty name, another value and a large array are refused, and nothing is shown', () => {
    const refused = (name: unknown, value: unknown, error: object) =>
      assert.throws(() => record(name as string, value as number), error);
    refused(' ', 1, { name: 'TypeError', message: 'record(name): name must be a non-empty string, got " "' });
    refused(undefined, 1, {
      name: 'TypeError',
      message: 'record(name): name must be a non-empty string, got undefined',
    });
    const kinds = 'a number, a string, a boolean or an array of numbers';
    for (const [value, got] of [
      [null, 'null'],
      [undefined, 'undefined'],
      [{ a: 1 }, '{"a":1}'],
      [['a'], '["a"]'],
      [[[1], [1, 2]], '[[1],[1,2]]'],
    ])
      refused('x', value, { name: 'TypeError', message: `record(x): value must be ${kinds}, got ${got}` });
    refused('x', new Float64Array(1001), {
      name: 'RangeError',
      message: 'record(x): value must have at most 1000 numbers, got shape [1001]',
    });
    assert.deepEqual(outputs, []);
    record('x', new Float64Array(1000));
    assert.equal(outputs.length, 1);
  });
});

test('outside a notebook a result is printed', () => {
  const log = mock.method(console, 'log', () => {});
  record('rms', 1.25e-7);
  mock.restoreAll();
  assert.deepEqual(
    log.mock.calls.map(({ arguments: args }) => args),
    [['rms = 1.25e-07']],
  );
});
