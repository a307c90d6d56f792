// `npm run bench [-- --quick] [-- --only evaluate|fit|train|memory]`: this project beside PyTorch, JAX and SciPy.
import { enter } from '../setup/entry.mjs';

enter(() => import('./run_bench.mjs'));
