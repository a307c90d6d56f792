// Type-checks the cells of notebooks by the rules of tsconfig.json, without running them, and looks for what
// only our kernel can run.
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
  const checker = program.getTypeChecker();
  return [...modules].flatMap(([file, module]) => {
    const source = /** @type {ts.SourceFile} */ (program.getSourceFile(file));
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    const mistakes = found.map(({ start = 0, code, messageText }) => ({
      start,
      text: `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    }));
    for (const node of farShorthands(source, module, checker)) {
      const { text: name } = node.name;
      const text = `{ ${name} }, of an earlier cell, fails on the stock tslab kernel: write { ${name}: ${name} }`;
      mistakes.push({ start: node.getStart(source), text });
    }
    return mistakes.map(({ start, text }) => `${placeOf(file, source, module, start)}: ${text}`);
  });
}

/**
 * The shorthand properties whose value is declared in an earlier cell.
 * @param {ts.SourceFile} source @param {Module} module @param {ts.TypeChecker} checker
 */
function farShorthands(source, module, checker) {
  /** @type {ts.ShorthandPropertyAssignment[]} */
  const found = [];
  const cellAt = (/** @type {number} */ position) => cellOf(source, module, position).cell;
  /** @param {ts.Node} node */
  const visit = node => {
    if (ts.isShorthandPropertyAssignment(node)) {
      const declared = checker.getShorthandAssignmentValueSymbol(node)?.declarations?.[0];
      const isFar =
        declared?.getSourceFile() === source &&
        cellAt(declared.getStart(source)) < cellAt(node.getStart(source));
      if (isFar) found.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
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

/**
 * The cell, counted from 1, and the line in it.
 * @param {ts.SourceFile} source @param {Module} module @param {number} position
 */
function cellOf(source, { starts }, position) {
  const { line } = source.getLineAndCharacterOfPosition(position);
  const cell = starts.filter(start => start <= line).length;
  return { cell, line: line - starts[cell - 1] + 1 };
}

/** @param {string} name @param {ts.SourceFile} source @param {Module} module @param {number} position */
function placeOf(name, source, module, position) {
  const { cell, line } = cellOf(source, module, position);
  return `${relative(ROOT, name.slice(0, -'.ts'.length))}, cell ${cell}, line ${line}`;
}
