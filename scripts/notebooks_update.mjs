// `npm run notebooks:update`: executes the notebooks and writes their outputs into them.
import { enter } from './setup/entry.mjs';

enter(() => import('./headless/npm_notebooks_update.mjs'));
