// Needs: native_binding.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// A function of float64 tensors, traced once and compiled by TensorFlow's XLA. Op by op every result goes through
// memory; compiled, a chain of elementwise ops is one loop, and a chunk of rows stays in the processor's cache.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  download,
  elementwise,
  loadGraph,
  type Native,
  nativeScope,
  runGraph,
  tracing,
  unloadGraph,
  upload,
} from './native_ops';

/** A compiled function. It lives until `free`. */
export interface Compiled {
  /** Its results for the inputs that are split, one after the other, and those that every chunk shares. */
  run(split: Native[], shared: Native[]): Native[];
  free(): void;
}

/**
 * Compiles f, which takes a chunk of rows of the inputs to be `split` and all of the `shared` ones. The rows are dealt
 * out evenly to that many chunks, which run side by side, and the results are put one below the other again.
 * Inside f only ops of native_ops.ts run, on tensors that have no values yet. Takes a tenth of a second or two.
 * Where this TensorFlow has no XLA, `run` throws.
 */
export function compile(
  split: number,
  shared: number,
  chunks: number,
  f: (split: Native[], shared: Native[]) => Native[],
): Compiled {
  const inputs = Array.from({ length: split + shared }, (_, i) => `in${i}`);
  const graph = savedModel(
    inputs,
    split,
    chunks,
    traced(inputs, args => f(args.slice(0, split), args.slice(split))),
  );
  const folder = mkdtempSync(join(tmpdir(), 'rbf-graph-'));
  let loaded: number;
  try {
    writeFileSync(join(folder, 'saved_model.pbtxt'), graph.text);
    loaded = loadGraph(folder, 'serve');
  } finally {
    rmSync(folder, { recursive: true });
  }
  return {
    run: (rows, rest) => runGraph(loaded, [...rows, ...rest], inputs, graph.results),
    free: () => unloadGraph(loaded),
  };
}

let available: boolean | undefined;

/** Whether this TensorFlow has XLA: tried once. */
export function canCompile(): boolean {
  available ??= compiles();
  return available;
}

function compiles(): boolean {
  try {
    const twice = compile(1, 0, 2, ([a]) => [elementwise('AddV2', a, a)]);
    try {
      return nativeScope(() => download(twice.run([upload(Float64Array.of(1, 2), [2])], [])[0])[1] === 4);
    } finally {
      twice.free();
    }
  } catch {
    return false;
  }
}

/** What f does, as nodes of a function, and the names of its results. */
function traced(inputs: string[], f: (args: Native[]) => Native[]): { nodes: string[]; results: string[] } {
  const nodes: string[] = [];
  const names: string[] = [...inputs];
  const handle = (name: string): Native => ({ id: names.push(name) - 1, shape: [] });
  const results = tracing(
    {
      constant(value, type) {
        const name = `c${nodes.length}`;
        const dtype = `type: ${type}`;
        const values = `${type === 2 ? 'double_val' : 'int64_val'}: ${number(value)}`;
        nodes.push(node('node_def', name, 'Const', [], { dtype, value: tensor(dtype, values) }));
        return handle(`${name}:output:0`);
      },
      execute(op, attributes, arguments_) {
        const name = `n${nodes.length}`;
        const text = Object.fromEntries(
          attributes.map(({ name: key, value }) => [
            key,
            typeof value === 'boolean' ? `b: ${value}` : `type: ${value}`,
          ]),
        );
        nodes.push(
          node(
            'node_def',
            name,
            op,
            arguments_.map(a => names[a.id]),
            text,
          ),
        );
        return handle(`${name}:${RESULT[op] ?? (arguments_.length === 1 ? 'y' : 'z')}:0`);
      },
    },
    () => f(inputs.map((_, id) => ({ id, shape: [] }))),
  );
  return { nodes, results: results.map(a => names[a.id]) };
}

/** What TensorFlow calls the result of an op, where it is not y of one argument or z of two. */
const RESULT: Record<string, string> = {
  MatMul: 'product',
  SelectV2: 'output',
  ClipByValue: 'output',
  Bitcast: 'output',
};

const DOUBLE = 'type: DT_DOUBLE';
const INT32 = 'type: DT_INT32';

/** A saved model in protobuf's text form: the function, and a graph that calls it once a chunk. */
function savedModel(
  inputs: string[],
  split: number,
  chunks: number,
  { nodes, results }: { nodes: string[]; results: string[] },
): { text: string; results: string[] } {
  const doubles = (count: number) => `list { ${DOUBLE} `.concat(`${DOUBLE} `.repeat(count - 1), '}');
  const call = {
    Tin: doubles(inputs.length),
    Tout: doubles(results.length),
    f: 'func { name: "f" }',
    _XlaMustCompile: 'b: true',
  };
  const chunksOf = Array.from({ length: chunks }, (_, i) => i);
  const graph = [
    ...inputs.map(name => node('node', name, 'Placeholder', [], { dtype: DOUBLE })),
    node('node', 'axis', 'Const', [], { dtype: INT32, value: tensor(INT32, 'int_val: 0') }),
    ...inputs
      .slice(0, split)
      .map(name =>
        node('node', `rows_${name}`, 'Split', ['axis', name], { T: DOUBLE, num_split: `i: ${chunks}` }),
      ),
    ...chunksOf.map(i => {
      const args = inputs.map((name, k) => (k < split ? `rows_${name}:${i}` : name));
      return node('node', `call${i}`, 'StatefulPartitionedCall', args, call);
    }),
    ...results.map((_, r) =>
      node('node', `out${r}`, 'ConcatV2', [...chunksOf.map(i => `call${i}:${r}`), 'axis'], {
        T: DOUBLE,
        Tidx: INT32,
        N: `i: ${chunks}`,
      }),
    ),
  ];
  const signature = [
    'name: "f"',
    ...inputs.map(name => `input_arg { name: "${name}" ${DOUBLE} }`),
    ...results.map((_, r) => `output_arg { name: "out${r}" ${DOUBLE} }`),
  ].join(' ');
  const library = [
    `signature { ${signature} }`,
    ...nodes,
    ...results.map((name, r) => `ret { key: "out${r}" value: "${name}" }`),
    attribute('_XlaMustCompile', 'b: true'),
  ].join('\n');
  const text = `saved_model_schema_version: 1
meta_graphs {
meta_info_def { tags: "serve" }
graph_def {
${graph.join('\n')}
library { function { ${library} } }
versions { producer: 1882 }
} }`;
  return { text, results: results.map((_, r) => `out${r}`) };
}

function node(
  field: string,
  name: string,
  op: string,
  inputs: string[],
  attributes: Record<string, string>,
): string {
  const parts = [
    `name: "${name}" op: "${op}"`,
    ...inputs.map(input => `input: "${input}"`),
    ...Object.entries(attributes).map(([key, value]) => attribute(key, value)),
  ];
  return `${field} { ${parts.join(' ')} }`;
}

const attribute = (key: string, value: string) => `attr { key: "${key}" value { ${value} } }`;
const tensor = (type: string, value: string) => `tensor { dtype${type.slice(4)} tensor_shape { } ${value} }`;
const number = (value: number) =>
  Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : value < 0 ? '-inf' : 'nan';
