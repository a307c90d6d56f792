// Correction: `{ z }` with z from an earlier cell. tslab rewrites names of earlier cells to `exports.z`,
// but leaves shorthand properties as they are, and they throw a ReferenceError.

/**
 * TypeScript whose programs spell out a shorthand property of an earlier cell as `z: exports.z`.
 *
 * @param {any} ts
 */
function withShorthand(ts) {
  const { factory } = ts;

  /** @param {any} node @param {any} checker */
  const isFromEarlierCell = (node, checker) =>
    checker
      .getShorthandAssignmentValueSymbol(node)
      ?.declarations?.some((/** @type {any} */ d) => d.getSourceFile().fileName.endsWith('/__prev__.d.ts'));

  /** @param {any} node */
  const spellOut = node => {
    const value = factory.createPropertyAccessExpression(factory.createIdentifier('exports'), node.name.text);
    const fallback = node.objectAssignmentInitializer;
    return factory.createPropertyAssignment(
      node.name.text,
      fallback ? factory.createAssignment(value, fallback) : value,
    );
  };

  /** @param {any} checker */
  const transformer = checker => (/** @type {any} */ context) => {
    /** @type {(node: any) => any} */
    const visit = node => {
      const visited = ts.visitEachChild(node, visit, context);
      return ts.isShorthandPropertyAssignment(node) && isFromEarlierCell(node, checker)
        ? spellOut(visited)
        : visited;
    };
    return visit;
  };

  return {
    ...ts,
    createWatchCompilerHost: (/** @type {any[]} */ ...args) => {
      const host = ts.createWatchCompilerHost(...args);
      const { createProgram } = host;
      host.createProgram = (/** @type {any[]} */ ...inputs) => {
        const program = createProgram(...inputs);
        const { emit } = program;
        program.emit = (
          /** @type {any} */ file,
          /** @type {any} */ write,
          /** @type {any} */ token,
          /** @type {any} */ only,
          /** @type {any} */ transformers,
        ) =>
          emit(file, write, token, only, {
            ...transformers,
            before: [transformer(program.getProgram().getTypeChecker())],
          });
        return program;
      };
      return host;
    },
  };
}

module.exports = { withShorthand };
