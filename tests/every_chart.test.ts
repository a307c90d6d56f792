/** What holds for every chart that the modules make, and for those in the committed notebooks. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as vega from 'vega';
import { compile } from 'vega-lite';
import { type ChartSpec, COLOURS, INK } from '../modules/chart_spec';
import { renderSvg } from '../modules/chart_svg';
import { codeCells } from '../scripts/headless/judge.mjs';
import { committedNotebooks } from '../scripts/headless/main.mjs';
import { ROOT, venvBin } from '../scripts/setup/paths.mjs';
import { charts, itemsOf, textsOf, viewOf, words } from './support/charts';
import { contrast, difference, type Rgb, rgbOf, seenBy } from './support/colours';

/** The specifications that the committed notebooks hold, by notebook and cell. */
function committedCharts(): Record<string, ChartSpec> {
  const all = committedNotebooks().flatMap(file =>
    codeCells(JSON.parse(readFileSync(file, 'utf8'))).flatMap((cell, k) =>
      (cell.outputs ?? []).flatMap(({ data }, i) => {
        const spec = data?.['application/vnd.vegalite.v5+json'];
        return spec ? [[`${basename(file)} cell ${k + 1} output ${i + 1}`, spec] as const] : [];
      }),
    ),
  );
  return Object.fromEntries(all);
}

/** What the JSON schema that Vega-Lite comes with says against specifications, one line each. */
function complaints(specs: object): string[] {
  const validate = `
import json, sys
from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
validator = Draft7Validator(json.load(open(sys.argv[1])))
for name, spec in json.load(sys.stdin).items():
    error = best_match(validator.iter_errors(spec))
    if error: print(name + ':', list(error.absolute_path), error.message[:300])
`;
  const schema = join(ROOT, 'node_modules/vega-lite/build/vega-lite-schema.json');
  const { stdout, stderr, status } = spawnSync(venvBin('python'), ['-c', validate, schema], {
    input: JSON.stringify(specs),
    encoding: 'utf8',
  });
  assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
  return stdout.split('\n').filter(Boolean);
}

describe('the JSON schema of Vega-Lite', () => {
  const committed = committedCharts();
  const wrong = {
    top: { ...charts['one line'], width: 'wide open' },
    layer: { ...charts['one line'], layer: [{ mark: { type: 'arrow' } }] },
    slider: { ...charts['frames of lines'], params: [{ name: 'frame', bind: { input: 'range', min: 'x' } }] },
  };
  // One run for all: the schema takes seconds to load.
  let said: string[];
  before(() => {
    said = complaints({ ...charts, ...committed, ...wrong });
  });
  const about = (specs: object) =>
    said.filter(line => Object.keys(specs).some(name => line.startsWith(`${name}: `)));

  test('passes every chart that the modules make', () => assert.deepEqual(about(charts), []));

  test('passes every chart in the committed notebooks', () => {
    assert.ok(Object.keys(committed).length >= 8);
    assert.deepEqual(about(committed), []);
  });

  test('complains of what is wrong at the top, in a layer and in a slider', () => {
    assert.deepEqual(
      said.map(line => line.split(': ')[0]),
      Object.keys(wrong),
    );
  });
});

for (const [name, spec] of Object.entries(charts))
  describe(name, () => {
    test('is plain JSON, compiled without a warning', () => {
      assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec);
      const said: unknown[] = [];
      const say = (...message: unknown[]) => {
        said.push(message);
        return logger;
      };
      const logger = {
        level: (() => logger) as never,
        error: say,
        warn: say,
        info: () => logger,
        debug: () => logger,
      };
      compile(spec as never, { logger });
      assert.deepEqual(said, []);
    });

    test('its picture holds the title and the titles of both axes, and its description for those who hear it', async () => {
      const svg = await renderSvg(spec);
      const texts = textsOf(svg);
      for (const text of [words.title, words.xTitle, words.yTitle]) assert.ok(texts.includes(text), text);
      assert.ok(spec.description.includes(words.description));
      assert.ok(svg.startsWith(`<svg role="img" aria-label="${spec.description}" `));
      assert.ok(svg.includes(`<title>${spec.description}</title>`));
      const attributes = svg.match(/ [a-z][a-z0-9-]*="[^"]*"/g) ?? [];
      assert.deepEqual(
        attributes.filter(attribute =>
          /NaN|undefined|Infinity/.test(attribute.replace(/^ aria-label.*/, '')),
        ),
        [],
      );
    });

    test('answers the pointer with the names and numbers of what is under it', async () => {
      const view = await viewOf(spec);
      const items = ['rect', 'symbol', 'text'].flatMap(type => itemsOf(view, type));
      const answers = items.flatMap(item => (item.tooltip ? [item.tooltip] : []));
      view.finalize();
      assert.ok(answers.length > 0);
      for (const answer of answers) {
        assert.ok(Object.keys(answer).length >= 2);
        assert.ok(!Object.values(answer).includes('undefined'), JSON.stringify(answer));
      }
    });

    test('every colour of text, line or marker has the contrast that WCAG asks for on the ground', async () => {
      const svg = await renderSvg(spec);
      const ground = rgbOf(svg.match(/<rect width="\d+" height="\d+" fill="([^"]+)"/)?.[1] ?? 'none');
      const texts = [...svg.matchAll(/<text[^>]* fill="([^"]+)"[^>]*>([^<]+)</g)];
      assert.ok(texts.length > 0);
      // A lone sign in the colour of its series is a marker rather than text.
      for (const [, colour, text] of texts)
        assert.ok(contrast(rgbOf(colour), ground) >= (/^[×∞−0]+$/.test(text) ? 3 : 4.5), `${text} ${colour}`);
      for (const colour of drawn(svg)) assert.ok(contrast(rgbOf(colour), ground) >= 3, colour);
    });
  });

