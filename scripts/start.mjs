// `npm start`: sets everything up, and runs every notebook headless.
import { enter } from './setup/entry.mjs';

enter(() => import('./headless/npm_start.mjs'));
