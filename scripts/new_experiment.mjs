// `npm run new-experiment NAME [-- --modules nn_rbf,…]`: a folder of its own, with a notebook and the modules it needs.
import { enter } from './setup/entry.mjs';

enter(() => import('./experiment/npm_new_experiment.mjs'));
