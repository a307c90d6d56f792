/** Lines, small multiples and points: what is drawn of which data, and what is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import ndarray from 'ndarray';
import { compile } from 'vega-lite';
import { renderSvg } from '../modules/chart_svg';
import { lineChart, scatterChart, smallMultiples } from '../modules/charts';
import { between, broken, itemsOf, rowsOf, textsOf, viewOf, words } from './support/charts';

const x = between(0, 1, 21);

interface Row {
  x: number;
  y: number | null;
  sign?: string;
  top?: number;
}

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
      rowsOf<Row>(
        lineChart({ ...words, yLog, height: 200, x: [1, 2, 3, 4, 5], series: [{ name: 'u', y }] }),
      ).map(({ y, sign, top }) => ({ y, sign, top }));
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
    const tops = rowsOf<Row>(lineChart({ ...words, x: [0], series })).flatMap(row => row.top ?? []);
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
        for (const [i, row] of rowsOf<Row>(spec).entries())
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

describe('axes of a line chart', () => {
  const y = [1, 2, 4, 8];
  const chart = (options: object) =>
    lineChart({ ...words, x: between(1, 4, 4), series: [{ name: 'u', y }], ...options });

  test('move and zoom: other ends of x and y, and the lines with them, cut off at the border', async () => {
    const view = await viewOf(chart({}));
    const first = () => itemsOf(view, 'line')[0];
    const [before, domain] = [first().x, view.scale('x').domain()];
    await view.signal('panAndZoom_x', [2, 3]).signal('panAndZoom_y', [0, 4]).runAsync();
    assert.deepEqual(
      [view.scale('x').domain(), view.scale('y').domain()],
      [
        [2, 3],
        [0, 4],
      ],
    );
    assert.ok(first().x < before);
    assert.equal((first().mark as unknown as { clip: boolean }).clip, true);
    assert.notDeepEqual(domain, [2, 3]);
    view.finalize();
  });

  test('the wheel zooms with ctrl alone and is left to the page without it', () => {
    const wheels: { filter?: string[]; consume?: boolean }[] = [];
    JSON.stringify(compile(chart({}) as never).spec, (_, value) => {
      if (value?.type === 'wheel') wheels.push(value);
      return value;
    });
    assert.ok(wheels.length > 0);
    for (const { filter, consume } of wheels) {
      assert.ok(filter?.includes('event.ctrlKey'));
      assert.equal(consume, true);
    }
  });

  test('markers at the ends of an axis that cuts off have room there', async () => {
    const view = await viewOf(chart({ series: [{ name: 'u', y, mark: 'points' }] }));
    for (const { x: left, y: top } of itemsOf(view, 'symbol')) {
      assert.ok(left >= 7 && left <= 480 - 7, `x ${left}`);
      assert.ok(top >= 7 && top <= 280 - 7, `y ${top}`);
    }
    view.finalize();
  });

  test('small multiples stand still: each panel has an axis of its own', () => {
    const panels = ['a', 'b'].map(name => ({ name, x: [0, 1], series: [{ name: 'u', y: [0, 1] }] }));
    assert.ok(!JSON.stringify(smallMultiples({ ...words, panels })).includes('"params"'));
  });

  test('a logarithmic axis is labelled in powers of ten, and over few decades by twofold and fivefold too', async () => {
    const labels = async (ys: number[]) => {
      const svg = await renderSvg(chart({ yLog: true, series: [{ name: 'u', y: ys }] }));
      return textsOf(svg).filter(text => /^\d\S*$/.test(text));
    };
    const wide = await labels([1e-12, 1e-8, 1e-4, 1]);
    assert.ok(
      ['1e-12', '1e-8', '1e-4'].every(power => wide.includes(power)),
      String(wide),
    );
    assert.ok(wide.filter(text => text.includes('e')).every(text => /^1e/.test(text)));
    const narrow = await labels([0.02, 0.03, 0.1, 0.4]);
    for (const text of ['0.02', '0.05', '0.1', '0.2']) assert.ok(narrow.includes(text), String(narrow));
    assert.ok(!narrow.includes('0.3'), String(narrow));
    const within = await labels([0.11, 0.12, 0.15, 0.19]);
    assert.ok(within.filter(text => text.startsWith('0.')).length > 1, String(within));
  });
});

describe('errors say the call, the argument, what it is and what it should be', () => {
  const series = [{ name: 'u', y: [1, 2] }];
  const good = { ...words, x: [0, 1], series };
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

/** The paths of the marks of type line. */
const linesOf = (svg: string): string[] =>
  [...svg.matchAll(/mark-line role-mark.*?<path [^>]*d="([^"]*)"/g)].map(match => match[1]);
