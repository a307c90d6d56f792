// Each module by itself: copied with what its first comment names, and with nothing else in reach.
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type ts from 'typescript';

const ROOT = join(__dirname, '..', '..');

/** The modules and packages that a module's first comment names. */
export function namedNeeds(module: string): { modules: string[]; packages: string[] } {
  const source = readFileSync(join(ROOT, 'modules', module), 'utf8');
  const words =
    /^\/\/ Needs: (.*\n(?:\/\/ {3}.*\n)*)/
      .exec(source)?.[1]
      .replace(/\n(\/\/ {3})?/g, ' ')
      .trim() ?? '';
  const [, modules = '', packages = ''] = /^(.*?)(?:(?:; )?npm: (.*))?\.$/.exec(words) ?? [];
  const names = (list: string) => list.split(', ').filter(name => name !== '' && name !== 'nothing else');
  return { modules: names(modules), packages: names(packages) };
}

/** Folders for modules: those that may use the same packages lie side by side, with these packages alone. */
export class Folders {
  readonly #base: string;
  constructor(base: string) {
    this.#base = base;
  }

  /** Copies modules and what they name into a new folder, and returns its path. */
  copy(name: string, modules: string[]): string {
    const needs = modules.map(namedNeeds);
    const packages = [...new Set(needs.flatMap(need => need.packages))].sort();
    const folder = join(this.#withPackages(packages), name);
    mkdirSync(folder);
    for (const file of new Set([...modules, ...needs.flatMap(need => need.modules)]))
      copyFileSync(join(ROOT, 'modules', file), join(folder, file));
    return folder;
  }

  #withPackages(packages: string[]): string {
    const folder = join(this.#base, packages.map(name => name.replace(/\W/g, '_')).join('+') || 'none');
    if (existsSync(folder)) return folder;
    const types = packages.map(name => `@types/${name}`);
    for (const name of [...packages, ...types, '@types/node']) {
      const installed = join(ROOT, 'node_modules', name);
      const link = join(folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      if (existsSync(installed)) symlinkSync(installed, link);
    }
    return folder;
  }
}

/**
 * The mistakes in files, compiled each with what it imports, and in what these files import.
 *
 * The types of a copy are checked in its own folder alone, where it is the file that is asked about: elsewhere the same
 * text has the same types, provided that all its imports are there, and that is checked of each copy.
 */
export function mistakes(compiler: typeof ts, files: string[]): string[] {
  const { config } = compiler.readConfigFile(join(ROOT, 'tsconfig.json'), compiler.sys.readFile);
  const { options } = compiler.parseJsonConfigFileContent(
    { ...config, files: [], include: [] },
    compiler.sys,
    ROOT,
  );
  const packageSources = new Map<string, ts.SourceFile | undefined>();
  return [...new Set(files.map(file => dirname(dirname(file))))].flatMap(folder => {
    const roots = files.filter(file => dirname(dirname(file)) === folder);
    const here = { ...options, typeRoots: [join(folder, 'node_modules', '@types')] };
    const host = compiler.createCompilerHost(here);
    const { getSourceFile } = host;
    // The libraries and the packages are read once for all programs.
    host.getSourceFile = (name, ...rest) => {
      if (!name.includes('/node_modules/')) return getSourceFile(name, ...rest);
      if (!packageSources.has(name)) packageSources.set(name, getSourceFile(name, ...rest));
      return packageSources.get(name);
    };
    const program = compiler.createProgram(roots, here, host);
    const copies = program.getSourceFiles().filter(({ fileName }) => !fileName.includes('/node_modules/'));
    const asked = copies.filter(({ fileName }) => roots.includes(fileName));
    const diagnostics = [
      ...program.getOptionsDiagnostics(),
      ...program.getGlobalDiagnostics(),
      ...asked.flatMap(source => [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ]),
    ].map(({ file, start = 0, code, messageText }) => {
      const { line } = file?.getLineAndCharacterOfPosition(start) ?? { line: 0 };
      const text = compiler.flattenDiagnosticMessageText(messageText, '\n');
      return `${file ? relative(folder, file.fileName) : folder}:${line + 1}: TS${code}: ${text}`;
    });
    const cache = compiler.createModuleResolutionCache(folder, name => name, here);
    const missing = copies.flatMap(({ fileName, text }) =>
      compiler
        .preProcessFile(text)
        .importedFiles.filter(
          from =>
            !from.fileName.startsWith('node:') &&
            !compiler.resolveModuleName(from.fileName, fileName, here, host, cache).resolvedModule,
        )
        .map(from => `${relative(folder, fileName)}: ${from.fileName} is not there`),
    );
    return [...diagnostics, ...missing];
  });
}
