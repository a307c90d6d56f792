// `npm run notebooks -- FILE…`: runs any notebooks headless.
import { enter } from './setup/entry.mjs';

enter(() => import('./headless/npm_notebooks.mjs'));
