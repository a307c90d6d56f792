// How an entry script begins: it looks at Node's version before anything is read that an old one cannot parse, and
// ends with one sentence where a set-up fails. Node 12 must understand this file.

const OLDEST = 20;

/**
 * Runs the `main` of a module; the number that it returns, if any, is the exit code.
 * @param {() => Promise<{ main: () => Promise<number | void> }>} load imports the module
 */
export function enter(load) {
  const version = process.versions.node;
  if (Number(version.split('.')[0]) < OLDEST) {
    console.error(
      `Node ${OLDEST} or later is needed, and this is Node ${version}: install it from nodejs.org.`,
    );
    process.exitCode = 1;
    return;
  }
  load()
    .then(module => module.main())
    .then(code => {
      process.exitCode = code || 0;
    })
    .catch(error => {
      console.error(error && error.name === 'SetUpError' ? error.message : error);
      process.exitCode = 1;
    });
}