/** The colours of lines and markers that stand on the ground, not on the colours of cells; faint ones say nothing. */
function drawn(svg: string): Set<string> {
  const groups = svg.match(/<g class="mark-(?:line|symbol) role-mark [^>]*>.*?<\/g>/g) ?? [];
  const paths = groups.flatMap(group => group.match(/<path [^>]*>/g) ?? []);
  const strokes = paths.filter(path => !/ opacity="0\.\d+"| stroke="white"/.test(path));
  return new Set(strokes.flatMap(path => path.match(/(?<= stroke=")(?!none)[^"]+/g) ?? []));
}

describe('colours', () => {
  test('a chart needs a ground of its own: no colour of text is legible on a white page and on a dark one', () => {
    const greys = Array.from({ length: 256 }, (_, v): Rgb => [v, v, v]);
    const legible = (ground: Rgb) => greys.map(grey => contrast(grey, ground) >= 4.5);
    const [onWhite, onDark] = [legible([255, 255, 255]), legible([17, 17, 17])];
    assert.ok(onWhite.some(Boolean) && onDark.some(Boolean));
    assert.ok(!greys.some((_, v) => onWhite[v] && onDark[v]));
    assert.equal(charts['one line'].background, 'white');
  });

  test('the colours of series stand out from white by 3 or more, ink by 4.5', () => {
    for (const colour of COLOURS) assert.ok(contrast(rgbOf(colour), [255, 255, 255]) >= 3, colour);
    assert.ok(contrast(rgbOf(INK), [255, 255, 255]) >= 4.5);
  });

  test('eyes without red, green or blue cones tell the colours of series apart', () => {
    for (const eyes of ['all cones', 'no red', 'no green', 'no blue'] as const)
      for (const [i, one] of COLOURS.entries())
        for (const other of COLOURS.slice(0, i)) {
          const apart = difference(seenBy(eyes, rgbOf(one)), seenBy(eyes, rgbOf(other)));
          assert.ok(apart > 15, `${one} and ${other}, ${eyes}: ${apart}`);
        }
  });

  test('that test is not blind: eyes without green cones take orange for ochre', () => {
    const [orange, ochre] = [rgbOf('#d55e00'), rgbOf('#b8860b')];
    assert.ok(difference(orange, ochre) > 30);
    assert.ok(difference(seenBy('no green', orange), seenBy('no green', ochre)) < 5);
  });

  test('a level line shows on every colour of a heat map, by its ink or by its rim', async () => {
    const view = await viewOf(charts['frames of a heat map']);
    const rims = itemsOf(view, 'line').filter(item => item.stroke === 'white');
    view.finalize();
    const [{ opacity = 1 }] = rims;
    for (const name of ['viridis', 'blueorange']) {
      const scheme = vega.scheme(name) as (t: number) => string;
      for (let t = 0; t <= 1; t += 1 / 64) {
        const cell = rgbOf(scheme(t));
        const rim = cell.map(c => opacity * 255 + (1 - opacity) * c) as Rgb;
        assert.ok(Math.max(contrast(rgbOf(INK), cell), contrast(rim, cell)) >= 3, `${name} ${t}`);
        assert.ok(contrast(rgbOf(INK), rim) >= 4.5);
      }
    }
  });

  test('viridis grows lighter all the way, also for eyes without one kind of cones', () => {
    const scheme = vega.scheme('viridis') as (t: number) => string;
    for (const eyes of ['all cones', 'no red', 'no green', 'no blue'] as const) {
      const lightness = Array.from({ length: 33 }, (_, k) =>
        contrast(seenBy(eyes, rgbOf(scheme(k / 32))), [0, 0, 0]),
      );
      assert.ok(
        lightness.slice(1).every((v, k) => v > lightness[k]),
        eyes,
      );
    }
  });
});
