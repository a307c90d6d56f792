// Step: the tslab kernel and JupyterLab's defaults, linked into .venv without an absolute path. Uses Node alone.
import { dirname, join, relative } from 'node:path';
import { isLink, link } from './files.mjs';
import { ROOT, VENV } from './paths.mjs';

const JUPYTER = join(VENV, 'share', 'jupyter');
const LINKS = [
  [join(JUPYTER, 'kernels', 'tslab'), join(ROOT, 'scripts', 'kernel')],
  // JupyterLab neither asks whether it may fetch its news, nor fetches them.
  [join(JUPYTER, 'lab', 'settings', 'overrides.json'), join(ROOT, 'scripts', 'setup', 'lab_overrides.json')],
].map(([path, to]) => ({ path, target: relative(dirname(path), to) }));

/** @type {import('./set_up.mjs').Step} */
export const kernelspec = {
  name: 'tslab kernel',
  makes: [],
  inPlace: () => LINKS.every(({ path, target }) => isLink(path, target)),

  async make() {
    for (const { path, target } of LINKS) link(path, target);
  },
};
