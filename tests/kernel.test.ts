/** The kernel `tslab`, as a client of Jupyter sees it. */
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorOf, type Json, Kernel, textOf } from './support/kernel_client';

const ROOT = path.resolve(__dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'kernel-test-'));
const file = (name: string) => path.join(folder, name);
const types = (messages: { type: string }[]) => messages.map(m => m.type);

mkdirSync(file('modules'));
writeFileSync(
  file('modules/deep.ts'),
  `/** A module that fails when asked. */
export function fail(message: string): never {
  throw new RangeError(message);
}

export const lines = (): string => new Error('here').stack ?? '';
`,
);
writeFileSync(
  file('modules/mistyped.ts'),
  `interface Size { width: { value: number } }
export const size: Size = { width: { value: 'wide' } };
`,
);

let kernel: Kernel;
before(async () => {
  kernel = await Kernel.start(folder);
});
after(async () => {
  await kernel.stop();
  rmSync(folder, { recursive: true });
});

const run = (code: string, options?: { interrupt_after?: number }) => kernel.run(code, options);
const settled = async (seconds: number) =>
  (await kernel.execute([{ code: '', silent: true, user_expressions: { settled: String(seconds) } }]))[0];

describe('types', () => {
  test('an implicit any and a possible null are errors, shown with the line and a caret', async () => {
    const { ename, evalue, text } = errorOf(await run('const f = x => x;\nlet s: string = null;'));
    assert.equal(ename, 'TypeScriptError');
    assert.match(
      evalue,
      /^Cell \d+:1:11 - TS7006: Parameter 'x' implicitly has an 'any' type\. \(and 1 more\)$/,
    );
    assert.match(text, / {4}1 \| const f = x => x;\n {6}\| {11}\^\n/);
    assert.match(text, /Cell \d+:2:5 - TS2322: .*\n {4}2 \| let s: string = null;\n {6}\| {5}\^/);
  });

  test('an override that does not say so is an error', async () => {
    const answer = await run('class A { f() {} }\nclass B extends A { f() {} }');
    assert.match(errorOf(answer).evalue, /:2:21 - TS4114/);
  });

  test('an error in an imported module names its file, also where the message is a chain', async () => {
    const { evalue, text } = errorOf(await run('import { size } from "./modules/mistyped";'));
    assert.match(evalue, /^modules\/mistyped\.ts:2:38 - TS2322: /);
    assert.match(text, / {4}2 \| export const size: Size = .*\n.*\^{5}/);
  });

  test('a missing module and a syntax error', async () => {
    assert.match(
      errorOf(await run('import { x } from "./nowhere";')).evalue,
      /:1:19 - TS2307: Cannot find module/,
    );
    assert.match(errorOf(await run('const a = ;')).evalue, /:1:11 - TS1109: Expression expected/);
  });

  test('a module written in a cell is checked too', async () => {
    const { evalue, text } = errorOf(await run('/** @module own */\nexport const n: number = "a";'));
    assert.match(evalue, /^own\.ts:2:14 - TS2322/);
    assert.match(text, /2 \| export const n: number = "a";/);
  });

  test('a module outside the folder is refused with a hint', async () => {
    writeFileSync(file('../outside-of-kernel-test.ts'), 'export const a = 1;\n');
    const { evalue } = errorOf(await run('import { a } from "../outside-of-kernel-test";'));
    rmSync(file('../outside-of-kernel-test.ts'));
    assert.match(
      evalue,
      /A module outside the notebook's folder cannot be imported; link its folder into this one\./,
    );
  });
});

