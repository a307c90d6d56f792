// Correction: a cell whose only await is `await (…)` or `for await`. tslab knows an await at the top level by a
// complaint of the compiler, which is not made for these, and runs the cell as if it had none.

/**
 * Whether some await of a cell stands outside of every function.
 *
 * @param {any} ts
 * @param {string} code
 */
function awaitsAtTopLevel(ts, code) {
  if (!code.includes('await')) return false;
  /** @type {(node: any) => boolean} */
  const awaits = node => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
    return ts.forEachChild(node, awaits) ?? false;
  };
  // The export makes it a module, in which await is a keyword.
  return awaits(ts.createSourceFile('cell.ts', `${code}\nexport {};`, ts.ScriptTarget.Latest));
}

module.exports = { awaitsAtTopLevel };
