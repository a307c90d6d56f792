/** The training loop: it minimizes, stops when it is told to, says what went wrong, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-node';
import { laplacian as laplacianOf } from '../modules/autodiff';
import { detectAnomaly } from '../modules/detect_anomaly';
import { apply, laplacian, partial } from '../modules/differential_operators';
import { RbfFreeAll } from '../modules/nn_rbf';
import { gaussianKernel } from '../modules/notable_kernels';
import { type Training, train } from '../modules/training';
import { errorOf, Kernel, textOf } from './support/kernel_client';

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  assert.equal(tf.memory().numTensors, before, 'tensors');
});

const variable = (value: number) => tf.tidy(() => tf.variable(tf.scalar(value)));

/** A layer, and what frees it. */
function network(seed = 1, inputDim = 1, numCenters = 5) {
  const layer = new RbfFreeAll({ inputDim, numCenters, kernel: gaussianKernel, startingShape: 2, seed });
  return { layer, free: () => layer.weights.forEach(weight => void weight.dispose()) };
}

/** u″ = 2 on [0, 1], u = ¼ at both ends. */
function odeOf(layer: RbfFreeAll) {
  const [x, ends] = [tf.tensor2d(Array.from({ length: 20 }, (_, i) => [i / 19])), tf.tensor2d([[0], [1]])];
  const residuals = () => ({
    equation: apply(partial([2]), gaussianKernel(layer.getShapes()))(x, layer.getCenters())
      .matMul(layer.getCoefs())
      .sub(2),
    ends: (layer.apply(ends) as tf.Tensor).sub(0.25),
  });
  return { residuals, free: () => tf.dispose([x, ends]) };
}

/** A variable a, and the loss (a − 3)². */
function parabola() {
  const a = variable(0);
  return { a, loss: () => a.sub(3).square().asScalar() };
}

describe('it trains', () => {
  test('a residual of a differential equation by closed derivatives, to a hundredth of the loss', async () => {
    const { layer, free } = network();
    const ode = odeOf(layer);
    const { losses, terms, epochs, stopped } = await train({
      layer,
      residuals: ode.residuals,
      learningRate: 0.05,
      epochs: 400,
    });
    assert.equal(epochs, 400);
    assert.equal(stopped, 'epochs');
    assert.equal(losses.length, 400);
    assert.ok(losses[399] < 1e-2 * losses[0], `${losses[0]} to ${losses[399]}`);
    assert.ok(
      Math.abs(terms.equation[7] + terms.ends[7] - losses[7]) < 1e-5 * losses[7],
      'the loss is the sum of the terms',
    );
    ode.free();
    free();
  });

  test('a loss with nested automatic derivatives is the loss with closed ones', async () => {
    const x = tf.randomUniform([30, 2], 0, 1, 'float32', 5) as tf.Tensor2D;
    const run = async (laplace: (layer: RbfFreeAll) => tf.Tensor) => {
      const { layer, free } = network(3, 2, 6);
      const { losses } = await train({
        layer,
        loss: () => laplace(layer).add(1).square().mean().asScalar(),
        epochs: 20,
        learningRate: 0.01,
      });
      free();
      return losses;
    };
    const closed = await run(layer =>
      apply(laplacian, gaussianKernel(layer.getShapes()))(x, layer.getCenters())
        .matMul(layer.getCoefs())
        .squeeze(),
    );
    const automatic = await run(layer =>
      laplacianOf((p: tf.Tensor2D) => layer.apply(p) as tf.Tensor)(x).squeeze(),
    );
    for (const [i, loss] of closed.entries())
      assert.ok(Math.abs(loss - automatic[i]) < 1e-4 * closed[0], `${i}: ${loss}, ${automatic[i]}`);
    assert.ok(closed[19] < closed[0]);
    tf.dispose(x);
  });

  test('two runs from the same seed have the same losses, bit for bit', async () => {
    const run = async () => {
      const { layer, free } = network(7);
      const ode = odeOf(layer);
      const { losses } = await train({ layer, residuals: ode.residuals, epochs: 40 });
      ode.free();
      free();
      return losses;
    };
    assert.deepEqual(await run(), await run());
  });

  test('so have two runs of a size that several threads share', async () => {
    const x = tf.randomUniform([2000, 2], 0, 1, 'float32', 9) as tf.Tensor2D;
    const run = async () => {
      const { layer, free } = network(4, 2, 200);
      const residuals = () => ({
        equation: apply(laplacian, gaussianKernel(layer.getShapes()))(x, layer.getCenters())
          .matMul(layer.getCoefs())
          .add(1),
      });
      const { losses } = await train({ layer, residuals, epochs: 5 });
      free();
      return losses;
    };
    assert.deepEqual(await run(), await run());
    tf.dispose(x);
  });

  test('residuals count by their weights', async () => {
    const [a, b] = [variable(0), variable(0)];
    const residuals = () => ({ first: a.sub(1), second: b.sub(1) });
    const { losses } = await train({ variables: [a, b], residuals, weights: { second: 0.25 }, epochs: 1 });
    assert.deepEqual(losses, [1.25]);
    tf.dispose([a, b]);
  });

  test('only what is trainable moves', async () => {
    const { layer, free } = network();
    const still = tf.tidy(() => tf.variable(tf.scalar(5), false));
    layer.trainable = true;
    const { a, loss } = parabola();
    await train({ variables: [a], loss: () => loss().add(still.mul(0)).asScalar(), epochs: 5 });
    assert.equal(still.dataSync()[0], 5);
    assert.ok(a.dataSync()[0] > 0);
    tf.dispose([still, a]);
    free();
  });

  test('an optimizer of one’s own goes on where it was', async () => {
    const run = async (parts: number[]) => {
      const { a, loss } = parabola();
      const optimizer = tf.train.adam(0.1);
      for (const epochs of parts) await train({ variables: [a], loss, optimizer, epochs });
      const value = a.dataSync()[0];
      optimizer.dispose();
      tf.dispose(a);
      return value;
    };
    assert.equal(await run([10, 10]), await run([20]));
  });
});