describe('errors', () => {
  test('a throw is one error message, and the reply says the same', async () => {
    const answer = await run('function f(): never {\n  throw new RangeError("too far");\n}\nf();');
    const { ename, evalue, text } = errorOf(answer);
    assert.deepEqual([ename, evalue], ['RangeError', 'too far']);
    assert.deepEqual(
      [answer.reply.status, answer.reply.ename, answer.reply.evalue],
      ['error', 'RangeError', 'too far'],
    );
    const lines = text.replaceAll(/Cell \d+/g, 'Cell').split('\n');
    assert.deepEqual(lines, [
      'RangeError: too far',
      '    2 |   throw new RangeError("too far");',
      '      |         ^',
      '    at f (Cell:2:9)',
      '    at Cell:4:1',
    ]);
  });

  test('a frame of a module has its place in the TypeScript file', async () => {
    const { text } = errorOf(await run('import { fail } from "./modules/deep";\n\nfail("in a module");'));
    assert.match(
      text,
      /3 \| {3}throw new RangeError\(message\);\n.*\n {4}at fail \(modules\/deep\.ts:3:9\)\n {4}at Cell \d+:3:/,
    );
  });

  test('behind an await the line is right as well', async () => {
    const { text } = errorOf(
      await run('await Promise.resolve();\nconst n = 1;\nthrow new Error(String(n));'),
    );
    assert.match(text, /3 \| throw new Error/);
    assert.match(text, /at Cell \d+:3:7$/);
  });

  test('error.stack itself speaks of cells, and the hook gives the text of a line', async () => {
    const answer = await run(
      'import { lines } from "./modules/deep";\nconst stack = lines();\nconsole.log(stack);\nconst hook = (globalThis as any)[Symbol.for("rbf.sourceLine")];\nconst [, cell] = /(Cell \\d+):/.exec(stack)!;\nconsole.log([hook(cell, 2), hook("modules/deep.ts", 3), hook(cell, 99), hook("none", 1)]);',
    );
    assert.match(
      textOf(answer),
      /^Error: here\n {4}at lines \(modules\/deep\.ts:6:36\)\n {4}at Cell \d+:2:\d+\n/,
    );
    assert.ok(
      textOf(answer).endsWith(
        "[\n  'const stack = lines();',\n  '  throw new RangeError(message);',\n  undefined,\n  undefined\n]\n",
      ),
      textOf(answer),
    );
  });

  test('no frame of tslab, of Node or of the launcher is shown', async () => {
    const { text } = errorOf(await run('import * as fs from "fs";\nfs.readFileSync("/none/at/all");'));
    assert.doesNotMatch(text, /tslab|node:|scripts\/kernel|evalmachine/);
    assert.match(text, /2 \| fs\.readFileSync/);
  });

  test('causes and the parts of an AggregateError are shown', async () => {
    const caused = errorOf(await run('throw new Error("outer", { cause: new Error("inner") });'));
    assert.match(caused.text, /Error: outer[\s\S]*Caused by:\n {2}Error: inner\n/);
    const many = errorOf(await run('throw new AggregateError([new Error("first"), "second"], "many");'));
    assert.match(many.text, /many[\s\S]*Error 1 of 2:\n {2}Error: first[\s\S]*Error 2 of 2:\n {2}'second'/);
  });

  test('what is thrown need not be an Error', async () => {
    const cases = [
      ['throw "boom"', 'thrown string', 'boom'],
      ['throw { a: 1 }', 'thrown object', '{ a: 1 }'],
      ['throw null', 'thrown null', 'null'],
      ['throw undefined', 'thrown undefined', 'undefined'],
    ];
    for (const [code, ename, evalue] of cases) {
      const error = errorOf(await run(code));
      assert.deepEqual([error.ename, error.evalue], [ename, evalue]);
    }
  });

  test('after an error the kernel goes on', async () => {
    await run('throw 1');
    assert.equal(textOf(await run('40 + 2')), '42\n');
  });
});

describe('what is sent at once', () => {
  const codes = (first: string, stop_on_error: boolean) => [
    { code: first, stop_on_error },
    ...['"a"', '"b"', '"c"'].map(code => ({ code, stop_on_error })),
  ];

  test('after an error the waiting cells are aborted, and no later one', async () => {
    const answers = await kernel.execute(codes('throw 1', true));
    assert.deepEqual(
      answers.map(a => a.reply.status),
      ['error', 'aborted', 'aborted', 'aborted'],
    );
    assert.deepEqual(
      answers.slice(1).flatMap(a => a.iopub),
      [],
    );
    const next = await run('"next"');
    assert.deepEqual([next.reply.status, textOf(next)], ['ok', 'next\n']);
    assert.equal(next.reply.execution_count, answers[0].reply.execution_count + 1);
  });

  test('with stop_on_error false they all run', async () => {
    const answers = await kernel.execute(codes('throw 1', false));
    assert.deepEqual(
      answers.map(a => a.reply.status),
      ['error', 'ok', 'ok', 'ok'],
    );
    assert.deepEqual(
      answers.slice(1).map(a => textOf(a)),
      ['a\n', 'b\n', 'c\n'],
    );
  });
});

