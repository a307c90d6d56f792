/**
 * What modules/tape.ts and those that use it lean on inside TensorFlow.js. If one of these fails after an upgrade,
 * its title says what is no longer so: then read the modules again before anything else.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import { type TapeNode, tapeEngine } from '../modules/tape';
import { customOp } from './support/tape';

interface Push {
  args: unknown[];
  node: TapeNode;
  depth: number;
  scopes: string[];
  scopeId?: number;
}

/** All that is pushed onto the tape while f runs. */
function pushes(f: () => tf.TensorContainer): Push[] {
  const engine = tapeEngine();
  const seen: Push[] = [];
  const original = engine.addTapeNode;
  engine.addTapeNode = (...args) => {
    original.apply(engine, args);
    const { activeTape, kernelDepth, scopeStack, activeScope } = engine.state;
    const node = (activeTape as TapeNode[]).at(-1) as TapeNode;
    const scopes = scopeStack.map(scope => scope.name);
    seen.push({ args, node, depth: kernelDepth, scopes, scopeId: activeScope?.id });
  };
  try {
    tf.dispose(f());
  } finally {
    delete (engine as Partial<typeof engine>).addTapeNode;
  }
  return seen;
}

const x = tf.tensor1d([0.5, 2]);
const gradientOf = (f: (x: tf.Tensor) => tf.Tensor) => pushes(() => tf.grad(f)(x));
const op = (seen: Push[], name: string) => seen.find(({ node }) => node.kernelName === name) as Push;

