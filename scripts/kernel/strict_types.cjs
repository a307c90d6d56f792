// Correction: cells and the modules that they import are checked with TypeScript's strict rules.

const STRICT = { strict: true, noImplicitOverride: true, noFallthroughCasesInSwitch: true };

/**
 * TypeScript with strict options, and with each diagnostic as one message: tslab loses the file name
 * of the chained ones.
 *
 * @param {any} ts
 */
function withStrictTypes(ts) {
  return {
    ...ts,
    createWatchCompilerHost: (
      /** @type {string[]} */ files,
      /** @type {object} */ options,
      /** @type {any[]} */ ...rest
    ) => ts.createWatchCompilerHost(files, { ...options, ...STRICT }, ...rest),
    getPreEmitDiagnosticsOfFiles: (/** @type {any} */ program, /** @type {any} */ files) =>
      ts.getPreEmitDiagnosticsOfFiles(program, files).map((/** @type {any} */ diagnostic) => ({
        ...diagnostic,
        messageText: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
      })),
  };
}

module.exports = { withStrictTypes };
