import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import ndarray from 'ndarray';
import { compile } from 'vega-lite';
import type { ChartSpec } from '../modules/chart_spec';
import { renderSvg } from '../modules/chart_svg';
import { lineChart, scatterChart, smallMultiples } from '../modules/charts';
import { heatMap } from '../modules/heat_map';
import { ROOT, venvBin } from '../scripts/setup/paths.mjs';

const words = {
  title: 'The title',
  description: 'A sentence that says what the picture shows.',
  xTitle: 'name of x',
  yTitle: 'name of y',
};
const between = (a: number, b: number, n: number) =>
  Array.from({ length: n }, (_, i) => a + ((b - a) * i) / (n - 1));
const square = (axis: number[]) => axis.flatMap(x => axis.map(y => [x, y]));
const x = between(0, 1, 21);
const broken = x.map(v => (v === 0.5 ? Number.NaN : v * v));

const charts: Record<string, ChartSpec> = {
  'one line': lineChart({ ...words, x, series: [{ name: 'u', y: x }] }),
  'lines, points, references and everything that cannot be drawn': lineChart({
    ...words,
    x,
    series: [
      { name: 'broken', y: broken },
      { name: 'slope', y: x.map(v => 1 / v) },
      { name: 'logarithm', y: x.map(Math.log), mark: 'line and points' },
      { name: 'samples', x: [0.1, 0.2], y: [1, 2], mark: 'points' },
    ],
    references: [{ x: 0.5 }, { y: 1, name: 'one' }],
  }),
  'logarithmic axes': lineChart({
    ...words,
    xLog: true,
    yLog: true,
    x: [4, 16, 64, 256],
    series: [
      { name: 'error', y: [1e-1, 1e-8, 1e-15, 0] },
      { name: 'other', y: [1, 0.5, -1, Number.NaN] },
    ],
  }),
  'nothing that can be drawn': lineChart({ ...words, x: [0, 1], series: [{ name: 'u', y: [NaN, NaN] }] }),
  'zeros on a logarithmic axis': lineChart({
    ...words,
    yLog: true,
    x: [0, 1],
    series: [{ name: 'u', y: [0, 0] }],
  }),
  'small multiples': smallMultiples({
    ...words,
    references: [{ y: 0, name: 'zero' }],
    panels: ['Gaussian', 'Matérn 1/2', 'Wendland C²', 'r³'].map((name, i) => ({
      name,
      x,
      series: [
        { name: 'φ', y: x.map(v => (i + 1) * v) },
        { name: 'φ′', y: broken },
      ],
    })),
  }),
  scatter: scatterChart({
    ...words,
    sets: [
      { name: 'inside', points: square([0.25, 0.5, 0.75]) },
      { name: 'boundary', points: ndarray(new Float64Array([0, 0, 1, 1]), [2, 2]) },
    ],
  }),
  'heat map of a small grid': heatMap({
    ...words,
    valueTitle: 'u_x',
    points: square([0, 0.5, 1]),
    values: [NaN, 1, 2, 3, 4, 5, 6, 7, -Infinity],
  }),
  'heat map about a middle': heatMap({
    ...words,
    valueTitle: 'residual',
    middle: 0,
    points: square([0, 1]),
    values: [-1e-8, 0, 1e-8, 2e-8],
  }),
  'heat map of a fine grid': heatMap({
    ...words,
    valueTitle: 'f',
    points: square(between(-1, 1, 20)),
    values: between(0, 1, 400).map((v, i) => (i % 50 ? v : NaN)),
  }),
  'heat map without a number': heatMap({ ...words, valueTitle: 'f', points: [[0, 0]], values: [NaN] }),
};

