// Needs: native_binding.ts; npm: @tensorflow/tfjs-node.
//
// The text of a TensorFlow graph: a function, traced once, and a call of it for every chunk of rows.
import { DOUBLE, FLOAT, INT32, INT64, type Native, tracing } from './native_binding';

/** Of what a function is compiled for. */
export interface GraphInputs {
  /** How many inputs are cut into chunks of rows, and how many every chunk gets whole. */
  readonly split: number;
  readonly shared: number;
  /** How many rows each chunk has. */
  readonly rows: readonly number[];
  /** Of all inputs and results; float64 unless said. */
  readonly type?: 'float64' | 'float32';
}

/** What a function gives for a chunk: rows, which are put one below the other again, and sums over rows, which are added. */
export interface ChunkResults {
  readonly rows?: Native[];
  readonly sums?: Native[];
}

/** A function of a chunk. Inside, only ops of native_ops.ts run, on tensors that have no values yet. */
export type ChunkFunction = (split: Native[], shared: Native[]) => ChunkResults;

export interface GraphText {
  /** A saved model in protobuf's text form. */
  readonly text: string;
  readonly inputs: string[];
  readonly results: string[];
}

/** How TensorFlow calls a type: its number, its name, and the field of its values. */
interface TypeNames {
  readonly number: number;
  readonly name: string;
  readonly values: string;
}

const FLOATS: Record<'float64' | 'float32', TypeNames> = {
  float64: { number: DOUBLE, name: 'DT_DOUBLE', values: 'double_val' },
  float32: { number: FLOAT, name: 'DT_FLOAT', values: 'float_val' },
};
const WHOLE: Record<number, TypeNames> = {
  [INT32]: { number: INT32, name: 'DT_INT32', values: 'int_val' },
  [INT64]: { number: INT64, name: 'DT_INT64', values: 'int64_val' },
};

/** The graph that f is traced to. */
export function graphText(given: GraphInputs, f: ChunkFunction): GraphText {
  const { split, shared, rows, type = 'float64' } = given;
  const inputs = Array.from({ length: split + shared }, (_, i) => `in${i}`);
  const floats = FLOATS[type];
  const traced = trace(inputs, split, floats, f);
  const results = [...traced.rows, ...traced.sums];
  const [dtype, int32] = [`type: ${floats.name}`, `type: ${WHOLE[INT32].name}`];
  const types = (count: number) => `list { ${`${dtype} `.repeat(count)}}`;
  const call = {
    Tin: types(inputs.length),
    Tout: types(results.length),
    f: 'func { name: "f" }',
    _XlaMustCompile: 'b: true',
  };
  const chunks = rows.map((_, i) => i);
  const graph = [
    ...inputs.map(name => node('node', name, 'Placeholder', [], { dtype })),
    constant('node', 'axis', WHOLE[INT32], 0),
    constant('node', 'rows', WHOLE[INT32], rows),
    ...inputs.slice(0, split).map(name =>
      node('node', `rows_${name}`, 'SplitV', [name, 'rows', 'axis'], {
        T: dtype,
        Tlen: int32,
        num_split: `i: ${rows.length}`,
      }),
    ),
    ...chunks.map(i => {
      const args = inputs.map((name, k) => (k < split ? `rows_${name}:${i}` : name));
      return node('node', `call${i}`, 'StatefulPartitionedCall', args, call);
    }),
    ...results.map((_, r) => {
      const parts = chunks.map(i => `call${i}:${r}`);
      const attributes = { T: dtype, N: `i: ${rows.length}` };
      return r < traced.rows.length
        ? node('node', `out${r}`, 'ConcatV2', [...parts, 'axis'], { ...attributes, Tidx: int32 })
        : node('node', `out${r}`, 'AddN', parts, attributes);
    }),
  ];
  const signature = [
    'name: "f"',
    ...inputs.map(name => `input_arg { name: "${name}" ${dtype} }`),
    ...results.map((_, r) => `output_arg { name: "out${r}" ${dtype} }`),
  ].join(' ');
  const library = [
    `signature { ${signature} }`,
    ...traced.nodes,
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
  return { text, inputs, results: results.map((_, r) => `out${r}`) };
}

/** What f does, as nodes of a function, and the names of its results. */
function trace(inputs: string[], split: number, floats: TypeNames, f: ChunkFunction) {
  const nodes: string[] = [];
  const names: string[] = [...inputs];
  const namesOf = (handles: Native[] = []) => handles.map(a => names[a.id]);
  const handle = (name: string): Native => ({ id: names.push(name) - 1, shape: [] });
  // Ops of native_ops.ts say float64 where they mean the type of the graph.
  const tracer = {
    constant(value: number | readonly number[], type: number) {
      const name = `c${nodes.length}`;
      nodes.push(constant('node_def', name, WHOLE[type] ?? floats, value));
      return handle(`${name}:output:0`);
    },
    execute(op: string, attributes: { name: string; value: unknown }[], args: Native[]) {
      const name = `n${nodes.length}`;
      const text = attributes.map(({ name: key, value }) => [
        key,
        typeof value === 'boolean' ? `b: ${value}` : `type: ${value === DOUBLE ? floats.number : value}`,
      ]);
      nodes.push(node('node_def', name, op, namesOf(args), Object.fromEntries(text)));
      return handle(`${name}:${RESULT[op] ?? (args.length === 1 ? 'y' : 'z')}:0`);
    },
  };
  const args = inputs.map((_, id): Native => ({ id, shape: [] }));
  const { rows, sums } = tracing(tracer, () => f(args.slice(0, split), args.slice(split)));
  return { nodes, rows: namesOf(rows), sums: namesOf(sums) };
}

/** What TensorFlow calls the result of an op, where it is not y of one argument or z of two. */
const RESULT: Record<string, string> = {
  MatMul: 'product',
  SelectV2: 'output',
  ClipByValue: 'output',
  Bitcast: 'output',
  Slice: 'output',
  Sum: 'output',
};

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

/** A scalar, or a list. */
function constant(field: string, name: string, type: TypeNames, value: number | readonly number[]): string {
  const list = typeof value === 'number' ? [value] : value;
  const shape = typeof value === 'number' ? '' : `dim { size: ${list.length} } `;
  const values = list.map(v => `${type.values}: ${number(v)}`).join(' ');
  const tensor = `tensor { dtype: ${type.name} tensor_shape { ${shape}} ${values} }`;
  return node(field, name, 'Const', [], { dtype: `type: ${type.name}`, value: tensor });
}

const attribute = (key: string, value: string) => `attr { key: "${key}" value { ${value} } }`;
const number = (value: number) =>
  Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : value < 0 ? '-inf' : 'nan';
