/** Evaluations compiled by XLA: as exact as in plain numbers, kept, freed, and done without where there is no XLA. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import ndarray from 'ndarray';
import { compiledNatives } from '../modules/compiled_arithmetic';
import { evaluateCompiled } from '../modules/compiled_evaluation';
import { evaluate, gradient, laplacian } from '../modules/differential_operators';
import { planOf, type Request } from '../modules/evaluation_plan';
import { force, lazy } from '../modules/native_arithmetic';
import { canCompile, compile, compiledOnce } from '../modules/native_graph';
import { download, type F64, nativeCount, nativeScope, upload } from '../modules/native_ops';
import { gaussianKernel, wendlandKernel } from '../modules/notable_kernels';
import { componentsOf, hessian, type Operator, type TensorOperator } from '../modules/operators';
import { evaluateSmall } from '../modules/small_evaluation';
import { counting } from './support/binding';
import { KERNELS, kernelCase } from './support/kernels';
import { numbers } from './support/numbers';
import { assertClose } from './support/tolerances';

/** 37 points in the unit square, the first 5 of them among the 23 centers, and two columns of weights. */
const [N, M, K] = [37, 23, 2];
const centers = numbers(2 * M, 1);
const x = numbers(2 * N, 2);
x.set(centers.subarray(0, 10));

function request(name: string, ops: (Operator | TensorOperator)[], changes: Partial<Request> = {}): Request {
  const { make, shape, hasShape } = kernelCase(name);
  const kernel = make(shape);
  const parts = ops
    .flatMap(op => componentsOf(op, 2).parts)
    .filter(({ terms }) =>
      terms.every(t => 2 * t.laplacians + t.alpha.reduce((a, b) => a + b, 0) <= kernel.smoothness),
    );
  const plan = planOf('test', kernel.row, parts, 2);
  const { row } = kernel;
  const eps =
    !hasShape || row.shape === null
      ? 1
      : row.shape.isLength
        ? row.shape.factor / shape
        : row.shape.factor * shape;
  const weights = numbers(M * K, 3);
  return {
    plan,
    n: N,
    m: M,
    d: 2,
    k: K,
    x,
    centers,
    weights,
    eps,
    varying: plan.pieces.map(() => null),
    ...changes,
  };
}

const agrees = (given: Request, what: string) =>
  assertClose(evaluateCompiled(given), evaluateSmall(given), 'float64', what);

after(() => assert.equal(nativeCount(), 0));

describe('compiled is as exact as plain numbers', () => {
  for (const { name } of KERNELS)
    test(`${name}: value, gradient, Laplacian and Hessian at points and centers, as far as they exist`, () => {
      agrees(request(name, [gradient, laplacian, hessian]), name);
    });

  test('without weights every column of [n, m]', () => {
    agrees(request('Matern52', [gradient, laplacian], { weights: null, k: 0 }), 'matrix');
  });
  test('with one shape a center', () => {
    const eps = numbers(M, 4).map(e => 0.5 + e);
    agrees(request('WendlandC4', [gradient, laplacian], { eps }), 'with weights');
    agrees(request('Gaussian', [gradient, laplacian], { eps, weights: null, k: 0 }), 'without');
  });
  test('with a coefficient that varies from point to point', () => {
    const given = request('Gaussian', [laplacian]);
    agrees({ ...given, varying: given.varying.map(() => numbers(N, 5)) }, 'varying');
  });

  test('e^(−t) and powers: to 2e-15 of themselves, 0 and infinite beyond the range', () => {
    const t = Float64Array.from({ length: 4000 }, (_, i) => i * 0.2 - 20);
    const compiled = compile({ split: 1, shared: 0, rows: [2000, 2000] }, ([a]) => ({
      rows: [
        force(compiledNatives.expNegative(lazy(a))),
        force(compiledNatives.power(compiledNatives.affine(lazy(a), 1, 21), -2.7)),
      ],
    }));
    const [exponentials, powers] = nativeScope(() => compiled.run([upload(t, [t.length])], []).map(download));
    compiled.free();
    t.forEach((value, i) => {
      const exact = value < 708 ? Math.exp(-value) : 0;
      assert.ok(Math.abs(exponentials[i] - exact) <= 2e-15 * exact, `e^(−${value}) is ${exponentials[i]}`);
      const power = (value + 21) ** -2.7;
      assert.ok(Math.abs(powers[i] - power) <= 1e-14 * power, `${value + 21}^−2.7 is ${powers[i]}`);
    });
  });
});

