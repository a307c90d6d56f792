// `npm run bench [-- OPTION...]`: this project beside PyTorch, JAX and SciPy. Options: --quick,
// --only evaluate|fit|train|memory, --kernels NAME,NAME; --help tells more.
import { enter } from '../setup/entry.mjs';

enter(() => import('./run_bench.mjs'));
