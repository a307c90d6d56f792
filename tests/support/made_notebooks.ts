// Notebooks that a test makes on the fly, in a folder of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type CellSource = string | { source: string; tags: string[] };

/** A temporary folder, taken away when the test file ends. */
export function temporaryFolder(after: (clean: () => void) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'headless-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a notebook of these code cells, and returns its path. */
export function writeNotebook(folder: string, name: string, cells: CellSource[], kernel = 'tslab'): string {
  const file = join(folder, `${name}.ipynb`);
  const notebook = {
    cells: cells.map((cell, i) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${i + 1}`,
      metadata: typeof cell === 'string' ? {} : { tags: cell.tags },
      outputs: [],
      source: typeof cell === 'string' ? cell : cell.source,
    })),
    metadata: { kernelspec: { display_name: 'TypeScript', language: 'typescript', name: kernel } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(file, JSON.stringify(notebook));
  return file;
}
