/** The site: whole, without a network, readable by eye and by ear. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { type Cell, codeCells, joined } from '../scripts/headless/judge.mjs';
import { committedNotebooks } from '../scripts/headless/main.mjs';
import { ROOT } from '../scripts/setup/paths.mjs';
import { publicModules } from '../scripts/site/api_pages.mjs';
import { buildSite } from '../scripts/site/build_site.mjs';
import { drawMathematics } from '../scripts/site/mathematics.mjs';
import { startBrowser } from './support/lab';
import { temporaryFolder } from './support/made_notebooks';

interface Page {
  name: string;
  html: string;
}
interface Tag {
  name: string;
  attributes: Record<string, string>;
}

const folder = temporaryFolder(after);
const site = join(folder, 'site');
const notebooks = committedNotebooks().map(file => ({
  file,
  name: basename(file, '.ipynb'),
  cells: (JSON.parse(readFileSync(file, 'utf8')) as { cells: Cell[] }).cells,
}));
const numbered = notebooks.filter(({ file }) => basename(dirname(file)) === 'notebooks');
const contents = JSON.parse(readFileSync(join(ROOT, 'scripts', 'site', 'contents.json'), 'utf8'));

const read = (name: string) => readFileSync(join(site, name), 'utf8');
const all = (ending: string): Page[] =>
  readdirSync(site, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => ({ name, html: read(name) }));
const own = () => all('.html').filter(({ name }) => !name.startsWith('api/'));

const unescaped = (text: string) =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;|&#34;/g, '"')
    .replace(/&#39;|&#x27;/g, "'")
    .replace(/&amp;/g, '&');

/** The opening tags of a page, without those in its scripts. */
function tags(html: string): Tag[] {
  const found = html
    .replace(/<script>[\s\S]*?<\/script>/g, '')
    .matchAll(/<([a-z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/gi);
  return [...found].map(([, name, rest]) => ({
    name,
    attributes: Object.fromEntries(
      [...rest.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, key, value = '']) => [key, unescaped(value)]),
    ),
  }));
}
const named = (html: string, name: string) => tags(html).filter(tag => tag.name === name);
/** What is read of a page: its text, with white space as in the source. */
const textOf = (html: string) => unescaped(html.replace(/<[^>]*>/g, ''));
const ids = (html: string) => new Set(tags(html).flatMap(({ attributes }) => attributes.id ?? []));

before(() => buildSite(site));

