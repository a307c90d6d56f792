import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import { grad, gradient } from '../modules/autodiff';
import { AnomalyError, detectAnomaly, setDetectAnomaly } from '../modules/detect_anomaly';
import { isTapeHooked, type TapeNode, tapeEngine, unhookTape } from '../modules/tape';
import { customOp, leaked } from './support/tape';

afterEach(() => setDetectAnomaly(false));

/** The AnomalyError that f throws. */
function anomaly(f: () => unknown): AnomalyError {
  try {
    f();
  } catch (error) {
    assert.ok(error instanceof AnomalyError, String(error));
    return error;
  }
  return assert.fail('no anomaly was found');
}

const found = (f: () => unknown) => anomaly(() => tf.tidy(() => detectAnomaly(f) as tf.TensorContainer));
const points = tf.tensor2d([
  [1, 2],
  [0, 0],
  [3, -1],
]);

function naiveKernel(x: tf.Tensor2D) {
  const s = tf.sum(tf.square(x), 1, true);
  const r = tf.sqrt(s); // here
  return tf.exp(tf.mul(r, -5));
}

/** Runs f while every stack reads as these frames. */
function withStack<T>(frames: string[], f: () => T): T {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = () => ['Error', ...frames].join('\n    ');
  try {
    return f();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

describe('the radius by a square root, at a centre', () => {
  const error = found(() => gradient(naiveKernel)(points));

  test('is reported as born in Sqrt, not in Square where it shows as NaN', () => {
    assert.equal(error.op, 'Sqrt');
    assert.equal(error.becameOp, 'Square');
  });

  test('says in which input, of what shape, how many and the first row', () => {
    assert.deepEqual([error.input, error.inputIndex, error.shape], ['x', 0, [3, 1]]);
    assert.deepEqual([error.nan, error.positiveInfinity, error.negativeInfinity], [0, 0, 1]);
    assert.deepEqual(error.firstRow, { index: 1, values: [Number.NEGATIVE_INFINITY] });
    assert.deepEqual(error.already, []);
  });

  test('points to the line that called the op, and quotes it', () => {
    const [inner] = error.frames;
    assert.equal(inner.name, 'naiveKernel');
    assert.match(inner.place, /^tests\/detect_anomaly\.test\.ts:\d+:\d+$/);
    assert.equal(inner.code, 'const r = tf.sqrt(s); // here');
  });

  test('tells it all in one message, without absolute paths and without frames of libraries', () => {
    const lines = error.message.split('\n');
    assert.equal(lines[0], 'the backward pass of Sqrt made -Infinity out of finite values');
    assert.equal(lines[1], '  gradient of  input x, shape [3, 1]: 1 -Infinity among 3 values');
    assert.equal(lines[2], '  first        row 1: [-Infinity]');
    assert.equal(lines[3], '  became       NaN in the backward pass of Square');
    assert.match(lines[4], /^ {2}called at {4}naiveKernel \(tests\/detect_anomaly\.test\.ts:\d+:\d+\)$/);
    assert.equal(lines[5].trim(), 'const r = tf.sqrt(s); // here');
    assert.equal(
      lines.at(-1),
      '  hint         the square root has no derivative at 0: write the kernel by the squared radius',
    );
    const text = `${error.message}\n${error.stack}`;
    assert.doesNotMatch(text, /node_modules|tfjs-core|engine\.ts|modules\/(tape|autodiff|detect)/);
    assert.ok(!text.includes(process.cwd()));
    assert.match(String(error.stack), /^AnomalyError: the backward pass of Sqrt/);
  });
});

describe('the report', () => {
  const at = (x: number[], f: (x: tf.Tensor) => tf.Tensor) => found(() => grad(f)(x));

  test('counts NaN and both infinities, and shows no more than eight values of a row', () => {
    const op = customOp(tf.exp, z => tf.log(z));
    const error = found(() =>
      grad(op)([
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [0, -1, 0, 1, 1, 1, 1, 1.1, -1],
      ]),
    );
    assert.deepEqual([error.nan, error.positiveInfinity, error.negativeInfinity], [2, 0, 2]);
    assert.equal(error.firstRow.index, 1);
    assert.equal(error.firstRow.values.length, 9);
    assert.match(
      error.message,
      /: 2 NaN and 2 -Infinity among 18 values\n {2}first {8}row 1: \[-Infinity, NaN, -Infinity, 0, 0, 0, 0, 0\.0953102, …\]/,
    );
  });

  test('says when an Infinity becomes part of the result', () => {
    const error = at([0, 1], tf.sqrt);
    assert.match(error.message, /became {7}part of the result/);
    assert.equal(error.becameOp, undefined);
  });

  test('says when an Infinity is masked away and the result is finite', () => {
    const error = at([0, 1], x => tf.sqrt(tf.where(tf.greater(x, 0.5), x, tf.zerosLike(x))));
    assert.match(error.message, /became {7}nothing: the result is finite/);
  });

  test('says when two infinities meet as NaN in a sum', () => {
    const error = at([0, 1], x => {
      const y = tf.mul(x, 1);
      return tf.sub(tf.sqrt(y), tf.sqrt(y));
    });
    assert.equal(error.op, 'Sqrt');
    assert.match(error.message, /became {7}NaN in a sum of gradients, before Multiply/);
  });

  test('names the public function that called the op, with a hint', () => {
    const error = at([0, 0], x => tf.norm(x));
    assert.match(error.message, /^the backward pass of Sqrt \(in tf\.norm\) made Infinity/);
    assert.match(error.message, /hint {9}the norm has no derivative at 0/);
  });

  test('names a customGrad op after the tidy around it, and asks for a name where there is none', () => {
    const op = customOp(tf.exp, tf.reciprocal);
    assert.equal(at([0], x => tf.tidy('Matern52', () => op(x))).op, 'Matern52');
    const unnamed = at([0], op);
    assert.equal(unnamed.op, 'customGrad');
    assert.match(unnamed.message, /hint {9}the op has no name/);
  });

  test('names the input of several', () => {
    const error = at([0, 1], x => tf.div(tf.add(x, 1), x));
    assert.deepEqual([error.op, error.input, error.inputIndex], ['RealDiv', 'a', 0]);
    const second = at([0, 1], x => tf.div(3, x));
    assert.deepEqual([second.op, second.input], ['RealDiv', 'b']);
  });

  test('says so if the forward value was not finite already', () => {
    const error = at([-1, 1], x => tf.square(tf.sqrt(x)));
    assert.equal(error.op, 'Square');
    assert.deepEqual(error.already, ['the forward value of input x: 1 NaN among 2 values']);
    assert.match(error.message, /out of values that were not finite before\n/);
    assert.match(error.message, /before it {4}the forward value of input x: 1 NaN among 2 values/);
    const output = at([100, 1], x => tf.exp(x));
    assert.deepEqual(output.already, ['the forward value of the output: 1 Infinity among 2 values']);
  });

  test('says so if the dy that was given is not finite', () => {
    const error = found(() => grad((x: tf.Tensor) => tf.square(x))([1, 2], [Number.NaN, 1]));
    assert.deepEqual(error.already, ['the gradient that came in: 1 NaN among 2 values']);
  });

  test('leaves out code without a file', () => {
    const sqrt: (x: tf.Tensor) => tf.Tensor = new Function('tf', 'return x => tf.sqrt(x)')(tf);
    const error = at([0], sqrt);
    assert.ok(error.frames.every(({ place }) => place.startsWith('tests/')));
  });

  test('of an op that a library called says so', () => {
    const frames = ['at f (/x/node_modules/y.js:1:1)', 'at node:internal/timers:5:1'];
    const { message } = withStack(frames, () => at([0], tf.sqrt));
    assert.match(message, /called at {4}by a library, not by your own code\n/);
  });
});

describe('in nested gradients', () => {
  test('what is born in the inner backward pass is found there', () => {
    const inner = (x: tf.Tensor) => grad((z: tf.Tensor) => tf.mul(tf.sqrt(z), 2))(x);
    const error = found(() => grad(inner)([0, 1]));
    assert.deepEqual([error.op, error.positiveInfinity], ['Sqrt', 1]);
    assert.doesNotMatch(error.message, /part of the backward pass/);
  });

  test('what is born in the outer one names the op whose backward pass it belongs to, and its line', () => {
    const power = (z: tf.Tensor) => tf.pow(z, 1.5); // power
    const error = found(() => grad((x: tf.Tensor) => grad(power)(x))([0, 1]));
    assert.match(
      error.message,
      /^the backward pass of Pow, itself part of the backward pass of Pow, made Infinity/,
    );
    assert.match(error.frames[0].code ?? '', /\/\/ power$/);
    assert.match(
      error.message,
      /\n {2}derived at {3}tests\/detect_anomaly\.test\.ts:\d+:\d+\n +const error = found/,
    );
    assert.deepEqual(Array.from(grad(power)([0, 1]).dataSync()), [0, 1.5]);
  });

  test('a gradient inside the backward pass of an op does not hide what was found before', () => {
    const op = customOp(tf.square, z => tf.grad(y => tf.square(y))(z));
    const error = found(() => grad((x: tf.Tensor) => tf.sqrt(tf.tidy('Mine', () => op(x))))([0]));
    assert.deepEqual([error.op, error.becameOp], ['Sqrt', 'Mine']);
  });

  test('tf.grad is watched as well, without the repair', () => {
    assert.equal(found(() => tf.grad(x => tf.grad(z => tf.sqrt(z))(x))(tf.tensor1d([0]))).op, 'Sqrt');
  });
});

describe('an anomaly leaves no tensor behind', () => {
  const x = tf.tensor1d([0, 1]);
  const failures: [string, () => tf.TensorContainer][] = [
    ['in tf.grad', () => tf.grad(z => tf.square(tf.sqrt(z)))(x)],
    ['in grad', () => grad((z: tf.Tensor) => tf.exp(tf.sqrt(z)))(x)],
    [
      'in a nested gradient',
      () => grad((z: tf.Tensor) => grad((y: tf.Tensor) => tf.exp(tf.sqrt(y)))(tf.square(z)))(x),
    ],
    ['in valueAndGrad outside of tf.tidy', () => tf.valueAndGrad(z => tf.sqrt(tf.square(z)))(x).grad],
  ];
  for (const [where, failing] of failures) {
    test(where, () => {
      const count = leaked(() => detectAnomaly(failing));
      assert.equal(count, 0);
      assert.throws(() => detectAnomaly(failing), AnomalyError);
    });
  }

  test('in variableGrads outside of tf.tidy', () => {
    const v = tf.variable(x);
    const failing = () => tf.variableGrads(() => tf.sum(tf.sqrt(v)) as tf.Scalar).value;
    assert.equal(
      leaked(() => detectAnomaly(failing)),
      0,
    );
    assert.throws(() => detectAnomaly(failing), AnomalyError);
    v.dispose();
  });

  test('in an optimizer, whose variables stay as they were', () => {
    const v = tf.variable(x);
    const optimizer = tf.train.sgd(0.1);
    const step = () => optimizer.minimize(() => tf.sum(tf.sqrt(v)) as tf.Scalar) ?? tf.scalar(0);
    assert.equal(
      leaked(() => detectAnomaly(step)),
      0,
    );
    assert.deepEqual(Array.from(v.dataSync()), [0, 1]);
    v.dispose();
  });
});

describe('detectAnomaly', () => {
  test('returns what the function returns, and finds nothing in a sound gradient', () => {
    const result = detectAnomaly(() => grad((x: tf.Tensor) => tf.exp(x))([0, 1]));
    assert.deepEqual(Array.from(result.dataSync()), [1, Math.fround(Math.E)]);
    assert.equal(
      detectAnomaly(() => 7),
      7,
    );
  });

  test('gives the same gradients as without it, to third order', () => {
    const third = () => {
      const f = (x: tf.Tensor) => tf.mul(tf.tanh(x), tf.softmax(tf.square(x)));
      return Array.from(grad(grad(grad(f)))([0.3, -0.4]).dataSync());
    };
    assert.deepEqual(detectAnomaly(third), third());
  });

  test('watches an async function to its end, and rejects with the error', async () => {
    const late = detectAnomaly(async () => {
      await tf.nextFrame();
      return grad((x: tf.Tensor) => tf.sqrt(x))([0]);
    });
    assert.equal(isTapeHooked('anomaly'), true);
    await assert.rejects(late, AnomalyError);
    assert.equal(isTapeHooked('anomaly'), false);
    assert.equal(await detectAnomaly(async () => 7), 7);
  });

  test('finds it in model.fit, and says where fit was called', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'zeros' })],
    });
    model.compile({ optimizer: 'sgd', loss: (_, y) => tf.mean(tf.sqrt(y)) });
    const fit = () => model.fit(tf.ones([4, 1]), tf.ones([4, 1]), { verbose: 0 });
    const rejection: AnomalyError = await detectAnomaly(fit).then(
      () => assert.fail(),
      error => error,
    );
    assert.equal(rejection.op, 'Sqrt');
    assert.match(rejection.frames[0].code ?? '', /tf\.mean\(tf\.sqrt\(y\)\)/);
  });

  test('may be called within itself, and stays on until the outer call ends', () => {
    detectAnomaly(() => {
      detectAnomaly(() => 1);
      assert.equal(isTapeHooked('anomaly'), true);
    });
    assert.equal(isTapeHooked('anomaly'), false);
  });
});