describe('every chart', () => {
  test('is valid by the JSON schema of Vega-Lite', () => {
    const validate = `
import json, sys
from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
validator = Draft7Validator(json.load(open(sys.argv[1])))
for name, spec in json.load(sys.stdin).items():
    error = best_match(validator.iter_errors(spec))
    if error: print(name, list(error.absolute_path), error.message[:300])
`;
    const schema = join(ROOT, 'node_modules/vega-lite/build/vega-lite-schema.json');
    const check = (input: object) =>
      spawnSync(venvBin('python'), ['-c', validate, schema], {
        input: JSON.stringify(input),
        encoding: 'utf8',
      });
    // By the schema rows may hold anything: two of each are enough, and quicker.
    const short = Object.entries(charts).map(([name, spec]) => [
      name,
      { ...spec, data: { values: rowsOf(spec).slice(0, 2) } },
    ]);
    const { stdout, stderr, status } = check(Object.fromEntries(short));
    assert.deepEqual({ stdout, stderr, status }, { stdout: '', stderr: '', status: 0 });
    // The validator is not blind.
    assert.match(check({ wrong: { ...charts['one line'], width: 'wide open' } }).stdout, /^wrong /);
  });

  for (const [name, spec] of Object.entries(charts)) {
    test(`${name}: plain JSON, compiled without a warning`, () => {
      assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec);
      const complaints: unknown[] = [];
      const complain = (...message: unknown[]) => {
        complaints.push(message);
        return logger;
      };
      const logger = {
        level: (() => logger) as never,
        error: complain,
        warn: complain,
        info: () => logger,
        debug: () => logger,
      };
      compile(spec as never, { logger });
      assert.deepEqual(complaints, []);
    });

    test(`${name}: its picture holds the title, both axis titles and the description`, async () => {
      const svg = await renderSvg(spec);
      const texts = textsOf(svg);
      for (const text of [words.title, words.xTitle, words.yTitle]) assert.ok(texts.includes(text), text);
      assert.ok(svg.startsWith(`<svg role="img" aria-label="${words.description}" `));
      assert.ok(svg.includes(`<title>${words.description}</title>`));
      const attributes = svg.match(/ [a-z][a-z0-9-]*="[^"]*"/g) ?? [];
      assert.deepEqual(
        attributes.filter(attribute => /NaN|undefined|Infinity/.test(attribute)),
        [],
      );
    });
  }
});

describe('lineChart', () => {
  test('a NaN leaves a gap in the line, a cross at the edge, and a word for it', async () => {
    const whole = await renderSvg(lineChart({ ...words, x, series: [{ name: 'u', y: x }] }));
    const gap = await renderSvg(lineChart({ ...words, x, series: [{ name: 'u', y: broken }] }));
    const strokes = (svg: string) => linesOf(svg).map(d => d.split('M').length - 1);
    assert.deepEqual([strokes(whole), strokes(gap)], [[1], [2]]);
    assert.equal(textsOf(gap).filter(text => text === '×').length, 1);
    assert.ok(textsOf(gap).includes('At the edge: × NaN.'));
    assert.ok(!textsOf(whole).some(text => text.includes('×')));
  });

  test('infinite values stand at the upper and lower edge, zeros and negatives at a logarithmic one', () => {
    const y = [1, Infinity, -Infinity, 0, -2];
    const signs = (yLog: boolean) =>
      rowsOf(lineChart({ ...words, yLog, height: 200, x: [1, 2, 3, 4, 5], series: [{ name: 'u', y }] })).map(
        ({ y, sign, top }) => ({ y, sign, top }),
      );
    const number = (y: number) => ({ y, sign: undefined, top: undefined });
    assert.deepEqual(signs(false), [
      number(1),
      { y: null, sign: '∞', top: 10 },
      { y: null, sign: '−∞', top: 190 },
      number(0),
      number(-2),
    ]);
    assert.deepEqual(
      signs(true).map(row => row.sign),
      [undefined, '∞', '−∞', '0', '−'],
    );
  });

  test('signs of two series at one x do not cover each other', () => {
    const series = ['a', 'b', 'c'].map((name, i) => ({ name, y: [i === 1 ? 1 : NaN] }));
    const tops = rowsOf(lineChart({ ...words, x: [0], series })).flatMap(row => row.top ?? []);
    assert.equal(new Set(tops).size, 2);
  });

  test('twelve lines or sets of markers differ by dash or shape and colour, eight of them without the colour', () => {
    const names = between(1, 12, 12).map(String);
    for (const [mark, channel] of [
      ['line', 'strokeDash'],
      ['points', 'shape'],
    ] as const) {
      const spec = lineChart({ ...words, x: [0], series: names.map(name => ({ name, y: [0], mark })) });
      const { layer } = (spec.layer as { layer: { encoding?: Record<string, Scaled> }[] }[])[0];
      const encoding = layer.find(one => one.encoding?.[channel])?.encoding ?? {};
      const range = (name: string) => encoding[name].scale.range.map(v => JSON.stringify(v));
      assert.equal(new Set(range(channel).slice(0, 8)).size, 8);
      assert.equal(new Set(range(channel).map((v, i) => v + range('color')[i])).size, 12);
    }
  });

  test('takes arrays, typed arrays, ndarrays [n] and [n, 1], strided ones, and tensors alike', () => {
    const y = [1, 2, 3];
    const alike = [
      Float64Array.from(y),
      Float32Array.from(y),
      ndarray(Float64Array.from(y)),
      ndarray(Float64Array.from(y), [3, 1]),
      ndarray(Float64Array.from([3, 0, 2, 0, 1]), [3], [-2], 4),
      { shape: [3, 1], dataSync: () => Float32Array.from(y) },
    ];
    const chart = (values: (typeof alike)[number] | number[]) =>
      lineChart({ ...words, x: [0, 1, 2], series: [{ name: 'u', y: values }] });
    for (const values of alike) assert.deepEqual(chart(values), chart(y));
  });

  test('every number in a chart has at most six digits and lies within half a unit of the sixth', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 20 }), pairs => {
        const spec = lineChart({
          ...words,
          x: pairs.map(p => p[0]),
          series: [{ name: 'u', y: pairs.map(p => p[1]) }],
        });
        for (const [i, row] of rowsOf(spec).entries())
          for (const [shown, given] of [
            [row.x, pairs[i][0]],
            [row.y ?? NaN, pairs[i][1]],
          ]) {
            assert.ok(Math.abs(shown - given) <= 0.5000001e-5 * Math.abs(given) + Number.MIN_VALUE);
            assert.ok(Number(shown.toPrecision(6)) === shown);
          }
      }),
    );
  });
});

