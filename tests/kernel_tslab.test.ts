/** What the launcher leans on inside tslab and zeromq: a change there is told in a sentence. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, describe, test } from 'node:test';
import nodeVm from 'node:vm';
import {
  bundledTypeScript,
  expect,
  expectVersion,
  loadTslab,
  TSLAB_VERSION,
} from '../scripts/kernel/tslab.cjs';
import type { Json } from './support/kernel_client';

/** The calls that tslab made to what it was handed, by name. */
const calls: Record<string, Json[][]> = {};
const noting =
  (name: string, call: (...args: Json[]) => Json) =>
  (...args: Json[]) => {
    calls[name] ??= [];
    calls[name].push(args);
    return call(...args);
  };

const real = bundledTypeScript();
const typescript = { ...real };
for (const name of ['getPreEmitDiagnosticsOfFiles', 'transpileModule'])
  typescript[name] = noting(name, real[name]);
typescript.createWatchCompilerHost = noting('createWatchCompilerHost', (files, options, ...rest) => {
  const inlined = { ...options, inlineSourceMap: true, inlineSources: true };
  const host = real.createWatchCompilerHost(files, inlined, ...rest);
  const { createProgram } = host;
  host.createProgram = noting('createProgram', (...args) => {
    const program = createProgram(...args);
    program.emit = noting('emit', program.emit);
    return program;
  });
  return host;
});
const vm = { ...nodeVm, runInThisContext: noting('runInThisContext', nodeVm.runInThisContext) };

const { createConverter, createExecutor, jupyter } = loadTslab({ typescript, vm });
const converter = createConverter({ isJS: false, isBrowser: false }) as Json;
const reported: unknown[][] = [];
const shown: unknown[][] = [];
const executor = createExecutor(
  process.cwd(),
  { node: converter, browser: converter, close() {} },
  {
    log: (...values: unknown[]) => shown.push(values),
    error: (...values: unknown[]) => reported.push(values),
  },
);
after(() => converter.close());

describe('versions', () => {
  test('the launcher knows one tslab, the one that is installed', () => {
    expectVersion(require('tslab/package.json').version);
    assert.equal(require('tslab/package.json').version, TSLAB_VERSION);
    assert.throws(
      () => expectVersion('1.0.23'),
      /^Error: The kernel is made for tslab 1\.0\.22, but node_modules holds tslab 1\.0\.23\.$/,
    );
  });

  test('a function that has gone is named', () => {
    assert.throws(() => expect('tslab/dist/converter', {}), {
      message: 'The kernel expects functions in tslab/dist/converter that are not there: createConverter.',
    });
  });
});

describe('the converter', () => {
  test('asks the TypeScript that it is handed, in the calls that the launcher corrects', () => {
    const { output } = converter.convert('', 'const answer = 42;');
    assert.match(output, /exports\.answer = answer/, 'tslab no longer exports the names of a cell.');
    for (const name of [
      'createWatchCompilerHost',
      'createProgram',
      'emit',
      'getPreEmitDiagnosticsOfFiles',
      'transpileModule',
    ])
      assert.ok(
        calls[name]?.length,
        `tslab's converter no longer calls ${name} of the TypeScript that it requires.`,
      );
    assert.ok(
      'after' in (calls.emit.at(-1)?.[4] ?? {}),
      "emit no longer gets tslab's transformers as its fifth argument.",
    );
  });

  test('puts one line before a cell, and keeps earlier names in __prev__.d.ts', () => {
    converter.convert('declare let z: number;\n', 'z;');
    const [js] = calls.transpileModule.at(-1) ?? [];
    const [, map] = /sourceMappingURL=data:application\/json;base64,(\S+)/.exec(js) ?? [];
    const [text] = JSON.parse(Buffer.from(map, 'base64').toString()).sourcesContent;
    assert.match(
      text,
      /^export \{\};\nz;/,
      "tslab's prefix before a cell is no longer the line `export {};`.",
    );
    const names = calls.getPreEmitDiagnosticsOfFiles
      .at(-1)?.[0]
      .getSourceFiles()
      .map((f: Json) => f.fileName.split('/').pop());
    assert.ok(
      names.includes('__prev__.d.ts'),
      'tslab no longer keeps the earlier declarations in __prev__.d.ts.',
    );
  });

  test('tells diagnostics with place, code and message', () => {
    const [diagnostic] = converter.convert('', '\nconst n: number = "a";').diagnostics;
    assert.deepEqual(
      { ...diagnostic, start: { ...diagnostic.start, offset: 0 }, end: { ...diagnostic.end, offset: 0 } },
      {
        start: { offset: 0, line: 1, character: 6 },
        end: { offset: 0, line: 1, character: 7 },
        messageText: "Type 'string' is not assignable to type 'number'.",
        category: 1,
        code: 2322,
        fileName: undefined,
      },
      "The shape of tslab's diagnostics has changed.",
    );
  });

  test('still leaves shorthand properties and `await (…)` as they are: corrections that it needs', () => {
    const prev = 'declare let z: number;\n';
    assert.match(
      converter.convert(prev, 'const o = { z };').output,
      /\{ z \}/,
      'tslab spells out shorthand properties itself now: shorthand.cjs can go.',
    );
    assert.equal(
      converter.convert('', 'await (3);').hasToplevelAwait,
      false,
      'tslab sees `await (…)` itself now: top_level_await.cjs can go.',
    );
    assert.equal(
      converter.convert('', 'await 3;').hasToplevelAwait,
      true,
      'tslab no longer tells of a top-level await.',
    );
  });
});