describe('setDetectAnomaly', () => {
  test('switches the checks on and off for everything', () => {
    const infinite = () => Array.from(grad((x: tf.Tensor) => tf.sqrt(x))([0]).dataSync());
    assert.deepEqual(infinite(), [Number.POSITIVE_INFINITY]);
    setDetectAnomaly(true);
    assert.throws(infinite, AnomalyError);
    setDetectAnomaly(false);
    assert.deepEqual(infinite(), [Number.POSITIVE_INFINITY]);
  });
});

test('a second load of the module, while the checks are on, throws its own AnomalyError', () => {
  setDetectAnomaly(true);
  const path = require.resolve('../modules/detect_anomaly');
  const loaded = require.cache[path];
  delete require.cache[path];
  const second: typeof import('../modules/detect_anomaly') = require(path);
  require.cache[path] = loaded;
  assert.notEqual(second.AnomalyError, AnomalyError);
  assert.throws(() => grad((x: tf.Tensor) => tf.sqrt(x))([0]), second.AnomalyError);
  second.setDetectAnomaly(false);
  assert.equal(isTapeHooked('anomaly'), false);
});

test('it costs nothing when it is off: no gradient function is wrapped, and the engine is its own', () => {
  unhookTape('repair');
  detectAnomaly(() => tf.grad(x => tf.square(x))(tf.scalar(1)));
  assert.deepEqual(
    Object.keys(tapeEngine()).filter(key => typeof Reflect.get(tapeEngine(), key) === 'function'),
    [],
  );
  const gradientText = () => {
    let text = '';
    tf.dispose(
      tf.grad(x => {
        const y = tf.square(x);
        text = String((tapeEngine().state.activeTape as TapeNode[]).at(-1)?.gradient);
        return y;
      })(tf.scalar(1)),
    );
    return text;
  };
  const off = gradientText();
  setDetectAnomaly(true);
  const on = gradientText();
  setDetectAnomaly(false);
  assert.notEqual(on, off);
  assert.equal(gradientText(), off);
});

