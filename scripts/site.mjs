// `npm run site`: the notebooks, the documents and the modules' documentation as pages that need no network.
import { enter } from './setup/entry.mjs';

enter(() => import('./site/npm_site.mjs'));