describe('counts and protocol', () => {
  test('execute_input has the code and the count of the reply', async () => {
    const [first, second] = [await run('1'), await run('2')];
    assert.deepEqual(first.iopub[0], {
      type: 'execute_input',
      content: { code: '1', execution_count: first.reply.execution_count },
    });
    assert.equal(second.reply.execution_count, first.reply.execution_count + 1);
  });

  test('silent and unstored requests do not count, and silent ones show nothing of themselves', async () => {
    const { execution_count } = (await run('1')).reply;
    const [silent] = await kernel.execute([{ code: 'throw 1', silent: true }]);
    assert.deepEqual([silent.iopub, silent.reply.status], [[], 'error']);
    const [unstored] = await kernel.execute([{ code: '2', store_history: false }]);
    assert.equal(unstored.reply.execution_count, execution_count);
    assert.equal((await run('3')).reply.execution_count, execution_count + 1);
  });

  test('kernel_info has a status and the true version of TypeScript', async () => {
    const { reply } = await kernel.request('kernel_info_request');
    const { version } = JSON.parse(
      readFileSync(path.join(ROOT, 'node_modules/@tslab/typescript-for-tslab/package.json'), 'utf8'),
    );
    assert.deepEqual(
      [reply.type, reply.status, reply.implementation, reply.language_info.version],
      ['kernel_info_reply', 'ok', 'tslab', version],
    );
  });

  test('comm_info, history and is_complete are answered by their names', async () => {
    const comms = await kernel.request('comm_info_request', { target_name: 'jupyter.widget' });
    assert.deepEqual(comms.reply, { type: 'comm_info_reply', status: 'ok', comms: {} });
    const history = await kernel.request('history_request', { hist_access_type: 'tail', n: 1 });
    assert.deepEqual(history.reply, { type: 'history_reply', status: 'ok', history: [] });
    const complete = await kernel.request('is_complete_request', { code: 'function f() {' });
    assert.deepEqual([complete.reply.type, complete.reply.status], ['is_complete_reply', 'incomplete']);
  });

  test('an unknown request does no harm', async () => {
    await kernel.command('unanswered', { type: 'constructor', content: {} });
    await kernel.command('unanswered', { type: 'comm_open', content: {} });
    assert.equal(textOf(await run('"here"')), 'here\n');
  });

  test('the control channel answers while a cell waits', async () => {
    const cell = run('await new Promise(resolve => setTimeout(resolve, 300)); "done"');
    const [answer, info] = await Promise.all([cell, kernel.request('kernel_info_request', {}, 'control')]);
    assert.equal(textOf(answer), 'done\n');
    assert.equal(info.reply.type, 'kernel_info_reply');
  });

  test('completion and inspection count characters, not UTF-16 units', async () => {
    const code = 'const 𝜋 = 3; Math.ab';
    const points = Array.from(code).length;
    const { reply } = await kernel.request('complete_request', { code, cursor_pos: points });
    assert.deepEqual([reply.matches, reply.cursor_start, reply.cursor_end], [['abs'], points - 2, points]);
    const inspected = await kernel.request('inspect_request', { code: '"𝜋"; Math.abs', cursor_pos: 12 });
    assert.match(inspected.reply.data['text/plain'], /Math\.abs\(x: number\): number/);
  });

  test('completion and inspection of nonsense find nothing', async () => {
    const complete = await kernel.request('complete_request', { code: '}}}((', cursor_pos: 400 });
    assert.deepEqual([complete.reply.status, complete.reply.type], ['ok', 'complete_reply']);
    const inspected = await kernel.request('inspect_request', { code: '', cursor_pos: 0 });
    assert.deepEqual([inspected.reply.status, inspected.reply.found], ['ok', false]);
  });
});