describe('TensorFlow.js', () => {
  test('is the version that the modules were written for', () => {
    assert.equal(tf.version['tfjs-core'], '4.22.0');
  });

  test('has addTapeNode, gradients and readSync as methods that the engine inherits and calls on itself', () => {
    const prototype = Object.getPrototypeOf(tapeEngine());
    for (const name of ['addTapeNode', 'gradients', 'readSync']) {
      assert.equal(
        typeof prototype[name],
        'function',
        `engine.${name} is no longer a method of its prototype`,
      );
      assert.ok(!Object.hasOwn(tapeEngine(), name), `engine.${name} is now the engine's own property`);
    }
    assert.ok(gradientOf(z => tf.square(z)).length > 0, 'runKernelFunc no longer calls this.addTapeNode');
  });

  test('takes every gradient through engine.gradients(f, xs, dy, allowNoGradients)', () => {
    const engine = tapeEngine();
    const original = engine.gradients;
    const calls: unknown[][] = [];
    engine.gradients = (...args) => {
      calls.push(args);
      return original.apply(engine, args);
    };
    try {
      const v = tf.variable(x);
      tf.dispose([
        tf.grad(z => tf.square(z))(x),
        tf.valueAndGrad(z => tf.sum(tf.square(z)))(x).grad,
        tf.valueAndGrads((...zs) => tf.sum(tf.square(zs[0])))([x]).grads,
      ]);
      tf.dispose(tf.variableGrads(() => tf.sum(tf.square(v)) as tf.Scalar, [v]).grads);
      v.dispose();
    } finally {
      delete (engine as Partial<typeof engine>).gradients;
    }
    assert.equal(calls.length, 4, 'a gradient function no longer goes through engine.gradients');
    for (const [f, xs] of calls) {
      assert.equal(typeof f, 'function');
      assert.ok(
        Array.isArray(xs) && xs[0] instanceof tf.Tensor,
        'the second argument is no longer the list of xs',
      );
    }
    assert.equal(calls[3][3], true, 'variableGrads no longer passes allowNoGradients as the fourth argument');
  });

  test('pushes nodes of id, kernelName, inputs, outputs, saved, gradient onto state.activeTape', () => {
    const { node, args } = op(
      gradientOf(z => tf.mul(z, z)),
      'Multiply',
    );
    assert.deepEqual(Object.keys(node).sort(), [
      'gradient',
      'id',
      'inputs',
      'kernelName',
      'outputs',
      'saved',
    ]);
    assert.deepEqual(args.slice(0, 3), [node.kernelName, node.inputs, node.outputs]);
    assert.deepEqual(Object.keys(node.inputs), ['a', 'b']);
    assert.equal(node.saved.length, 2);
  });

  test('asks a node for gradients with a list of dys, null where there is none, and gets a function an input', () => {
    const seen = gradientOf(z => {
      const [first] = tf.split(z, 2);
      return tf.square(first);
    });
    const { node } = op(seen, 'SplitV');
    assert.equal(node.outputs.length, 2);
    const dys: unknown[] = [];
    const asked = pushes(() =>
      tf.grad(z => {
        const [first] = tf.split(z, 2);
        const tape = tapeEngine().state.activeTape as TapeNode[];
        const split = tape.find(({ kernelName }) => kernelName === 'SplitV') as TapeNode;
        const original = split.gradient as NonNullable<TapeNode['gradient']>;
        split.gradient = given => {
          dys.push(...given);
          const result = original(given);
          assert.equal(typeof result.x, 'function', 'a gradient is no longer a function for each input');
          return result;
        };
        return tf.square(first);
      })(x),
    );
    assert.ok(asked.length > 0);
    assert.ok(dys[0] instanceof tf.Tensor && dys[1] === null, 'dys are no longer [tensor, null]');
  });

  test('records the copies that an op saves inside the kernel, the op itself outside', () => {
    const seen = gradientOf(z => tf.exp(z));
    assert.deepEqual(
      seen.map(({ depth }) => depth),
      [1, 0],
      'state.kernelDepth no longer tells a copy from an op',
    );
    const [copy, exp] = seen;
    assert.equal(
      copy.node.outputs[0],
      exp.node.saved[0],
      'a saved tensor is no longer the output of the copy',
    );
    assert.deepEqual(Object.keys(copy.node.inputs), ['x'], 'a copy no longer has the one input x');
  });

  test('still pushes the copies of outputs before the op: if not, the repair of the tape may go', () => {
    const [copy, exp] = gradientOf(z => tf.exp(z));
    assert.equal(copy.node.inputs.x, exp.node.outputs[0]);
    assert.equal(exp.node.kernelName, 'Exp');
  });

  test('names a customGrad op after the scope around it, and registered gradients go before its own', () => {
    const exp = customOp(tf.exp, tf.exp);
    const seen = gradientOf(z => tf.tidy('Named', () => exp(z)));
    assert.ok(op(seen, 'Named'), 'a customGrad op no longer takes the name of the tidy');
    const taken = () => tf.grad(z => tf.tidy('Neg', () => exp(z)))(x);
    assert.throws(
      taken,
      /input 0/,
      'a registered gradient no longer replaces that of a customGrad of its name',
    );
    tapeEngine().state.activeTape = null;
  });

  test('names its scopes forward, backward and <function>__op', () => {
    const seen = gradientOf(z => tf.norm(z));
    const { scopes } = op(seen, 'Sqrt');
    assert.deepEqual(scopes.slice(-3), ['forward', 'norm__op', 'sqrt__op']);
    const nested = pushes(() => tf.grad(z => tf.grad(y => tf.square(y))(z))(x));
    assert.ok(op(nested, 'Multiply').scopes.includes('backward'));
  });

  test('numbers scopes upwards, and a tensor carries the number of the scope that holds it', () => {
    let inner: tf.Tensor | undefined;
    const outer = tf.scalar(1);
    const custom = tf.customGrad((z, save) => {
      inner = tf.exp(z as tf.Tensor);
      (save as tf.GradSaveFunc)([inner]);
      return { value: tf.neg(inner), gradFunc: dy => dy };
    });
    const seen = gradientOf(z => tf.tidy('Named', () => custom(tf.square(z))));
    const { scopeId, node } = op(seen, 'Named');
    const made = (inner as tf.Tensor).scopeId;
    assert.ok(
      scopeId !== undefined && made > scopeId,
      'what an op makes inside no longer has a younger scope',
    );
    assert.ok(node.inputs[0].scopeId <= scopeId, 'what an op is given no longer has an older scope');
    assert.equal(outer.scopeId, undefined, 'a tensor made outside of all scopes now has one');
  });

  test('drops the tape at the end of the outermost gradient', () => {
    tf.dispose(tf.grad(z => tf.square(z))(x));
    assert.equal(tapeEngine().state.activeTape, null);
    assert.equal(tapeEngine().state.gradientDepth, 0);
  });

  test('names the losses and the saved values that the mended cross entropy reads', () => {
    const labels = tf.tensor2d([[1, 0]]);
    const seen = pushes(() =>
      tf.grad(z => tf.losses.softmaxCrossEntropy(labels, z))(tf.tensor2d([[0.3, 0.1]])),
    );
    const { node } = op(seen, 'softmaxCrossEntropy__op');
    assert.deepEqual([Object.keys(node.inputs), node.saved.length], [['0', '1'], 2]);
  });
});
