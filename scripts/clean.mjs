// `npm run clean`: takes away what the set-up made.
import { enter } from './setup/entry.mjs';

enter(() => import('./setup/remove_all.mjs'));
