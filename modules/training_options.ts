// Needs: radii.ts; npm: @tensorflow/tfjs-node.
//
// What train is given, checked: its variables, its loss, and the words for a loss that is no longer finite.
import * as tf from '@tensorflow/tfjs-node';
import { nameOfType } from './radii';

/** Residuals by name, tensors of any shape: `{ equation: Lu − f, boundary: u − g }`. */
export type Residuals = Record<string, tf.Tensor>;

export interface Training {
  /** Whose trainable weights are trained: a layer, a model, or several. */
  layer?: tf.layers.Layer | tf.layers.Layer[];
  /** What else is trained. */
  variables?: tf.Variable[];
  /** The loss as a scalar tensor, or … */
  loss?: () => tf.Tensor;
  /** … residuals by name: the loss is Σ weight·mean(residual²). */
  residuals?: () => Residuals;
  /** The weights of the residuals by name, 1 where none is given. */
  weights?: Record<string, number>;
  /** The most updates that are made. */
  epochs: number;
  /** Of Adam; 0.001 by default. */
  learningRate?: number;
  /** In place of Adam. It stays yours to dispose of, and goes on where it was. */
  optimizer?: tf.Optimizer;
  /** Stops when the loss is not greater. */
  tolerance?: number;
  /** Stops when the loss has not been smaller than ever before for so many epochs. */
  patience?: number;
  /** Gives the variables back the values that had the smallest loss. */
  restoreBest?: boolean;
  /** Called with each loss, before the update that follows from it; `false` stops. */
  onEpoch?: (epoch: number, loss: number) => unknown;
  /**
   * Whether large kernel matrices are compiled (compiled_kernels.ts); true by default. False where the number of points
   * changes from epoch to epoch: each new one takes some tenths of a second.
   */
  compile?: boolean;
  /** The name of a progress bar; without one none is drawn. */
  label?: string;
}

/** The trainable weights of the layers and the variables, each once. */
export function variablesOf(call: string, { layer = [], variables = [] }: Training): tf.Variable[] {
  const layers = Array.isArray(layer) ? layer : [layer];
  for (const each of layers)
    if (!(each instanceof tf.layers.Layer))
      throw new TypeError(`${call}: layer must be a layer or a model of tf, got ${nameOfType(each)}`);
  for (const each of variables)
    if (!(each instanceof tf.Variable && each.trainable))
      throw new TypeError(
        `${call}: variables must be trainable ones made by tf.variable, got ${each instanceof tf.Variable ? `${each.name}, which is not` : nameOfType(each)}`,
      );
  const weights = layers.flatMap(each => each.trainableWeights.map(weight => weight.read() as tf.Variable));
  const all = [...new Set([...weights, ...variables])];
  if (all.length === 0)
    throw new RangeError(
      `${call}: nothing to train; give a layer that has trainable weights (tf.layers make theirs in the first apply), or variables`,
    );
  return all;
}

/** Throws unless the numbers are such that a training can begin. */
export function checkNumbers(
  call: string,
  { epochs, learningRate, optimizer, tolerance, patience }: Training,
): void {
  const wholes = { epochs, ...(patience !== undefined && { patience }) };
  for (const [name, value] of Object.entries(wholes))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${call}: ${name} must be a positive integer, got ${value}`);
  if (tolerance !== undefined && !(tolerance >= 0))
    throw new RangeError(`${call}: tolerance must be a number ≥ 0, got ${tolerance}`);
  if (learningRate === undefined) return;
  if (optimizer !== undefined)
    throw new TypeError(`${call}: learningRate is of Adam; the optimizer that is given has its own`);
  if (!(learningRate > 0 && learningRate < Number.POSITIVE_INFINITY))
    throw new RangeError(`${call}: learningRate must be a positive finite number, got ${learningRate}`);
}

/** The loss as a function for the tape, and what was measured in it: the mean squares of the residuals by name. */
export function lossOf(call: string, { loss, residuals, weights = {} }: Training) {
  if ((loss === undefined) === (residuals === undefined))
    throw new TypeError(`${call}: needs a loss or residuals, got ${loss === undefined ? 'neither' : 'both'}`);
  const given = loss ?? residuals;
  if (typeof given !== 'function')
    throw new TypeError(
      `${call}: ${loss === undefined ? 'residuals' : 'loss'} must be a function, got ${nameOfType(given)}`,
    );
  for (const [name, weight] of Object.entries(weights))
    if (residuals === undefined || !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(
        `${call}: weights are of residuals, numbers ≥ 0, got ${weight} for ${name}${residuals ? '' : ' of a loss'}`,
      );
  const terms: Record<string, number> = {};
  const sumOfSquares = () => {
    const found = (residuals as () => Residuals)();
    const names = Object.keys(Object(found));
    if (names.length === 0 || found instanceof tf.Tensor)
      throw new TypeError(
        `${call}: residuals must give tensors by name, as { equation, boundary }, got ${nameOfType(found)}`,
      );
    const stranger = Object.keys(weights).find(name => !names.includes(name));
    if (stranger !== undefined)
      throw new RangeError(
        `${call}: weights has ${stranger}, which is none of the residuals ${names.join(', ')}`,
      );
    const squares = names.map(name => {
      const square = meanSquare(call, name, found[name]);
      terms[name] = square.dataSync()[0];
      const { [name]: weight = 1 } = weights;
      return weight === 1 ? square : square.mul(weight);
    });
    return tf.addN(squares);
  };
  const measured = () => {
    const value: unknown = loss === undefined ? sumOfSquares() : loss();
    if (!(value instanceof tf.Tensor) || value.size !== 1 || value.dtype !== 'float32')
      throw new TypeError(
        `${call}: loss must give one float32 number as a tensor, got ${value instanceof tf.Tensor ? `${value.dtype} [${value.shape}]` : nameOfType(value)}`,
      );
    return value.asScalar();
  };
  return { loss: measured, terms };
}

function meanSquare(call: string, name: string, residual: unknown): tf.Tensor {
  if (!(residual instanceof tf.Tensor) || residual.dtype !== 'float32' || residual.size === 0)
    throw new TypeError(
      `${call}: the residual ${name} must be a float32 tensor, not empty, got ${residual instanceof tf.Tensor ? `${residual.dtype} [${residual.shape}]` : nameOfType(residual)}`,
    );
  return residual.square().mean();
}

/** The error for a loss that is NaN or infinite: where it is, what it may come from, and how to find out. */
export function notFinite(
  call: string,
  loss: number,
  losses: readonly number[],
  terms: Record<string, number>,
  variables: tf.Variable[],
): Error {
  const epoch = losses.length;
  const names = (wrong: string[]) => (wrong.length > 0 ? wrong.join(', ') : undefined);
  const residuals = names(Object.keys(terms).filter(name => !Number.isFinite(terms[name])));
  const spoilt = names(variables.filter(v => !v.dataSync().every(Number.isFinite)).map(v => v.name));
  const sentences = [
    `${call}: the loss is ${loss} at epoch ${epoch}${epoch > 0 ? `, after ${losses[epoch - 1]}` : ''}`,
    residuals && `It comes from the residual ${residuals}`,
    spoilt && `The update before made ${spoilt} so: a gradient was not finite, though the loss was`,
    'await detectAnomaly(() => train({ … })), of detect_anomaly, names the op and the line where it is born',
    epoch > 0 && 'If the loss has grown before, try a smaller learningRate',
  ];
  return new Error(`${sentences.filter(Boolean).join('. ')}.`);
}
