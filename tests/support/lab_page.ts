// What one does in JupyterLab, by its menus, keys and mouse; and what one sees there.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { Cell } from '../../scripts/headless/judge.mjs';
import type { Lab } from './lab';

/** For whatever takes a while on a busy machine. */
const PATIENCE = 240_000;
const ANSWER = 3000;
/** Until a kernel is taken for one that is not coming. */
const KERNEL = 60_000;

/** As far as it is used here. */
interface Canvas {
  width: number;
  height: number;
  getContext(kind: '2d'): { getImageData(...box: number[]): { data: Uint8ClampedArray } };
  toDataURL(): string;
}

export class LabPage {
  constructor(
    readonly page: Page,
    private readonly lab: Lab,
  ) {
    page.setDefaultTimeout(PATIENCE);
  }

  /** Opens JupyterLab at an address, and waits for a notebook and its kernel. */
  async goTo(url: string): Promise<void> {
    await this.page.goto(url);
    await this.#ready(PATIENCE);
  }

  /** Opens a notebook by its path. Where the kernel's channel fails, as it does now and then, once more. */
  async open(path: string): Promise<void> {
    try {
      await this.#open(path, KERNEL);
    } catch {
      await this.page.reload();
      await this.close();
      await this.#open(path, PATIENCE);
    }
  }

  async #open(path: string, timeout: number) {
    await this.menu('File', /^Open from Path/);
    await this.page.locator('.jp-Dialog input').fill(path);
    await this.page.keyboard.press('Enter');
    await this.#ready(timeout);
  }

  async #ready(timeout: number) {
    await this.page.waitForSelector('.jp-NotebookPanel .jp-Cell', { timeout });
    await this.idle(timeout);
  }

  /** Closes the notebook and ends its kernel, which would go on otherwise. */
  async close(): Promise<void> {
    await this.menu('File', /^Close and Shut Down Notebook/);
    const accept = this.page.locator('.jp-Dialog .jp-mod-accept');
    const notebook = this.page.locator('.jp-NotebookPanel');
    await until(async () => {
      if (await accept.isVisible()) await accept.click();
      return (await notebook.count()) === 0;
    }, 'the end of the notebook');
  }

  /** Waits until the kernel has nothing to do and no cell waits for it. */
  async idle(timeout = PATIENCE): Promise<void> {
    const idle = this.page.locator('#jp-main-statusbar', { hasText: '(tslab) | Idle' });
    const waiting = this.page.locator('.jp-InputPrompt', { hasText: '*' });
    await until(
      async () => (await idle.isVisible()) && (await waiting.count()) === 0,
      'an idle kernel',
      timeout,
    );
  }

  /** Chooses from a menu. */
  async menu(...names: (string | RegExp)[]): Promise<void> {
    const [bar, ...items] = names;
    await this.page.locator('.lm-MenuBar-itemLabel', { hasText: bar }).click();
    for (const item of items) await this.page.locator('.lm-Menu-itemLabel', { hasText: item }).click();
  }

  /** Runs all cells, from none to the last. */
  async runAll(): Promise<void> {
    await this.menu('Edit', 'Clear Outputs of All Cells');
    await this.menu('Run', /^Run All Cells$/);
    await this.page.locator('.jp-CodeCell .jp-InputPrompt', { hasText: /[\d*]/ }).first().waitFor();
    await this.idle();
  }

  /** Saves the notebook, and returns what is in the file then. */
  async saved(notebook: string): Promise<{ cells: Cell[] }> {
    await this.menu('File', /^Save Notebook$/);
    await this.page.waitForSelector('.lm-DockPanel-tabBar .lm-mod-current:not(.jp-mod-dirty)');
    return JSON.parse(readFileSync(this.lab.path(notebook), 'utf8'));
  }

  /** A cell by its place, from 0. */
  cell(i: number): Locator {
    return this.page.locator('.jp-NotebookPanel .jp-Cell').nth(i);
  }

  /** Runs one cell and waits for it. */
  async run(i: number): Promise<Locator> {
    await this.start(i);
    await this.idle();
    return this.cell(i).locator('.jp-OutputArea');
  }

  /** Runs one cell and waits until it has begun. */
  async start(i: number): Promise<void> {
    const prompt = () => this.cell(i).locator('.jp-InputPrompt').textContent();
    const before = await prompt();
    await this.cell(i).locator('.cm-content').click();
    await this.page.keyboard.press('Control+Enter');
    await until(async () => (await prompt()) !== before, `the start of cell ${i + 1}`);
  }

  /** Puts the cursor into a cell behind a piece of its text. */
  async goBehind(i: number, text: string): Promise<void> {
    const content = this.cell(i).locator('.cm-content');
    const lines = await content.locator('.cm-line').allTextContents();
    const line = lines.findIndex(one => one.includes(text));
    const column = lines[line].indexOf(text) + text.length;
    await content.click();
    await this.page.keyboard.press('Control+Home');
    for (let k = 0; k < line; k++) await this.page.keyboard.press('ArrowDown');
    for (let k = 0; k < column; k++) await this.page.keyboard.press('ArrowRight');
  }

  /** Presses a key until something is seen: JupyterLab shows no answer of the kernel that takes longer than a second. */
  async ask(key: string, seen: Locator): Promise<void> {
    await until(async () => {
      if (await seen.isVisible()) return true;
      await this.page.keyboard.press(key);
      return seen.waitFor({ timeout: ANSWER }).then(
        () => true,
        () => false,
      );
    }, `an answer to ${key}`);
  }

  /** The text of what a cell shows. */
  async output(i: number): Promise<string> {
    return (await this.cell(i).locator('.jp-OutputArea-output').allTextContents()).join('\n');
  }

  /** By chart, how many colours are in its picture. */
  colours(): Promise<number[]> {
    return this.page.locator('.jp-OutputArea-output canvas').evaluateAll(canvases =>
      (canvases as unknown as Canvas[]).map(canvas => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      }),
    );
  }

  /** What is drawn in a chart of a cell. */
  drawing(i: number): Promise<string> {
    const canvas = this.cell(i).locator('canvas');
    return canvas.evaluate(element => (element as unknown as Canvas).toDataURL());
  }

  /** How high the page must be to have the whole notebook in view, which has so many cells. */
  async height(cells: number): Promise<number> {
    const box = await this.cell(cells - 1).boundingBox();
    return Math.ceil((box?.y ?? Number.POSITIVE_INFINITY) + (box?.height ?? 0));
  }
}

/** Asks again and again; throws an Error that says what was waited for. */
export async function until(holds: () => Promise<boolean>, what: string, timeout = PATIENCE): Promise<void> {
  const end = Date.now() + timeout;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${timeout / 1000} s for ${what}`);
    await sleep(100);
  }
}