describe('output', () => {
  test('5000 lines of a cell come in one stream message, all of them', async () => {
    const { iopub } = await run('for (let i = 0; i < 5000; i++) console.log(i);');
    assert.deepEqual(types(iopub), ['execute_input', 'stream']);
    assert.equal(iopub[1].content.text, Array.from({ length: 5000 }, (_, i) => `${i}\n`).join(''));
  });

  test('2000 displays come, all of them', async () => {
    const { iopub } = await run(
      'import { display } from "tslab";\nfor (let i = 0; i < 2000; i++) display.text(String(i));',
    );
    assert.deepEqual(
      iopub.slice(1).map(m => m.content.data['text/plain']),
      Array.from({ length: 2000 }, (_, i) => String(i)),
    );
  });

  test('stdout, stderr and displays keep their order', async () => {
    const { iopub } = await run(
      'import { display } from "tslab";\nconsole.log(1); console.log(2); console.error(3); display.text("4"); console.log(5);',
    );
    assert.deepEqual(
      iopub.slice(1).map(({ content }) => content.text ?? content.data['text/plain']),
      ['1\n2\n', '3\n', '4', '5\n'],
    );
  });

  test('each turn of the event loop has its message', async () => {
    const { iopub } = await run(
      'console.log(1);\nawait new Promise(resolve => setTimeout(resolve, 20));\nconsole.log(2);',
    );
    assert.deepEqual(
      iopub.slice(1).map(m => m.content.text),
      ['1\n', '2\n'],
    );
  });

  test('a character cut in two by its bytes arrives whole', async () => {
    const answer = await run(
      'const bytes = Buffer.from("π");\nprocess.stdout.write(bytes.subarray(0, 1)); process.stdout.write(bytes.subarray(1));\nconsole.log()',
    );
    assert.equal(textOf(answer), 'π\n');
  });

  test('a new display is updated in place', async () => {
    const { iopub } = await run(
      'import { newDisplay } from "tslab";\nconst shown = newDisplay();\nshown.text("a");\nshown.text("b");',
    );
    const [first, second] = iopub.slice(1);
    assert.deepEqual(types([first, second]), ['display_data', 'update_display_data']);
    assert.equal(first.content.transient.display_id, second.content.transient.display_id);
  });
});

describe('language', () => {
  test('shorthand properties of names from an earlier cell', async () => {
    await run('import * as os from "os";\nconst z = 1;\nlet w = 0;');
    assert.equal(
      textOf(await run('console.log(JSON.stringify({ z, deep: { z } }), typeof ({ os }).os.EOL);')),
      '{"z":1,"deep":{"z":1}} string\n',
    );
    assert.equal(textOf(await run('({ w } = { w: 5 }); ({ w = 7 } = {} as { w?: number }); w')), '7\n');
  });

  test('await (…) and for await as the only await of a cell', async () => {
    assert.equal(textOf(await run('await (Promise.resolve(3))')), '3\n');
    assert.equal(
      textOf(await run('for await (const x of [Promise.resolve(1), 2]) console.log(x);')),
      '1\n2\n',
    );
    assert.equal(
      textOf(await run('const later = async () => { await (0); return 4; };\ntypeof later')),
      'function\n',
    );
  });

  test('packages of the repo are found from a folder without any, with their types', async () => {
    assert.equal(
      textOf(await run('import ndarray from "ndarray";\nndarray(new Float64Array(6), [2, 3]).shape')),
      '[ 2, 3 ]\n',
    );
    const { evalue } = errorOf(await run('import ndarray from "ndarray";\nconst n: number = ndarray([1]);'));
    assert.match(evalue, /:2:7 - TS2322: Type 'NdArray<number\[\]>'/);
  });

  test('an edited module reaches the cell that imports it again, also through another module', async () => {
    const inner = (n: number) => writeFileSync(file('modules/inner.ts'), `export const n: number = ${n};\n`);
    writeFileSync(
      file('modules/outer.ts'),
      'import { n } from "./inner";\nexport const twice = (): number => 2 * n;\n',
    );
    inner(1);
    const code =
      'import { n } from "./modules/inner";\nimport { twice } from "./modules/outer";\n[n, twice()]';
    assert.equal(textOf(await run(code)), '[ 1, 2 ]\n');
    inner(5);
    await sleep(600);
    assert.equal(textOf(await run(code)), '[ 5, 10 ]\n');
  });

  test('native TensorFlow loads', async () => {
    const answer = await run('import * as tf from "@tensorflow/tfjs-node";\ntf.getBackend()');
    assert.equal(textOf(answer), 'tensorflow\n');
  });
});

