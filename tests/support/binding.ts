/** Which calls of tfjs-node's binding are made. */
import * as tf from '@tensorflow/tfjs-node';

type Binding = Record<string, (...args: unknown[]) => unknown>;
const backend = tf.backend() as unknown as { binding: Binding };

/** Counts calls of the binding while f runs. */
export function counting<T>(names: string[], f: () => T): [T, Record<string, number>] {
  const { binding } = backend;
  const counts: Record<string, number> = Object.fromEntries(names.map(name => [name, 0]));
  const spies = names.map(name => [
    name,
    {
      value: (...args: unknown[]) => {
        counts[name]++;
        return binding[name](...args);
      },
    },
  ]);
  backend.binding = Object.create(binding, Object.fromEntries(spies));
  try {
    return [f(), counts];
  } finally {
    backend.binding = binding;
  }
}
