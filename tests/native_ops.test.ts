/** TensorFlow's float64 ops through tfjs-node's binding: what we lean on, and that every handle is freed. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import ndarray from 'ndarray';
import * as f64 from '../modules/float64';
import { execute, FLOAT } from '../modules/native_binding';
import {
  block,
  borrow,
  concat,
  download,
  elementwise,
  type F64,
  free,
  fromArray,
  handOver,
  linearAlgebra,
  matMul,
  type Native,
  nativeCount,
  nativeScope,
  reduce,
  scalar,
  select,
  toArray,
  transpose,
  upload,
  valuesOf,
} from '../modules/native_ops';

const array = (values: number[], shape: number[]): F64 => ndarray(Float64Array.from(values), shape);
/** The identity with this as its last diagonal element. */
function diagonal(n: number, last: number): F64 {
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + i] = i < n - 1 ? 1 : last;
  return ndarray(values, [n, n]);
}
const run = (f: () => Native) => [...nativeScope(() => download(f()))];

afterEach(() => {
  assert.equal(nativeCount(), 0);
});

describe('the binding of tfjs-node is what native_binding.ts takes it for', () => {
  const { binding } = tf.backend() as unknown as { binding: Record<string, unknown> };
  const changed = (what: string) =>
    `tfjs-node's binding has changed: ${what}. Look at modules/native_binding.ts.`;
  const call = (name: string, ...args: unknown[]) =>
    (binding[name] as (...args: unknown[]) => unknown)(...args);

  test('it has the functions and the constants', () => {
    for (const name of [
      'createTensor',
      'deleteTensor',
      'tensorDataSync',
      'executeOp',
      'loadSavedModel',
      'runSavedModel',
      'deleteSavedModel',
    ])
      assert.equal(typeof binding[name], 'function', changed(`${name} is no function`));
    for (const name of ['TF_ATTR_TYPE', 'TF_ATTR_BOOL', 'TF_ATTR_INT'])
      assert.equal(typeof binding[name], 'number', changed(`${name} is no number`));
    assert.equal(binding.TF_INT32, 3, changed('int32 is no longer type 3'));
  });
  test('createTensor takes a shape, a type and a view of bytes, and returns a number', () => {
    const words = Int32Array.of(9, 1, 2, 3).subarray(1);
    const id = call('createTensor', [3], 3, words);
    assert.equal(typeof id, 'number', changed('createTensor returns no number'));
    const back = call('tensorDataSync', id) as Int32Array;
    assert.ok(back instanceof Int32Array, changed('tensorDataSync gives no Int32Array for int32'));
    assert.deepEqual([...back], [1, 2, 3], changed('createTensor does not heed where a view begins'));
    call('deleteTensor', id);
    assert.throws(() => call('tensorDataSync', id), changed('a deleted tensor is still there'));
  });
  test('executeOp takes a name, attributes, ids and a count, and returns ids with shapes', () => {
    const id = call('createTensor', [2, 2], 3, Int32Array.of(0, 0x3ff00000, 0, 0x40000000));
    const attributes = [
      { name: 'T', type: binding.TF_ATTR_TYPE, value: 3 },
      { name: 'type', type: binding.TF_ATTR_TYPE, value: 2 },
    ];
    const made = call('executeOp', 'Bitcast', attributes, [id], 1) as { id: number; shape: number[] }[];
    assert.equal(made.length, 1, changed('executeOp gives no list of as many outputs as asked for'));
    assert.deepEqual(
      made[0].shape,
      [2],
      changed('outputs have no shape, or Bitcast no longer makes doubles of pairs'),
    );
    call('deleteTensor', made[0].id);
    call('deleteTensor', id);
    assert.throws(
      () => call('executeOp', 'NoSuchOp', [], [], 1),
      changed('an op that does not exist is no error'),
    );
  });
  test('a tensor of tfjs lends its handle, and a handle of float32 becomes a tensor of tfjs', () => {
    assert.equal(binding.TF_FLOAT, FLOAT, changed('float32 is no longer type 1'));
    const t = tf.tensor1d([1, 2, 3]);
    const before = tf.memory().numTensors;
    const twice = nativeScope(() => {
      const lent = borrow(t);
      assert.deepEqual(lent.shape, [3]);
      const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE as number, value: FLOAT }];
      return handOver(execute('AddV2', attributes, [lent, lent])[0]);
    });
    assert.deepEqual([...twice.dataSync()], [2, 4, 6], changed('getInputTensorIds or createOutputTensor'));
    assert.deepEqual([...t.dataSync()], [1, 2, 3], changed('a handle that was lent is gone'));
    assert.equal(tf.memory().numTensors, before + 1);
    tf.dispose([t, twice]);
  });
  test('tensors of tfjs and ours do not mix their ids', () => {
    const t = tf.tensor1d([1, 2, 3]);
    nativeScope(() => scalar(1));
    assert.deepEqual([...t.add(1).dataSync()], [2, 3, 4], changed('deleteTensor took a tensor of tfjs'));
    t.dispose();
  });
});