describe('heatMap', () => {
  const nan = charts['heat map of a small grid'];

  test('cells that are NaN or infinite are crossed out and named; all others show their number', async () => {
    const svg = await renderSvg(nan);
    const texts = textsOf(svg);
    for (const text of ['NaN', '-Infinity', '1', '7']) assert.ok(texts.includes(text), text);
    assert.ok(texts.includes('Crossed out: -Infinity, NaN.'));
    const diagonals = (svg.match(/<line [^>]*>/g) ?? []).filter(
      line => /x2="-?[1-9]/.test(line) && /y2="-?[1-9]/.test(line),
    );
    assert.equal(diagonals.length, 2 * 2);
  });

  test('cells of an uneven grid in any order cover the picture without gap or overlap', () => {
    const axes = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(axes, axes, (xs, ys) => {
        const points = xs.flatMap(px => ys.map(py => [px, py]));
        const spec = heatMap({ ...words, valueTitle: 'f', points, values: points.map(() => 1) });
        const [columns] = spec.transform as {
          from: { data: { values: { at: number; from: number; to: number }[] } };
        }[];
        const spans = columns.from.data.values;
        assert.equal(spans.length, xs.length);
        for (const [i, span] of spans.entries()) {
          assert.ok(span.from < span.at && span.at < span.to);
          if (i > 0) assert.equal(span.from, spans[i - 1].to);
        }
      }),
    );
  });
});

