// `npm run lab [-- OPTION...]`: JupyterLab on the notebooks; options go to JupyterLab as they are.
import { enter } from './setup/entry.mjs';

enter(() => import('./setup/run_lab.mjs'));