describe('it stops', () => {
  for (const [name, options, stopped] of [
    ['at the tolerance', { tolerance: 0.5 }, 'tolerance'],
    ['when onEpoch says false', { onEpoch: (epoch: number) => epoch < 7 }, 'onEpoch'],
    ['at the last epoch', {}, 'epochs'],
  ] as const)
    test(name, async () => {
      const { a, loss } = parabola();
      const history = await train({ variables: [a], loss, epochs: 300, learningRate: 0.1, ...options });
      assert.equal(history.stopped, stopped);
      if (stopped === 'tolerance')
        assert.ok((history.losses.at(-1) as number) <= 0.5 && (history.losses.at(-2) as number) > 0.5);
      if (stopped === 'onEpoch') assert.equal(history.epochs, 7);
      tf.dispose(a);
    });

  test('after so many epochs without a smaller loss, with the best values if so asked', async () => {
    const a = variable(0);
    const optimizer = tf.train.sgd(1);
    // Steps of 2 go past the minimum at 0.5 and to and fro.
    const history = await train({
      variables: [a],
      loss: () => a.sub(0.5).square().asScalar(),
      optimizer,
      epochs: 100,
      patience: 4,
      restoreBest: true,
    });
    assert.equal(history.stopped, 'patience');
    assert.equal(history.epochs, history.best.epoch + 4);
    assert.equal((a.dataSync()[0] - 0.5) ** 2, history.best.loss);
    optimizer.dispose();
    tf.dispose(a);
  });

  test('it gives the event loop its turn: a timer fires while it runs', async () => {
    const { a, loss } = parabola();
    let fired = 0;
    const timer = setInterval(() => fired++, 20);
    await train({ variables: [a], loss, epochs: 1000, learningRate: 1e-4 });
    clearInterval(timer);
    assert.ok(fired >= 3, `${fired} times`);
    tf.dispose(a);
  });
});