describe('errors say the call, the argument, what it is and what it should be', () => {
  const series = [{ name: 'u', y: [1, 2] }];
  const good = { ...words, x: [0, 1], series };
  const grid = { ...words, valueTitle: 'f', points: square([0, 1]), values: [1, 2, 3, 4] };
  const cases: [string, () => unknown, { name: string; message: RegExp }][] = [
    ...(['title', 'description', 'xTitle', 'yTitle'] as const).flatMap(
      word =>
        [undefined, '', ' '].map(wrong => [
          `${word} ${JSON.stringify(wrong)}`,
          () => lineChart({ ...good, [word]: wrong }),
          { name: 'TypeError', message: new RegExp(`^lineChart\\(${word}\\): ${word} must be a non-empty`) },
        ]) as [string, () => unknown, { name: string; message: RegExp }][],
    ),
    [
      'x that is NaN',
      () => lineChart({ ...good, x: [0, NaN] }),
      { name: 'RangeError', message: /^lineChart\(x\): x must be finite, got NaN$/ },
    ],
    [
      'no x',
      () => lineChart({ ...words, series }),
      { name: 'RangeError', message: /series\[0\]\.y must have as many values as x, 0, got 2/ },
    ],
    [
      'too short a y',
      () => lineChart({ ...good, x: [0, 1, 2] }),
      { name: 'RangeError', message: /as many values as x, 3, got 2/ },
    ],
    [
      'y of two columns',
      () => lineChart({ ...good, series: [{ name: 'u', y: ndarray(new Float64Array(4), [2, 2]) }] }),
      { name: 'TypeError', message: /series\[0\]\.y must be numbers \[n\], got shape \[2, 2\]/ },
    ],
    [
      'words for y',
      () => lineChart({ ...good, series: [{ name: 'u', y: ['a', 'b'] as never }] }),
      { name: 'TypeError', message: /must be numbers \[n\], got \["a","b"\]/ },
    ],
    [
      'two series of one name',
      () => lineChart({ ...good, series: [...series, ...series] }),
      { name: 'TypeError', message: /a name of its own, got \[u, u\]/ },
    ],
    [
      'no series',
      () => lineChart({ ...good, series: [] }),
      { name: 'TypeError', message: /lineChart\(series\)/ },
    ],
    [
      'no values',
      () => lineChart({ ...good, x: [], series: [{ name: 'u', y: [] }] }),
      { name: 'RangeError', message: /1 to 5000 values, got 0/ },
    ],
    [
      'too many values',
      () => lineChart({ ...good, x: between(0, 1, 5001), series: [{ name: 'u', y: between(0, 1, 5001) }] }),
      { name: 'RangeError', message: /1 to 5000 values, got 5001/ },
    ],
    [
      'x = 0 on a logarithmic axis',
      () => lineChart({ ...good, xLog: true }),
      { name: 'RangeError', message: /x must be positive on a logarithmic axis, got 0/ },
    ],
    [
      'a reference at infinity',
      () => lineChart({ ...good, references: [{ y: Infinity }] }),
      { name: 'RangeError', message: /references must be finite, got Infinity/ },
    ],
    [
      'points in space',
      () => scatterChart({ ...words, sets: [{ name: 'p', points: [[0, 1, 2]] }] }),
      {
        name: 'TypeError',
        message: /^scatterChart\(sets\[0\]\.points\): .* must be points \[n, 2\], got shape \[1, 3\]/,
      },
    ],
    [
      'ragged points',
      () => heatMap({ ...grid, points: [[0, 1], [2]] }),
      { name: 'TypeError', message: /must be points \[n, 2\], got \[\[0,1\],\[2\]\]/ },
    ],
    [
      'too few values for the grid',
      () => heatMap({ ...grid, values: [1] }),
      { name: 'RangeError', message: /values must be as many as points, 4, got 1/ },
    ],
    [
      'a grid with a hole',
      () =>
        heatMap({
          ...grid,
          points: [
            [0, 0],
            [0, 1],
            [1, 0],
          ],
          values: [1, 2, 3],
        }),
      { name: 'RangeError', message: /must be a full grid, got 3 different points on 2 × 2 lines/ },
    ],
    [
      'a point twice',
      () =>
        heatMap({
          ...grid,
          points: [
            [0, 0],
            [0, 1],
            [1, 0],
            [1, 0],
          ],
        }),
      { name: 'RangeError', message: /must be a full grid, got 3 different points/ },
    ],
    [
      'a middle that is NaN',
      () => heatMap({ ...grid, middle: NaN }),
      { name: 'RangeError', message: /middle must be finite, got NaN/ },
    ],
    [
      'no valueTitle',
      () => heatMap({ ...grid, valueTitle: '' }),
      { name: 'TypeError', message: /^heatMap\(valueTitle\)/ },
    ],
    [
      'two panels of one name',
      () =>
        smallMultiples({
          ...words,
          panels: [
            { name: 'p', ...good },
            { name: 'p', ...good },
          ],
        }),
      { name: 'TypeError', message: /^smallMultiples\(panels\)/ },
    ],
  ];
  for (const [name, make, error] of cases) test(name, () => assert.throws(make, error));
});

interface Scaled {
  scale: { range: unknown[] };
}

interface Row {
  x: number;
  y: number | null;
  sign?: string;
  top?: number;
}

const rowsOf = (spec: ChartSpec): Row[] => (spec.data as { values: Row[] }).values;
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(match => match[1]);
/** The paths of the marks of type line. */
const linesOf = (svg: string): string[] =>
  [...svg.matchAll(/mark-line role-mark.*?<path [^>]*d="([^"]*)"/g)].map(match => match[1]);
