import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import { hookTape, isTapeHooked, type TapeNode, tapeEngine, unhookTape } from '../modules/tape';
import { customOp, leaked } from './support/tape';

const x = tf.tensor1d([0.5, 2]);
const HOOKED = ['addTapeNode', 'gradients'];
const ownHooks = () => HOOKED.filter(name => Object.hasOwn(tapeEngine(), name));

/** The names of the nodes that f pushes while its gradient is taken, without the copies that ops save. */
function recordedNames(f: (x: tf.Tensor) => tf.Tensor): string[] {
  const names: string[] = [];
  const recorded = ({ kernelName }: TapeNode) => {
    if (tapeEngine().state.kernelDepth === 0) names.push(kernelName);
  };
  hookTape('test', { recorded });
  tf.dispose(tf.grad(f)(x));
  return names;
}

afterEach(() => unhookTape('test'));

describe('a hook', () => {
  test('sees each op once, by the name of its kernel', () => {
    assert.deepEqual(
      recordedNames(z => tf.sum(tf.sqrt(tf.square(z)))),
      ['Square', 'Sqrt', 'Sum'],
    );
  });

  test('sees a customGrad op by the name of the tidy around it', () => {
    const op = customOp(tf.exp, tf.exp);
    assert.deepEqual(
      recordedNames(z => tf.tidy('Matern52', () => op(z))),
      ['Matern52'],
    );
  });

  test('sees the node that is on the tape, with its gradient', () => {
    const nodes: TapeNode[] = [];
    hookTape('test', {
      recorded: (node, tape) => {
        assert.equal(tape.at(-1), node);
        nodes.push(node);
      },
    });
    tf.dispose(tf.grad(z => tf.square(z))(x));
    assert.equal(typeof nodes.at(-1)?.gradient, 'function');
  });

  test('goes around each gradient, and may throw its own error in place of the result', () => {
    let rounds = 0;
    hookTape('test', {
      recorded: () => undefined,
      around: run => {
        const result = run();
        rounds++;
        if (rounds === 3) throw new Error('mine');
        return result;
      },
    });
    tf.dispose(tf.grad(z => tf.grad(y => tf.square(tf.square(y)))(z))(x));
    assert.equal(rounds, 2);
    const square = () => tf.grad(z => tf.square(z))(x);
    assert.throws(square, /mine/);
    rounds = 2;
    assert.equal(leaked(square), 0);
  });

  test('replaces the one of its name: no node is seen twice', () => {
    let first = 0;
    hookTape('test', { recorded: () => first++ });
    const names = recordedNames(z => tf.square(z));
    assert.deepEqual([first, names], [0, ['Square']]);
  });

  test('is replaced, not stacked, by a second load of the module', () => {
    let first = 0;
    hookTape('test', { recorded: () => first++ });
    const path = require.resolve('../modules/tape');
    const loaded = require.cache[path];
    delete require.cache[path];
    const second: typeof import('../modules/tape') = require(path);
    require.cache[path] = loaded;
    assert.notEqual(second.hookTape, hookTape);
    assert.equal(second.isTapeHooked('test'), true);
    let seen = 0;
    second.hookTape('test', { recorded: () => seen++ });
    tf.dispose(tf.grad(z => tf.neg(z))(x));
    assert.deepEqual([first, seen], [0, 1]);
    second.unhookTape('test');
    assert.equal(isTapeHooked('test'), false);
    assert.deepEqual(ownHooks(), []);
  });
});

test('without a hook the engine is as TensorFlow.js made it', () => {
  assert.deepEqual(ownHooks(), []);
  hookTape('test', { recorded: () => undefined });
  hookTape('other', { recorded: () => undefined });
  assert.deepEqual(ownHooks(), HOOKED);
  unhookTape('other');
  assert.deepEqual(ownHooks(), HOOKED);
  unhookTape('test');
  assert.deepEqual(ownHooks(), []);
});

describe('an error in a gradient', () => {
  const fail = (): tf.Tensor => {
    throw new Error('no');
  };
  const failsBackward = tf.customGrad(z => ({ value: tf.exp(z as tf.Tensor), gradFunc: fail }));
  const failures: [string, () => tf.TensorContainer][] = [
    ['in f', () => tf.grad(z => tf.add(tf.exp(z), fail()))(x)],
    ['in the backward pass', () => tf.grad(z => failsBackward(tf.square(z)))(x)],
    ['in an inner f', () => tf.grad(z => tf.grad(y => tf.add(tf.exp(y), fail()))(tf.exp(z)))(x)],
    ['in an inner backward pass', () => tf.grad(z => tf.grad(y => failsBackward(tf.exp(y)))(tf.exp(z)))(x)],
    ['in valueAndGrad, outside of tf.tidy', () => tf.valueAndGrad(z => failsBackward(tf.square(z)))(x).grad],
  ];
  for (const [where, failing] of failures) {
    test(`${where} leaves no tensor behind, where TensorFlow.js leaves some`, () => {
      assert.ok(leaked(failing) > 0, 'TensorFlow.js itself no longer leaks');
      tapeEngine().state.activeTape = null;
      hookTape('test', { recorded: () => undefined });
      assert.equal(leaked(failing), 0);
      const { activeTape, gradientDepth } = tapeEngine().state;
      assert.deepEqual([activeTape, gradientDepth], [null, 0]);
    });
  }

  test('that an outer f catches does not harm the outer gradient', () => {
    hookTape('test', { recorded: () => undefined });
    const f = (z: tf.Tensor) => {
      const y = tf.square(z);
      try {
        return tf.grad(failsBackward)(y);
      } catch {
        return tf.square(y);
      }
    };
    const result = tf.grad(f)(x);
    assert.deepEqual(Array.from(result.dataSync()), [0.5, 32]);
    result.dispose();
    assert.equal(
      leaked(() => tf.grad(f)(x)),
      0,
    );
  });
});

test('a gradient may be taken inside the backward pass of another, where TensorFlow.js loses the tape', () => {
  const cube = (z: tf.Tensor) => tf.mul(z, tf.square(z));
  const op = customOp(cube, z => tf.grad(cube)(z));
  const f = (z: tf.Tensor) => op(tf.square(z));
  assert.throws(() => tf.grad(f)(x));
  tapeEngine().state.activeTape = null;
  hookTape('test', { recorded: () => undefined });
  assert.equal(
    leaked(() => tf.grad(f)(x)),
    0,
  );
  assert.deepEqual(Array.from(tf.grad(f)(x).dataSync()), [6 * 0.5 ** 5, 6 * 2 ** 5]);
});