test('the depth of stack traces is as before, during the checks too', () => {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 7;
  const square = (x: tf.Tensor) => {
    const y = tf.square(x);
    assert.equal(Error.stackTraceLimit, 7);
    return y;
  };
  detectAnomaly(() => tf.dispose(grad(square)([1])));
  assert.equal(Error.stackTraceLimit, 7);
  Error.stackTraceLimit = before;
});

test('a kernel that names cells and knows their text is asked for the line', () => {
  const key = Symbol.for('rbf.sourceLine');
  const asked: [string, number][] = [];
  Object.assign(globalThis, {
    [key]: (name: string, line: number) => {
      asked.push([name, line]);
      return name === 'Cell 3' ? '  const r = tf.sqrt(s);  ' : undefined;
    },
  });
  const frames = ['at sqrt__op (/x/node_modules/y.js:1:1)', 'at f (Cell 3:2:7)', 'at async Cell 4:1:3'];
  let error: AnomalyError;
  try {
    error = withStack(frames, () => found(() => grad((x: tf.Tensor) => tf.sqrt(x))([0])));
  } finally {
    Reflect.deleteProperty(globalThis, key);
  }
  assert.deepEqual(
    error.frames.map(({ name, place, code }) => [name, place, code]),
    [
      ['f', 'Cell 3:2:7', 'const r = tf.sqrt(s);'],
      [undefined, 'Cell 4:1:3', undefined],
    ],
  );
  assert.deepEqual(asked[0], ['Cell 3', 2]);
});

