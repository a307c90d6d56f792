// Needs: arithmetic.ts, autodiff.ts, autodiff_adjoints.ts, autodiff_cross_entropy.ts,
//   autodiff_derivatives.ts, autodiff_gradients.ts, autodiff_repair.ts, compiled_kernels.ts,
//   compiled_radial.ts, graph_text.ts, native_arithmetic.ts, native_binding.ts, native_graph.ts,
//   native_ops.ts, notebook_output.ts, profile_limits.ts, progress_bar.ts, radial_matrix.ts, radial_op.ts,
//   radial_profiles.ts, radial_terms.ts, radii.ts, tape.ts, tape_reads.ts, tensor_arithmetic.ts,
//   training_options.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Trains layers and variables on residuals of a differential equation, or on any loss, by gradient descent.
import * as tf from '@tensorflow/tfjs-node';
import { repairGradients } from './autodiff';
import { compiled } from './compiled_kernels';
import { progressBar } from './progress_bar';
import { checkNumbers, lossOf, notFinite, type Training, variablesOf } from './training_options';

export type { Residuals, Training } from './training_options';

export interface TrainingHistory {
  /** losses[e] is the loss after e updates. */
  losses: number[];
  /** The mean square of each residual, as losses; empty where a loss was given. */
  terms: Record<string, number[]>;
  /** How many updates were made. */
  epochs: number;
  /** Why it stopped. */
  stopped: 'epochs' | 'tolerance' | 'patience' | 'onEpoch';
  /** The smallest loss, and after how many updates it came. */
  best: { loss: number; epoch: number };
}

/**
 * Minimizes a loss over the variables; each epoch is one update from the gradient of the whole loss. Await it: it lets
 * the notebook draw and an interrupt arrive. Nested gradients in the loss are right, or an error (repairGradients).
 *
 * Two runs from equal values give equal losses. Throws an Error that says the epoch when the loss is no longer finite,
 * with the variables as they were for it, a TypeError or a RangeError for what is no loss, no variable or no number.
 *
 * @example
 * const w = tf.variable(tf.scalar(0));
 * const history = await train({ variables: [w], loss: () => w.sub(3).square(), epochs: 400, learningRate: 0.1 });
 * history.losses[0]; // 9
 * history.stopped; // 'epochs'
 */
export async function train(options: Training): Promise<TrainingHistory> {
  const call = 'train({ … })';
  const { epochs, tolerance, patience, restoreBest = false, compile = true, onEpoch, label } = options;
  checkNumbers(call, options);
  const variables = variablesOf(call, options);
  const { loss: measure, terms: measured } = lossOf(call, options);
  const bar = progressBar(epochs, label);
  const optimizer = options.optimizer ?? tf.train.adam(options.learningRate ?? 0.001);
  const losses: number[] = [];
  const terms: Record<string, number[]> = {};
  let best = { loss: Number.POSITIVE_INFINITY, epoch: 0 };
  let kept: tf.Tensor[] = [];

  function record(epoch: number, loss: number): void {
    if (!Number.isFinite(loss)) throw notFinite(call, loss, losses, measured, variables);
    losses.push(loss);
    for (const [name, value] of Object.entries(measured)) {
      terms[name] ??= [];
      terms[name].push(value);
    }
    if (loss >= best.loss) return;
    best = { loss, epoch };
    if (!restoreBest) return;
    tf.dispose(kept);
    kept = variables.map(variable => variable.clone());
  }

  async function reasonToStop(epoch: number, loss: number): Promise<TrainingHistory['stopped'] | undefined> {
    if ((await onEpoch?.(epoch, loss)) === false) return 'onEpoch';
    if (tolerance !== undefined && loss <= tolerance) return 'tolerance';
    if (patience !== undefined && epoch - best.epoch >= patience) return 'patience';
    return undefined;
  }

  /** Measures the loss and, unless there is a reason to stop, updates the variables. */
  async function step(epoch: number): Promise<TrainingHistory['stopped'] | undefined> {
    const gradients = () => tf.tidy(() => tf.variableGrads(measure, variables));
    const { value, grads } = compile ? compiled(gradients) : gradients();
    try {
      const [loss] = value.dataSync();
      record(epoch, loss);
      const reason = await reasonToStop(epoch, loss);
      // All of them in their order: an optimizer knows a variable's moments by its place.
      if (reason === undefined)
        optimizer.applyGradients(variables.map(({ name }) => ({ name, tensor: grads[name] })));
      return reason;
    } finally {
      tf.dispose([value, grads]);
    }
  }

  repairGradients();
  try {
    let [epoch, reason] = [0, await step(0)];
    while (reason === undefined) {
      await bar.update(++epoch);
      reason = epoch === epochs ? 'epochs' : await step(epoch);
    }
    kept.forEach((values, i) => void variables[i].assign(values));
    return { losses, terms, epochs: epoch, stopped: reason, best };
  } finally {
    bar.finish();
    tf.dispose(kept);
    if (options.optimizer === undefined) optimizer.dispose();
  }
}