describe('doubles go in and come out to the bit', () => {
  test('any double, any shape', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 20 }), values => {
        const back = nativeScope(() => download(upload(Float64Array.from(values), [1, values.length])));
        assert.deepEqual(back, Float64Array.from(values));
      }),
    );
    assert.deepEqual(
      run(() => scalar(Math.PI)),
      [Math.PI],
    );
    assert.deepEqual(
      run(() => upload(new Float64Array(0), [0, 3])),
      [],
    );
    assert.deepEqual(
      run(() => scalar(5e-324)),
      [5e-324],
    );
  });
  test('a part of a larger buffer', () => {
    assert.deepEqual(
      run(() => upload(Float64Array.of(9, 1, 2, 9).subarray(1, 3), [2])),
      [1, 2],
    );
  });
});

describe('valuesOf is row-major, whatever the strides', () => {
  const a = array([0, 1, 2, 3, 4, 5], [2, 3]);
  test('transposed, stepped, reversed, cut out, sliced, without an axis', () => {
    assert.deepEqual([...valuesOf(a.transpose(1, 0))], [0, 3, 1, 4, 2, 5]);
    assert.deepEqual([...valuesOf(a.step(1, 2))], [0, 2, 3, 5]);
    assert.deepEqual([...valuesOf(a.step(-1, -1))], [5, 4, 3, 2, 1, 0]);
    assert.deepEqual([...valuesOf(a.lo(1, 1))], [4, 5]);
    assert.deepEqual([...valuesOf(a.hi(2, 2))], [0, 1, 3, 4]);
    assert.deepEqual([...valuesOf(a.pick(-1, 1) as F64)], [1, 4]);
    assert.deepEqual([...valuesOf(a.pick(1, -1) as F64)], [3, 4, 5]);
    assert.deepEqual([...valuesOf(array([7], []))], [7]);
    assert.deepEqual([...valuesOf(array([], [0, 3]))], []);
  });
  test('is a view where the order is that already, and agrees with get', () => {
    assert.equal(valuesOf(a).buffer, a.data.buffer);
    const size = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(size, size, size, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (n, p, q, axes) => {
        const plain = array(
          Array.from({ length: n * p * q }, (_, i) => i),
          [n, p, q],
        );
        const b = plain.transpose(...axes).step(-1, 1, 1);
        const expected: number[] = [];
        for (let i = 0; i < b.shape[0]; i++)
          for (let j = 0; j < b.shape[1]; j++)
            for (let k = 0; k < b.shape[2]; k++) expected.push(b.get(i, j, k));
        assert.deepEqual([...valuesOf(b)], expected);
      }),
    );
  });
});

describe('ops', () => {
  const a = array([1, 2, 3, 4, 5, 6], [2, 3]);
  test('elementwise, broadcasting', () => {
    assert.deepEqual(
      run(() => elementwise('Mul', fromArray(a), fromArray(array([1, 10, 100], [3])))),
      [1, 20, 300, 4, 50, 600],
    );
    assert.deepEqual(
      run(() => elementwise('Neg', fromArray(a))),
      [-1, -2, -3, -4, -5, -6],
    );
  });
  test('matMul, with either factor transposed', () => {
    const b = array([1, 0, 2, 0, 1, 1], [2, 3]);
    assert.deepEqual(
      run(() => matMul(fromArray(a), fromArray(b), false, true)),
      [7, 5, 16, 11],
    );
    assert.deepEqual(
      run(() => matMul(fromArray(a), fromArray(b), true, false)),
      [1, 4, 6, 2, 5, 9, 3, 6, 12],
    );
  });
  test('transpose', () => {
    const { shape, data } = nativeScope(() => toArray(transpose(fromArray(a))));
    assert.deepEqual(
      [shape, [...data]],
      [
        [3, 2],
        [1, 4, 2, 5, 3, 6],
      ],
    );
  });
  test('block and concat', () => {
    assert.deepEqual(
      run(() => block(fromArray(a), 1, 1, 1, 2)),
      [5, 6],
    );
    assert.deepEqual(
      run(() => concat([fromArray(a), fromArray(a)], 1)),
      [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6],
    );
    assert.deepEqual(
      run(() => concat([fromArray(a), fromArray(a)], 0)),
      [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6],
    );
  });
  test('reduce, over one axis, all and none', () => {
    assert.deepEqual(
      run(() => reduce('Sum', fromArray(a), [0])),
      [5, 7, 9],
    );
    assert.deepEqual(
      run(() => reduce('Max', fromArray(a), [1])),
      [3, 6],
    );
    assert.deepEqual(
      run(() => reduce('Prod', fromArray(a), [0, 1])),
      [720],
    );
    assert.deepEqual(
      run(() => reduce('Sum', scalar(3), [])),
      [3],
    );
  });
  test('select, by each comparison', () => {
    const choose = (comparison: string) =>
      run(() => select(comparison, fromArray(a), scalar(3), scalar(0), fromArray(a)));
    assert.deepEqual(choose('Less'), [0, 0, 3, 4, 5, 6]);
    assert.deepEqual(choose('Equal'), [1, 2, 0, 4, 5, 6]);
    assert.deepEqual(choose('Greater'), [1, 2, 3, 0, 0, 0]);
  });
  test('linearAlgebra, with several outputs', () => {
    const [values, vectors] = nativeScope(() =>
      linearAlgebra('SelfAdjointEigV2', [fromArray(array([2, 0, 0, 3], [2, 2]))], { compute_v: true }, 2).map(
        toArray,
      ),
    );
    assert.deepEqual([...values.data], [2, 3]);
    assert.deepEqual(vectors.shape, [2, 2]);
  });
});

