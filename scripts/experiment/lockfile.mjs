// The part of package-lock.json that some of its packages need. Uses Node alone.

/** @typedef {{ version: string, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string>,
 *   peerDependencies?: Record<string, string> }} Locked */
/** @typedef {{ lockfileVersion: number, packages: Record<string, Locked> }} Lockfile */
/** @typedef {{ name: string, version: string, dependencies: Record<string, string>,
 *   devDependencies: Record<string, string> }} Manifest */

/**
 * @param {Lockfile} lock
 * @param {Manifest} manifest a package.json whose packages are all in the lockfile, at the same versions
 */
export function lockfileOf(lock, { name, version, dependencies, devDependencies }) {
  const kept = new Set(
    [...Object.keys(dependencies), ...Object.keys(devDependencies)].map(each => `node_modules/${each}`),
  );
  // A Set is walked through to what is added on the way.
  for (const path of kept) {
    const { dependencies, optionalDependencies, peerDependencies } = lock.packages[path];
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const found = resolved(lock, path, each);
      if (found) kept.add(found);
    }
  }
  const packages = Object.entries(lock.packages).filter(([path]) => kept.has(path));
  return {
    name,
    version,
    lockfileVersion: lock.lockfileVersion,
    requires: true,
    packages: { '': { name, version, dependencies, devDependencies }, ...Object.fromEntries(packages) },
  };
}

/** Where Node finds a package from another one: in its own folder, or in those around it. @param {Lockfile} lock @param {string} from @param {string} name */
function resolved({ packages }, from, name) {
  for (let place = from; ; place = place.slice(0, place.lastIndexOf('/node_modules/'))) {
    const path = `${place}/node_modules/${name}`;
    if (path in packages) return path;
    if (!place.includes('/node_modules/')) break;
  }
  const top = `node_modules/${name}`;
  return top in packages ? top : undefined;
}