test('on the stock tslab kernel, whose lines are of compiled code, the function is named and the place is a cell', () => {
  const frames = ['at f (evalmachine.<anonymous>:4:20)', 'at evalmachine.<anonymous>:9:1'];
  const { message } = withStack(frames, () => found(() => grad((x: tf.Tensor) => tf.sqrt(x))([0])));
  assert.match(message, /called at {4}f \(in a notebook cell\)\n {2}hint/);
});

test('a script that dies of an anomaly prints the report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anomaly-'));
  try {
    const script = join(folder, 'script.ts');
    const modules = join(process.cwd(), 'modules');
    writeFileSync(
      script,
      `const tf = require(${JSON.stringify(require.resolve('@tensorflow/tfjs-node'))});
const { detectAnomaly } = require(${JSON.stringify(join(modules, 'detect_anomaly'))});
const root = (x: any) => tf.sqrt(x);
detectAnomaly(() => tf.grad(root)(tf.scalar(0)));`,
    );
    const run = () =>
      execFileSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8', stdio: 'pipe' });
    assert.throws(run, ({ stderr }: { stderr: string }) => {
      assert.match(stderr, /AnomalyError: the backward pass of Sqrt made Infinity/);
      assert.match(
        stderr,
        /called at {4}root \(\S*script\.ts:3:\d+\)\n +const root = \(x: any\) => tf\.sqrt\(x\);/,
      );
      return true;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