describe('in the background', () => {
  test('a rejection that nobody awaits fails its cell', async () => {
    const { ename, evalue, text } = errorOf(await run('Promise.reject(new TypeError("not awaited"));\n5'));
    assert.deepEqual([ename, evalue], ['TypeError', 'not awaited']);
    assert.match(text, /1 \| Promise\.reject/);
  });

  test('a throw from a timer that is due fails its cell', async () => {
    assert.equal(errorOf(await run('setTimeout(() => { throw new Error("due"); }, 0);')).evalue, 'due');
  });

  test('it ends a cell that would wait forever', async () => {
    const answer = await run(
      'setTimeout(() => { throw new Error("broke"); }, 50);\nawait new Promise(() => {});',
    );
    assert.equal(errorOf(answer).evalue, 'broke');
  });

  test('a later throw is printed at once and fails the next cell, which says where it comes from', async () => {
    const cell = await run('setTimeout(() => { throw new Error("late"); }, 100);');
    assert.equal(cell.reply.status, 'ok');
    await sleep(600);
    const next = await run('console.log("ran")');
    assert.match(textOf({ ...next, iopub: next.other }, 'stderr'), /^Error: late\n.*setTimeout/);
    assert.equal(textOf(next), 'ran\n');
    const { evalue, text } = errorOf(next);
    assert.match(evalue, /^late \(thrown in the background after Cell \d+ had ended\)$/);
    assert.match(text, /\n {4}at Timeout\.<anonymous> \(Cell \d+:1:26\)$/);
    assert.equal((await run('1')).reply.status, 'ok');
  });

  test('a client can wait until all is done', async () => {
    await run('setTimeout(() => { throw new Error("after the last cell"); }, 200);');
    const failed = await settled(10);
    assert.match(failed.reply.evalue, /^after the last cell \(thrown/);
    await run('setTimeout(() => { Promise.reject("rejected late"); }, 200);');
    const rejected = await settled(10);
    assert.deepEqual([rejected.reply.status, rejected.reply.ename], ['error', 'thrown string']);
    await run('const answers: number[] = []; setTimeout(() => answers.push(1), 200);');
    const fine = await settled(10);
    assert.deepEqual([fine.reply.status, fine.reply.user_expressions.settled.data['text/plain']], ['ok', '']);
    assert.equal(textOf(await run('answers')), '[ 1 ]\n');
  });

  test('the wait has an end, and tells what is left', async () => {
    await run('const ticking = setInterval(() => {}, 50);');
    const { reply } = await settled(0.3);
    assert.deepEqual([reply.status, reply.user_expressions.settled.data['text/plain']], ['ok', 'Timeout']);
    await run('clearInterval(ticking);');
  });
});

describe('an interrupt', () => {
  const interrupted = async (code: string, interrupt_after = 0.5) => {
    const answer = await run(code, { interrupt_after });
    assert.equal(errorOf(answer).ename, 'Interrupted');
    assert.equal(textOf(await run('"alive"')), 'alive\n');
  };

  test('ends a loop', () => interrupted('while (true) {}'));
  test('ends a loop behind an await', () =>
    interrupted('await new Promise(resolve => setTimeout(resolve, 10));\nwhile (true) {}'));
  test('ends a loop of awaits that never lets go', () => interrupted('while (true) await null;'));
  test('ends an endless await', () => interrupted('await new Promise(() => {});'));

  test('ends training, which does not go on behind', async () => {
    await run(
      `import * as tf from "@tensorflow/tfjs-node";
let epochs = 0;
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
const xs = tf.tensor2d([[1], [2]]);
const count = () => { epochs++; };
await model.fit(xs, xs, { epochs: 1, verbose: 0 });`,
    );
    await interrupted(
      'await model.fit(xs, xs, { epochs: 1e8, verbose: 0, callbacks: { onEpochEnd: count } });',
      2,
    );
    const trained = Number(textOf(await run('epochs')));
    await sleep(300);
    assert.ok(trained > 0);
    assert.equal(Number(textOf(await run('epochs'))), trained);
  });

  test('aborts the waiting cells', async () => {
    const answers = await kernel.execute([{ code: 'while (true) {}' }, { code: '1' }], {
      interrupt_after: 0.5,
    });
    assert.deepEqual(
      answers.map(a => a.reply.status),
      ['error', 'aborted'],
    );
  });
});

describe('an end', () => {
  test('a restart forgets all and counts from 1, also while a cell blocks', async () => {
    const other = await Kernel.start(folder);
    await other.run('const remembered = 1;');
    await other.command('unanswered', { type: 'execute_request', content: { code: 'while (true) {}' } });
    await sleep(200);
    await other.command('restart');
    const answer = await other.run('remembered');
    assert.equal(answer.reply.execution_count, 1);
    assert.match(errorOf(answer).evalue, /Cannot find name 'remembered'/);
    const { seconds } = await other.command<{ seconds: number }>('shutdown');
    await other.stop();
    assert.ok(seconds < 4, `${seconds} s`);
  });

  test('process.exit ends the kernel, and its last words are heard', async () => {
    const other = await Kernel.start(folder);
    const { alive, heard } = await other.command<Json>('until_dead', {
      code: 'console.log("last words"); process.exit(0);',
    });
    await other.stop();
    assert.equal(alive, false);
    assert.ok(heard.some((m: Json) => m.content.text === 'last words\n'));
  });

  test('a kernel whose client was killed ends within two seconds, blocked or not', async () => {
    for (const code of ['1', 'while (true) {}']) {
      const other = await Kernel.start(folder);
      await other.command('unanswered', { type: 'execute_request', content: { code } });
      other.client.kill('SIGKILL');
      const deadline = performance.now() + 2000;
      while (lives(other.pid) && performance.now() < deadline) await sleep(20);
      assert.equal(lives(other.pid), false, code);
    }
  });

  test('a launch that fails says why in one line', async () => {
    const launch = path.join(ROOT, 'scripts/kernel/launch.cjs');
    const child = spawn(process.execPath, [launch, file('none.json')], { cwd: folder });
    let said = '';
    child.stderr.on('data', text => {
      said += text;
    });
    const status = await new Promise(resolve => child.once('close', resolve));
    assert.equal(status, 1);
    assert.match(said, /^ENOENT: .*none\.json'\n$/);
  });
});

describe('nbconvert', () => {
  const cell = (source: string, tags: string[] = []) => ({
    cell_type: 'code',
    execution_count: null,
    metadata: { tags },
    outputs: [],
    source,
  });
  const execute = async (name: string, cells: object[]) => {
    const metadata = { kernelspec: { name: 'tslab', display_name: 'tslab', language: 'typescript' } };
    writeFileSync(file(`${name}.ipynb`), JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 4 }));
    const args = [
      'nbconvert',
      '--to',
      'notebook',
      '--execute',
      '--output',
      `${name}.out.ipynb`,
      `${name}.ipynb`,
    ];
    try {
      await promisify(execFile)(path.join(ROOT, '.venv/bin/jupyter'), args, { cwd: folder });
    } catch (error) {
      return { failure: String((error as { stderr: string }).stderr), cells: [] };
    }
    return { failure: undefined, cells: JSON.parse(readFileSync(file(`${name}.out.ipynb`), 'utf8')).cells };
  };

  test('a good notebook has its counts, and cells after a raises-exception cell really run', async () => {
    const { failure, cells } = await execute('good', [
      cell('console.log("one");'),
      cell('throw new Error("meant");', ['raises-exception']),
      cell('console.log("three");'),
    ]);
    assert.equal(failure, undefined);
    assert.deepEqual(
      cells.map((c: Json) => c.execution_count),
      [1, 2, 3],
    );
    assert.equal(cells[1].outputs[0].output_type, 'error');
    assert.deepEqual(cells[2].outputs[0].text, ['three\n']);
  });

  test('it fails on a throw, a type error and a rejection that nobody awaits', async () => {
    const failures = await Promise.all([
      execute('throw', [cell('throw new Error("thrown here");')]),
      execute('type', [cell('const n: number = "a";')]),
      execute('reject', [cell('Promise.reject(new Error("not awaited"));')]),
    ]);
    assert.match(failures[0].failure ?? '', /Error: thrown here/);
    assert.match(failures[1].failure ?? '', /\nCell 1:1:7 - TS2322: /);
    assert.match(failures[2].failure ?? '', /Error: not awaited/);
  });
});

/** Whether a process runs; one that has ended, but whose end nobody has asked for yet, does not. */
function lives(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
