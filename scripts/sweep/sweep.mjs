// `npm run sweep -- NOTEBOOK -p NAME=VALUE,… [OPTION…]`: a notebook once for each combination of its parameters, on
// Dask. `npm run sweep -- dask …` is Dask's own command line. --help tells more.
import { enter } from '../setup/entry.mjs';

enter(() => import('./main.mjs'));