describe('evaluate compiles where there is much to compute', () => {
  const points = (n: number, seed: number): F64 => ndarray(numbers(2 * n, seed), [n, 2]);
  const [many, some] = [points(20_001, 6), points(420, 7)];
  const weights = ndarray(numbers(420, 8), [420, 1]);

  test('once: the second call with another shape parameter and other points uses what is there', () => {
    const run = (eps: number, at: F64) => evaluate(gradient, gaussianKernel(eps), at, some, weights);
    const [first, made] = counting(['loadSavedModel'], () => run(3, many));
    const [, again] = counting(['loadSavedModel'], () => run(4, points(20_001, 9)));
    assert.ok(made.loadSavedModel >= 1);
    assert.equal(again.loadSavedModel, 0);
    // 40 of the points by themselves, in plain numbers or op by op.
    const part = evaluate(gradient, gaussianKernel(3), many.lo(19_961, 0), some, weights);
    assertClose(first.data.slice(2 * 19_961), part.data, 'float64', 'the last points');
  });

  test('frees those that were used longest ago, of more than 96', () => {
    const freed: number[] = [];
    const ask = (i: number) =>
      compiledOnce(`${i}`, () => ({ compiled: { run: () => [], free: () => void freed.push(i) }, i })).i;
    for (let i = 0; i < 96; i++) ask(i);
    assert.deepEqual(freed, []);
    assert.equal(ask(0), 0);
    ask(96);
    assert.deepEqual(freed, [1]);
    // The others are freed here, so that the tests that follow begin anew.
    for (let i = 100; i < 196; i++) ask(i);
    assert.equal(freed.length, 97);
    assert.equal(new Set(freed).size, 97);
  });

  test('leaves no file and no native tensor', () => {
    const before = nativeCount();
    // A temporary folder of this test alone: others run beside it.
    const [usual, own] = [process.env.TMPDIR, mkdtempSync(join(tmpdir(), 'rbf-test-'))];
    process.env.TMPDIR = own;
    const [, { loadSavedModel }] = counting(['loadSavedModel'], () => {
      for (let m = 1; m <= 3; m++)
        evaluateCompiled({
          ...request('Iq', [laplacian]),
          m,
          centers: numbers(2 * m, 1),
          weights: numbers(m * K, 3),
        });
    });
    assert.equal(loadSavedModel, 3);
    assert.equal(nativeCount(), before);
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    assert.deepEqual(readdirSync(own), []);
    rmdirSync(own);
  });

  test('what throws while a function is compiled leaves nothing behind', () => {
    assert.throws(
      () =>
        compile({ split: 1, shared: 0, rows: [1, 1] }, () => {
          throw new Error('inside');
        }),
      /inside/,
    );
    const fine = compile({ split: 1, shared: 0, rows: [1, 1] }, ([a]) => ({ rows: [a] }));
    assert.deepEqual(
      [...nativeScope(() => download(fine.run([upload(Float64Array.of(1, 2), [2])], [])[0]))],
      [1, 2],
    );
    fine.free();
  });

  test('the same numbers in every run', () => {
    const run = () => evaluate(laplacian, wendlandKernel(6, 0.7), many, some, weights).data;
    assert.deepEqual(run(), run());
  });
});

test('this TensorFlow can compile', () => {
  assert.equal(canCompile(), true);
});
