// Type-checks the cells of notebooks by the rules of tsconfig.json, without running them.
//
// A notebook is one module: its cells one below the other, in its own folder, so that `./modules/…` resolves.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../setup/paths.mjs';
import { codeCells, joined } from './judge.mjs';

/** @typedef {{ source: string, starts: number[] }} Module `starts`: the line at which each cell begins */

/** What differs from the modules: cells await at top level, and show what they declare. */
const FOR_CELLS = {
  module: ts.ModuleKind.ES2022,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  noUnusedLocals: false,
};

/**
 * The mistakes in the cells, each with notebook, cell and line.
 * @param {string[]} files absolute paths of notebooks
 * @returns {string[]}
 */
export function checkCells(files) {
  /** @type {Map<string, Module>} */
  const modules = new Map(files.map(file => [`${file}.ts`, toModule(file)]));
  const options = { ...compilerOptions(), ...FOR_CELLS };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = name => modules.has(name) || fileExists(name);
  host.readFile = name => modules.get(name)?.source ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const module = modules.get(name);
    return module
      ? ts.createSourceFile(name, module.source, ts.ScriptTarget.ES2022)
      : getSourceFile(name, ...rest);
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  return [...modules].flatMap(([name, module]) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(diagnostic => sentence(name.slice(0, -'.ts'.length), module, diagnostic));
  });
}

/** The options of tsconfig.json. */
function compilerOptions() {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  return ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, ROOT).options;
}

/** @param {string} file @returns {Module} */
function toModule(file) {
  let source = '';
  let line = 0;
  /** @type {number[]} */
  const starts = [];
  for (const cell of codeCells(JSON.parse(readFileSync(file, 'utf8')))) {
    const text = `${joined(cell.source)}\n`;
    starts.push(line);
    source += text;
    line += text.split('\n').length - 1;
  }
  return { source: `${source}export {};\n`, starts };
}

/** @param {string} file @param {Module} module @param {ts.Diagnostic} diagnostic */
function sentence(file, { starts }, diagnostic) {
  const { line } = /** @type {ts.SourceFile} */ (diagnostic.file).getLineAndCharacterOfPosition(
    diagnostic.start ?? 0,
  );
  const cell = starts.filter(start => start <= line).length;
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n  ');
  const place = `${relative(ROOT, file)}, cell ${cell}, line ${line - starts[cell - 1] + 1}`;
  return `${place}: TS${diagnostic.code}: ${message}`;
}
