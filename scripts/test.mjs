// `npm test [-- PATTERN]`: sets everything up, checks the sources, and runs the tests.
import { enter } from './setup/entry.mjs';

enter(() => import('./headless/npm_test.mjs'));