describe('in a notebook', () => {
  test('an interrupt ends it, with no progress bar too, and the next cell trains again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'training-test-'));
    symlinkSync(join(__dirname, '..', 'modules'), join(folder, 'modules'));
    const kernel = await Kernel.start(folder);
    try {
      const begun = await kernel.run(`import * as tf from '@tensorflow/tfjs-node';
import { train } from './modules/training';
let updates = 0;
const a = tf.variable(tf.scalar(0));
const options = { variables: [a], loss: () => a.sub(3).square(), onEpoch: () => void updates++ };
console.log((await train({ ...options, epochs: 2 })).epochs);`);
      assert.equal(textOf(begun), '2\n', JSON.stringify(begun.iopub));
      for (const label of ['', ", label: 'fit'"]) {
        const cell = `await train({ ...options, epochs: 1e8${label} });`;
        assert.equal(errorOf(await kernel.run(cell, { interrupt_after: 2 })).ename, 'Interrupted');
        const made = Number(textOf(await kernel.run('updates')));
        await sleep(300);
        assert.ok(made > 2);
        assert.equal(Number(textOf(await kernel.run('updates'))), made, 'it goes on behind');
      }
      // A step that was broken off in the middle would leave the tape of tfjs open.
      const again = await kernel.run('console.log((await train({ ...options, epochs: 3 })).losses.length);');
      assert.equal(textOf(again), '3\n', JSON.stringify(again.iopub));
    } finally {
      await kernel.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what goes wrong is said', () => {
  test('a loss that becomes NaN: the epoch, the residual, and how to find the op; detectAnomaly finds it', async () => {
    const a = variable(1);
    const residuals = () => ({ fine: a, root: a.sub(0.95).sqrt() });
    const options = { variables: [a], residuals, learningRate: 0.1, epochs: 10 };
    await assert.rejects(
      train(options),
      /train\(\{ … \}\): the loss is NaN at epoch 1, after .*It comes from the residual root\..*detectAnomaly.*try a smaller learningRate/s,
    );
    const edge = tf.scalar(0.95);
    a.assign(edge);
    edge.dispose();
    await assert.rejects(
      detectAnomaly(() => train({ ...options, residuals: () => ({ root: a.sub(0.95).sqrt() }) })),
      /Sqrt/,
    );
    tf.dispose(a);
  });

  test('a gradient that is infinite though the loss is not', async () => {
    const a = variable(0);
    await assert.rejects(
      train({ variables: [a], loss: () => a.sqrt().asScalar(), epochs: 5 }),
      /the loss is NaN at epoch 1.*made .* so: a gradient was not finite/s,
    );
    tf.dispose(a);
  });

  test('a loss that throws leaves no tensor', async () => {
    const { a, loss } = parabola();
    let calls = 0;
    const failing = () => {
      if (++calls === 3) throw new Error('in the loss');
      return loss();
    };
    await assert.rejects(train({ variables: [a], loss: failing, epochs: 10 }), /in the loss/);
    tf.dispose(a);
  });

  const a = variable(0);
  const loss = () => a.square().asScalar();
  const wrong: [string, Partial<Training>, RegExp][] = [
    ['nothing to train', { variables: [] }, /nothing to train/],
    ['no loss', { loss: undefined }, /needs a loss or residuals, got neither/],
    ['both', { residuals: () => ({ a }) }, /needs a loss or residuals, got both/],
    ['no epochs', { epochs: 0 }, /epochs must be a positive integer, got 0/],
    ['a learning rate of 0', { learningRate: 0 }, /learningRate must be a positive finite number, got 0/],
    [
      'a learning rate beside an optimizer',
      { learningRate: 1, optimizer: tf.train.sgd(1) },
      /learningRate is of Adam/,
    ],
    [
      'a loss that is a vector',
      { loss: () => tf.ones([2]) },
      /loss must give one float32 number as a tensor, got float32 \[2\]/,
    ],
    [
      'a loss that is a number',
      { loss: () => 1 as never },
      /loss must give one float32 number as a tensor, got number/,
    ],
    [
      'weights of residuals that are not there',
      { loss: undefined, residuals: () => ({ a: a.add(1) }), weights: { b: 1 } },
      /weights has b, which is none of the residuals a/,
    ],
    [
      'a tensor for variables',
      { variables: [tf.keep(tf.scalar(1)) as never] },
      /variables must be trainable ones made by tf\.variable/,
    ],
  ];
  for (const [name, change, message] of wrong)
    test(name, async () => {
      await assert.rejects(
        train({ variables: [a], loss, epochs: 3, ...change }),
        error =>
          error instanceof Error && error.message.startsWith('train({ … }): ') && message.test(error.message),
      );
    });
});
