/** Nothing lies: each gradient of the registry is right to third order, or throws. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import { grad, repairGradients } from '../modules/autodiff';
import { byDifferences, type Grad, type Order, onTape } from './support/derivatives';
import { type GradientCase, size, spread } from './support/gradient_case';
import { GRADIENT_CASES } from './support/gradient_cases';
import { worstFailure } from './support/tolerances';

const ORDERS: Order[] = [1, 2, 3];

/** What became of a derivative; `wrong` says how far it is off. */
type Outcome = { right: true } | { wrong: string } | { thrown: Error };

const RIGHT: Outcome = { right: true };

function outcome(c: GradientCase, order: Order, composed: boolean, gradient: Grad): Outcome {
  let actual: number[];
  try {
    actual = onTape(tapeFunction(c, composed), c.values, order, gradient);
  } catch (error) {
    return { thrown: error as Error };
  }
  const failure = worstFailure(actual, byDifferences(plainFunction(c, composed), c.values, order));
  return failure === undefined ? RIGHT : { wrong: failure };
}

// The derivatives are those of Σ W·p(y) of the op's outputs y, with p(y) = y + y²/2 + y³/6 if `composed`, so that
// what flows back into a linear op depends on x too, and p(y) = y if not.

function plainFunction({ shapes, plain }: GradientCase, composed: boolean) {
  return (x: number[]) => {
    const y = plain(...split(shapes, (start, n) => x.slice(start, start + n)));
    const weights = spread(y.length, 3);
    return y.reduce((sum, v, i) => sum + weights[i] * (composed ? v + v ** 2 / 2 + v ** 3 / 6 : v), 0);
  };
}

function tapeFunction({ shapes, tape }: GradientCase, composed: boolean) {
  return (x: tf.Tensor) => {
    const y = tape(...split(shapes, (start, n, shape) => tf.reshape(tf.slice(x, [start], [n]), shape)));
    const square = tf.mul(y, y);
    const p = composed ? tf.addN([y, tf.div(square, 2), tf.div(tf.mul(square, y), 6)]) : y;
    return tf.sum(tf.mul(p, tf.tensor(spread(y.size, 3), y.shape)));
  };
}

function split<T>(shapes: number[][], take: (start: number, n: number, shape: number[]) => T): T[] {
  let start = 0;
  return shapes.map(shape => {
    start += size(shape);
    return take(start - size(shape), size(shape), shape);
  });
}

/** Ops that TensorFlow.js has silently wrong at some order. */
const LYING =
  'Cast Cumsum Erf Exp Expm1 FloorDiv LogSoftmax Max Min MirrorPad Pow Sigmoid Softmax Softplus Tanh softmaxCrossEntropy';

/** Ops that it has wrong or throws for at some order, and the repair makes right. */
const MENDED =
  'ArgMax ArgMin Cast ClipByValue Cumsum Elu EluGrad Erf Exp Expm1 FloorDiv GreaterEqual LeakyRelu LogSoftmax Max Maximum ' +
  'Min Minimum MirrorPad OneHot Pack Pow Prelu Prod Relu6 Select Selu Sigmoid Softmax Softplus SplitV SquaredDifference ' +
  'Tanh Unpack softmaxCrossEntropy';

const nameOf = ({ op, title }: GradientCase) => (title === '' ? op : `${op}, ${title}`);
const say = (result: Outcome) =>
  'thrown' in result ? `throws ${result.thrown.message}` : JSON.stringify(result);

// What TensorFlow.js says by itself must be asked before the repair, which lasts.
const unrepaired = new Map(
  GRADIENT_CASES.map(c => [c, ORDERS.map(order => outcome(c, order, true, tf.grad))]),
);
repairGradients();

describe('each gradient of the registry', () => {
  for (const c of GRADIENT_CASES) {
    const { throwsFrom = 4, error = /gradient|registered/ } = c;
    const claim =
      throwsFrom === 4 ? 'right to third order' : `throws from order ${throwsFrom} on, right below`;
    test(`${nameOf(c)}: ${claim}`, () => {
      for (const order of ORDERS) {
        const result = outcome(c, order, true, grad);
        if (order < throwsFrom) assert.deepEqual(result, RIGHT, `order ${order} ${say(result)}`);
        else
          assert.ok('thrown' in result && error.test(result.thrown.message), `order ${order} ${say(result)}`);
      }
    });
    test(`${nameOf(c)}: right or throws where nothing else depends on x`, () => {
      for (const order of ORDERS) {
        const result = outcome(c, order, false, grad);
        assert.ok(!('wrong' in result), `order ${order} ${say(result)}`);
      }
    });
  }

  test('has a case in this test', () => {
    const { _tfGlobals } = globalThis as unknown as { _tfGlobals: Map<string, Map<string, unknown>> };
    const registered = [...(_tfGlobals.get('gradRegistry')?.keys() ?? [])];
    assert.ok(registered.length > 100, 'the registry of gradients is no longer where it was');
    const cases = new Set(GRADIENT_CASES.map(c => c.op));
    assert.deepEqual(
      registered.filter(op => !cases.has(op)),
      [],
    );
  });
});

describe('the repair', () => {
  const mended = GRADIENT_CASES.filter(c => {
    const results = unrepaired.get(c) as Outcome[];
    return results.some((result, i) => result !== RIGHT && i + 1 < (c.throwsFrom ?? 4));
  });

  test('mends these ops, and each of them fails without it', () => {
    assert.deepEqual([...new Set(mended.map(c => c.op))].sort(), MENDED.split(' '));
  });

  test('leaves no silent error, of which these ops have some without it', () => {
    const lying = GRADIENT_CASES.filter(c =>
      (unrepaired.get(c) as Outcome[]).some(result => 'wrong' in result),
    );
    assert.deepEqual([...new Set(lying.map(c => c.op))].sort(), LYING.split(' '));
  });

  for (const c of mended) {
    test(`${nameOf(c)}: tf.grad itself is right or throws`, () => {
      for (const order of ORDERS) {
        const result = outcome(c, order, true, tf.grad);
        assert.ok(!('wrong' in result), `order ${order} ${say(result)}`);
      }
    });
  }
});
