/** TypeScript may wait for a rebuild and for failed lookups at once, though tslab lets it wait for one thing only. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withFailedLookups } from '../scripts/kernel/failed_lookups.cjs';

/** A host whose timers are tslab's: one at a time, fired by hand. */
function hostOfTslab() {
  let pending: (() => void) | null = null;
  const host = {
    setTimeout(callback: () => void, _ms: number): unknown {
      if (pending !== null) throw new Error('Unexpected pending rebuildTimer');
      pending = callback;
      return pending;
    },
    clearTimeout(timer: unknown): void {
      if (timer !== pending) throw new Error('clearing unexpected tiemr');
      pending = null;
    },
  };
  return {
    host: withFailedLookups({ createWatchCompilerHost: () => host }).createWatchCompilerHost(),
    pending: () => pending,
  };
}

describe('a timer for failed lookups', () => {
  test('beside one for a rebuild throws nothing, and fires by itself', async () => {
    const { host, pending } = hostOfTslab();
    let looked = 0;
    const rebuild = () => {};
    host.setTimeout(rebuild, 250);
    host.setTimeout(function invalidateResolutionsOfFailedLookup() {
      looked++;
    }, 5);
    await sleep(50);
    assert.equal(looked, 1);
    assert.equal(pending(), rebuild);
  });
  test('is cleared as its own, a rebuild as tslab’s', async () => {
    const { host, pending } = hostOfTslab();
    let looked = 0;
    const rebuild = host.setTimeout(() => {}, 250);
    const lookup = host.setTimeout(function invalidateResolutionsOfFailedLookup() {
      looked++;
    }, 5);
    host.clearTimeout(lookup);
    host.clearTimeout(rebuild);
    await sleep(50);
    assert.equal(looked, 0);
    assert.equal(pending(), null);
  });
  test('is known by the name that TypeScript gives it', async () => {
    const { bundledTypeScript } = await import('../scripts/kernel/tslab.cjs');
    assert.match(
      String(bundledTypeScript().createWatchProgram),
      /host\.setTimeout\(invalidateResolutionsOfFailedLookup, /,
    );
  });
});