/** Runs f and returns which ids the binding made in it, and which it was told to delete. */
function handles(f: () => void): { made: number[]; deleted: number[] } {
  const backend = tf.backend() as unknown as { binding: Record<string, (...args: unknown[]) => unknown> };
  const [made, deleted]: number[][] = [[], []];
  const { binding } = backend;
  const { createTensor, executeOp, deleteTensor } = binding;
  // The binding itself is read-only.
  backend.binding = Object.create(binding, {
    createTensor: {
      value: (...args: unknown[]) => {
        const id = createTensor(...args) as number;
        made.push(id);
        return id;
      },
    },
    executeOp: {
      value: (...args: unknown[]) => {
        const outputs = executeOp(...args) as { id: number }[];
        made.push(...outputs.map(o => o.id));
        return outputs;
      },
    },
    deleteTensor: {
      value: (id: number) => {
        deleted.push(id);
        return deleteTensor(id);
      },
    },
  });
  try {
    f();
  } finally {
    backend.binding = binding;
  }
  const ascending = (ids: number[]) => ids.sort((a, b) => a - b);
  return { made: ascending(made), deleted: ascending(deleted) };
}

describe('every handle is freed', () => {
  const bad = array([1, 2, 2, 1], [2, 2]);
  const good = array([2, 1, 1, 2], [2, 2]);
  const b = array([1, 2], [2]);
  const calls: [string, () => unknown][] = [
    ['elementwise', () => f64.add(good, 1)],
    ['a reduction', () => f64.sum(good, 0)],
    ['matMul', () => f64.matMul(good, bad)],
    ['solve', () => f64.solve(bad, b)],
    ['solveSymmetric', () => f64.solveSymmetric(good, b)],
    ['eigenSymmetric', () => f64.eigenSymmetric(bad)],
    ['svd', () => f64.svd(bad)],
    ['conditionNumber', () => f64.conditionNumber(bad)],
    ['a blocked Cholesky', () => f64.cholesky(diagonal(400, 1))],
    ['a Cholesky that fails in its last block', () => assert.throws(() => f64.cholesky(diagonal(400, -1)))],
    ['a singular solve', () => assert.throws(() => f64.solve(array([0, 0, 0, 0], [2, 2]), b))],
    ['shapes that do not fit', () => assert.throws(() => f64.add(good, array([1, 2, 3], [3])))],
    ['an array that is none', () => assert.throws(() => f64.multiply(good, {} as never))],
    [
      'an op that throws in a scope',
      () => assert.throws(() => nativeScope(() => matMul(scalar(1), scalar(2)))),
    ],
    ['an op outside every scope', () => assert.throws(() => scalar(1))],
  ];
  for (const [name, call] of calls)
    test(`by ${name}: the binding is told to delete what it made, each once`, () => {
      const { made, deleted } = handles(call);
      assert.ok(made.length > 0);
      assert.deepEqual(deleted, made);
    });
  const count = () => tf.memory().numTensors;
  test('at the end of its scope', () => {
    const before = count();
    let inside = 0;
    nativeScope(() => {
      elementwise('Exp', scalar(1));
      inside = nativeCount();
    });
    assert.equal(inside, 2);
    assert.equal(count(), before);
  });
  test('when something throws, in TensorFlow or in the caller, at any depth', () => {
    const wrong = () => matMul(scalar(1), scalar(2));
    assert.throws(() => nativeScope(wrong));
    assert.equal(nativeCount(), 0);
    assert.throws(() => nativeScope(() => [scalar(1), nativeScope(() => [scalar(2), wrong()])]));
    assert.equal(nativeCount(), 0);
    assert.throws(
      () =>
        nativeScope(() => {
          scalar(1);
          throw new Error('mine');
        }),
      /^Error: mine$/,
    );
  });
  test('an inner scope’s result belongs to the outer one', () => {
    nativeScope(() => {
      const kept = nativeScope(() => elementwise('Exp', scalar(0)));
      assert.equal(nativeCount(), 1);
      assert.deepEqual([...download(kept)], [1]);
    });
  });
  test('early, by free', () => {
    nativeScope(() => {
      const a = scalar(1);
      const b = nativeScope(() => {
        free(a);
        return scalar(2);
      });
      assert.equal(nativeCount(), 1);
      assert.throws(() => elementwise('AddV2', a, b));
    });
  });
  test('outside every scope nothing is made, and it says so', () => {
    assert.throws(() => scalar(1), {
      message: 'native float64 ops run inside nativeScope(() => …) only, which frees them',
    });
  });
});
