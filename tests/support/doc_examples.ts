// The examples of a module as a program: each in a function of its own, its results handed on with what the comments
// behind them say.
import ts from 'typescript';

/** What the program calls for each result: `check(line, () => …, 'expected')`. */
export type Check = (line: string, give: () => Promise<unknown>, expected: string) => Promise<void>;

/** A few lines of TypeScript that say what they give, and what goes before them. */
export interface Example {
  /** What they are about. */
  of: string;
  code: string;
  imports: string[];
}

export interface Program {
  source: string;
  /** Examples in which no line says what it gives. */
  unchecked: string[];
}

/** A module `run(check)`: it runs the examples, one after the other. */
export function exampleProgram(examples: Example[]): Program {
  const imports = mergedImports(examples.flatMap(example => example.imports));
  const parts = examples.map(({ of, code }) => ({ of, ...withChecks(code) }));
  const body = parts.map(({ of, text }) => `  // ${of}\n  {\n${text.replace(/^/gm, '    ')}\n  }`);
  return {
    source: `${imports.join('\n')}\n
export async function run(check: (line: string, give: () => Promise<unknown>, expected: string) => Promise<void>) {
${body.join('\n')}
}\n`,
    unchecked: parts.filter(({ checks }) => checks === 0).map(({ of }) => of),
  };
}

/** Each name once. */
function mergedImports(lines: string[]): string[] {
  const names = new Map<string, Set<string>>();
  const packages = new Set<string>();
  for (const line of lines) {
    const [, list, from] = /^import \{ (.*) \} from '(.*)';$/.exec(line) ?? [];
    if (!from) packages.add(line);
    else names.set(from, new Set([...(names.get(from) ?? []), ...list.split(', ')]));
  }
  return [
    ...packages,
    ...[...names].map(([from, list]) => `import { ${[...list].join(', ')} } from '${from}';`),
  ];
}

/** Statements that are an expression with a comment behind it become checks. */
function withChecks(code: string): { text: string; checks: number } {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true);
  let [text, end, checks] = ['', 0, 0];
  for (const statement of source.statements) {
    const [comment] = ts.getTrailingCommentRanges(code, statement.end) ?? [];
    if (!ts.isExpressionStatement(statement) || !comment) continue;
    const expression = statement.expression.getText(source);
    const expected = code.slice(comment.pos + '//'.length, comment.end).trim();
    text += code.slice(end, statement.getStart(source));
    text += `await check(${JSON.stringify(expression)}, async () => (${expression}), ${JSON.stringify(expected)});`;
    end = comment.end;
    checks++;
  }
  return { text: text + code.slice(end), checks };
}