describe('the site', () => {
  test('has a page for each notebook and each document, and leaves nothing beside it', () => {
    const documents = readdirSync(join(ROOT, 'docs')).filter(name => name.endsWith('.md'));
    const expected = [
      ...notebooks.map(({ name }) => name),
      ...documents.map(name => name.slice(0, -3)),
      'index',
    ];
    assert.deepEqual(
      own()
        .map(({ name }) => name)
        .sort(),
      expected.map(name => `${name}.html`).sort(),
    );
    assert.deepEqual(readdirSync(folder), ['site']);
  });

  test('asks for nothing that is elsewhere', () => {
    const elsewhere = /^(?:[a-z]+:)?\/\//i;
    for (const { name, html } of all('.html'))
      for (const { name: tag, attributes } of tags(html)) {
        if (tag !== 'a') assert.doesNotMatch(attributes.href ?? '', elsewhere, `${name}: ${tag}`);
        assert.doesNotMatch(attributes.src ?? '', elsewhere, `${name}: ${tag}`);
        assert.doesNotMatch(attributes.style ?? '', /url\(/, `${name}: ${tag}`);
      }
    for (const { name, html } of all('.css')) {
      assert.doesNotMatch(html, /@import/, name);
      for (const [, url] of html.matchAll(/url\(["']?([^"')]*)/g))
        assert.ok(url.startsWith('data:') || existsSync(join(site, dirname(name), url)), `${name}: ${url}`);
    }
    for (const { name, html } of all('.svg')) assert.doesNotMatch(html, /(?:href|src)="https?:/, name);
  });

  test('leads only to what is there', () => {
    const known = new Map<string, Set<string>>();
    let links = 0;
    for (const { name, html } of all('.html'))
      for (const { attributes } of tags(html))
        for (const target of [attributes.href, attributes.src].filter(Boolean)) {
          if (/^(?:https?|data):/.test(target) || /^#icon-/.test(target)) continue;
          const [path, fragment] = target.split('#');
          const file =
            path === '' ? join(site, name) : resolve(site, dirname(name), decodeURIComponent(path));
          assert.ok(file.startsWith(site) && existsSync(file), `${name} leads to ${target}`);
          links++;
          if (!fragment) continue;
          const there = known.get(file) ?? ids(readFileSync(file, 'utf8'));
          known.set(file, there);
          // A browser looks for the fragment as it is written, and then for what it stands for.
          const found = there.has(fragment) || there.has(decodeURIComponent(fragment));
          assert.ok(found, `${name} leads to ${target}`);
        }
    assert.ok(links > 1000);
  });

  test('has one top heading a page, and none that skips a level', () => {
    for (const { name, html } of own()) {
      const levels = tags(html).flatMap(tag => (/^h[1-6]$/.test(tag.name) ? [Number(tag.name[1])] : []));
      assert.equal(levels.filter(level => level === 1).length, 1, name);
      levels.forEach((level, i) => {
        assert.ok(i === 0 ? level === 1 : level <= levels[i - 1] + 1, `${name}: h${level}`);
      });
    }
    for (const { name, html } of all('.html')) assert.equal(named(html, 'h1').length, 1, name);
  });

  test('names its language, and each page by its heading', () => {
    for (const { name, html } of own()) {
      assert.equal(named(html, 'html')[0].attributes.lang, 'en', name);
      const [, title] = /<title>(.*)<\/title>/.exec(html) ?? [];
      assert.equal(unescaped(title), unescaped(/<h1[^>]*>([^<]*)/.exec(html)?.[1] ?? ''), name);
    }
  });
});

describe('a page', () => {
  for (const { name, cells } of notebooks)
    test(`of ${name} shows its code, what came out, and its charts with a sentence each`, () => {
      const html = read(`${name}.html`);
      const text = textOf(html);
      const code = codeCells({ cells });
      for (const { source } of code) assert.ok(text.includes(joined(source).trim()), joined(source));
      const outputs = code.flatMap(cell => cell.outputs ?? []);
      for (const { text: printed } of outputs)
        if (printed) assert.ok(text.includes(joined(printed).trimEnd()), joined(printed));
      const charts = outputs.flatMap(({ data }) => (data?.['image/svg+xml'] ? [data] : []));
      const images = named(html, 'img').map(({ attributes }) => attributes);
      assert.deepEqual(
        images.map(({ alt }) => alt),
        charts.map(data => joined(data['text/plain'])),
      );
      images.forEach(({ src, width, height }, i) => {
        assert.equal(read(src), joined(charts[i]['image/svg+xml']));
        assert.ok(Number(width) > 0 && Number(height) > 0);
      });
    });

  for (const { name, cells } of notebooks)
    test(`of ${name} has all its mathematics drawn`, () => {
      const prose = cells.filter(cell => cell.cell_type === 'markdown').map(cell => joined(cell.source));
      const formulas = prose.flatMap(
        text => text.replace(/```[\s\S]*?```|`[^`\n]*`/g, '').match(/\$\$[\s\S]+?\$\$|\$[^$]+\$/g) ?? [],
      );
      const html = read(`${name}.html`);
      const drawn = named(html, 'span').filter(({ attributes }) => attributes.class === 'katex');
      assert.equal(drawn.length, formulas.length);
      assert.ok(!html.includes('katex-error') && !html.includes('class="math'));
    });

  test('is not built of what is no TeX: the error names the page and the formula', () => {
    assert.match(drawMathematics('<span class="math">a &lt; b</span>', 'x.html'), /class="katex"/);
    assert.throws(
      () => drawMathematics('<span class="math">\\frac{1}</span>', 'x.html'),
      /^Error: x\.html: .*\$\\frac\{1\}\$/s,
    );
    assert.throws(() => drawMathematics('<span class="math">\\unknown</span>', 'x.html'), /x\.html/);
  });
});

describe('the index', () => {
  const asking = numbered.filter(({ name }) => name !== '00_index');

  test('shows each notebook: its question, one of its pictures, one sentence', () => {
    const html = read('index.html');
    const cards = [...html.matchAll(/<section>([\s\S]*?)<\/section>/g)].map(match => match[1]);
    assert.equal(cards.length, asking.length);
    asking.forEach(({ name, cells }, i) => {
      const question = /^# (.+)$/m.exec(joined(cells[0].source))?.[1] ?? '';
      const { sentence } = contents.cards[name];
      assert.ok(textOf(cards[i]).includes(question), question);
      assert.ok(textOf(cards[i]).includes(sentence), name);
      assert.match(sentence, /^[A-Z][^.?!]*\.$/, name);
      const [{ attributes: link }, { attributes: image }] = [
        named(cards[i], 'a')[0],
        named(cards[i], 'img')[0],
      ];
      assert.equal(link.href, `${name}.html`);
      assert.ok(named(read(link.href), 'img').some(({ attributes }) => attributes.src === image.src));
      assert.ok(image.alt.length > 20);
    });
  });
});

describe('the pages of the modules', () => {
  test('are there for each module of the README’s table', () => {
    const modules = publicModules();
    assert.ok(modules.length >= 10);
    for (const module of modules)
      assert.ok(existsSync(join(site, 'api', 'modules', `${module}.html`)), module);
  });

  test('show the docstrings’ formulas as they were written', () => {
    const page = read(join('api', 'functions', 'notable_kernels.gaussianKernel.html'));
    assert.ok(
      textOf(page).includes('Gaussian e^(−ε²r²). At the centre: 1, gradient 0, second derivatives −2ε².'),
    );
    // A formula's _ or * that Markdown took for emphasis would be gone.
    for (const { name, html } of all('.html').filter(({ name }) => name.startsWith('api/')))
      for (const tag of ['em', 'strong', 'sub', 'del'])
        assert.equal(named(html, tag).length, 0, `${relative('api', name)} has <${tag}>`);
  });
});

describe('in a browser', () => {
  let browser: Browser;
  before(async () => {
    const home = join(folder, 'browser');
    mkdirSync(home);
    browser = await startBrowser(home);
  });
  after(() => browser?.close());

  /** Opens a page, and returns what went wrong and what the page looks like. */
  async function open(name: string, width: number) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const wrong: string[] = [];
    page.on('requestfailed', request => wrong.push(`failed: ${request.url()}`));
    page.on('request', request => {
      if (!/^(?:file|data):/.test(request.url())) wrong.push(`elsewhere: ${request.url()}`);
    });
    page.on('pageerror', error => wrong.push(error.message));
    page.on('console', message => message.type() === 'error' && wrong.push(message.text()));
    await page.goto(pathToFileURL(join(site, name)).href);
    // As text: the browser's own names are not known to Node's types.
    const seen = (await page.evaluate(`document.fonts.ready.then(() => ({
      broken: [...document.images].filter(image => image.naturalWidth === 0).map(image => image.src),
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      fonts: [...document.fonts].filter(font => font.status === 'error').map(font => font.family),
      flat: [...document.querySelectorAll('.katex-html')].filter(formula => formula.getBoundingClientRect().height < 5).length,
    }))`)) as { broken: string[]; overflow: number; fonts: string[]; flat: number };
    await page.close();
    return { wrong, ...seen };
  }
  const good = { wrong: [], broken: [], overflow: 0, fonts: [], flat: 0 };

  test('every page draws its charts and its mathematics, on a desk and on a telephone', async () => {
    for (const { name } of own())
      for (const width of [1280, 400])
        assert.deepEqual(await open(name, width), good, `${name}, ${width} wide`);
  });

  test('a page of the modules opens from a file without an error', async () => {
    for (const name of [
      'index.html',
      'modules/notable_kernels.html',
      'functions/differential_operators.evaluate.html',
    ])
      assert.deepEqual(await open(join('api', name), 1280), good, name);
  });
});