describe('the executor', () => {
  test('runs a cell through vm.runInThisContext, in the wrapper whose columns are taken off', async () => {
    await executor.execute('1 + 1');
    assert.match(
      calls.runInThisContext.at(-1)?.[0],
      /^\(function\(exports, require\) \{ /,
      "tslab's wrapper of a cell has changed.",
    );
    await executor.execute('await 1');
    assert.match(
      calls.runInThisContext.at(-1)?.[0],
      /^\(async function\(exports, require\) \{ /,
      "tslab's wrapper of a cell with await has changed.",
    );
    assert.deepEqual(shown.at(0), [2], 'tslab no longer shows the last expression by console.log.');
  });

  test('reports what was thrown by console.error, as it is', async () => {
    const thrown = { odd: true };
    Object.assign(globalThis, { thrownByTest: thrown });
    assert.equal(await executor.execute('throw (globalThis as any).thrownByTest;'), false);
    assert.equal(reported.at(-1)?.[0], thrown, 'tslab no longer hands the thrown value to console.error.');
  });

  test('stops waiting on interrupt, with the words that the launcher knows', async () => {
    const ended = executor.execute('await new Promise(() => {});');
    setImmediate(() => executor.interrupt());
    assert.equal(await ended, false);
    assert.equal(
      (reported.at(-1)?.[0] as Error | undefined)?.message,
      'Interrupted asynchronously',
      "tslab's words for an interrupted cell have changed.",
    );
  });
});

describe('the server', () => {
  const delimiter = Buffer.from('<IDS|MSG>');
  const parts = [{ msg_type: 'kernel_info_request', session: 's' }, {}, {}, { code: '1' }].map(part =>
    Buffer.from(JSON.stringify(part)),
  );
  const signature = parts
    .reduce((hmac, part) => hmac.update(part), createHmac('sha256', 'key'))
    .digest('hex');

  test('reads a message and first publishes "busy" for it', async () => {
    const reader = {
      connInfo: { key: 'key' },
      publishStatus(state: string, message: Json) {
        throw { state, message };
      },
    };
    const handle = jupyter.ZmqServer.prototype.handleShellMessage as Json;
    const caught = await handle
      .call(reader, null, Buffer.from('client'), delimiter, Buffer.from(signature), ...parts)
      .catch((e: Json) => e);
    assert.equal(
      caught.state,
      'busy',
      'tslab no longer publishes "busy" as the first thing that it does with a message.',
    );
    assert.deepEqual(caught.message.content, { code: '1' });
    const sent: Json[] = [];
    caught.message.createReply().signAndSend('key', { send: (frames: Json) => sent.push(frames) });
    assert.equal(String(sent[0][0]), 'client', 'A reply of tslab no longer goes to the one who asked.');
    assert.equal(sent[0].length, 7, "The frames of tslab's messages have changed.");
  });

  test('displays go through lastWriteDisplayData', () => {
    const written: Json[] = [];
    (jupyter as Json).lastWriteDisplayData = (...args: Json[]) => written.push(args);
    require('tslab').display.text('shown');
    assert.deepEqual(
      written[0]?.[0].data,
      { 'text/plain': 'shown' },
      'tslab no longer writes displays by lastWriteDisplayData.',
    );
  });

  test('a zeromq socket throws EBUSY when it cannot send at once, and tells whether it is readable', async () => {
    const { Publisher, Router } = await import('zeromq');
    const [publisher, router] = [new Publisher(), new Router()];
    try {
      publisher.sendHighWaterMark = 0;
      await publisher.bind('tcp://127.0.0.1:*');
      const burst = () => {
        for (let i = 0; i < 5000; i++) publisher.send('x').catch(() => {});
      };
      assert.throws(
        burst,
        { code: 'EBUSY' },
        'zeromq takes any number of messages at once now: serial_send.cjs can go.',
      );
      assert.equal(router.readable, false, 'A socket of zeromq no longer tells whether it is readable.');
    } finally {
      publisher.close();
      router.close();
    }
  });
});
