// Needs: tape.ts, tape_anomaly.ts, tape_frames.ts, tape_reads.ts; npm: @tensorflow/tfjs-node.
/**
 * The text of an AnomalyError: one fact a line, with the lines of code that called the op, and a hint.
 */
import { type Anomaly, amount, type Call } from './tape_anomaly';
import { type Frame, frameText, userFrames } from './tape_frames';

const HINTS: Record<string, string> = {
  Sqrt: 'the square root has no derivative at 0: write the kernel by the squared radius',
  norm: 'the norm has no derivative at 0: write the function by the squared norm',
  Rsqrt: '1/√x has no derivative at 0',
  Log: 'the logarithm has no derivative at 0',
  Log1p: 'log(1 + x) has no derivative at -1',
  Pow: 'xᵖ has no derivative at 0 if p < 1, and no second one if p < 2',
  RealDiv: 'the divisor is 0 or its square leaves float32: choose the divisor by tf.where, not the quotient',
  Reciprocal: '1/x has no derivative at 0',
  Asin: 'asin has no derivative at ±1',
  Acos: 'acos has no derivative at ±1',
  Acosh: 'acosh has no derivative at 1',
  Atanh: 'atanh has no derivative at ±1',
  Atan2: 'atan2 has no derivative at the origin',
  customGrad: "the op has no name: tf.tidy('Name', () => tf.customGrad(op)(x)) gives it one",
};

const MOST_VALUES = 8;
const MOST_FRAMES = 8;

/** The message; `became` says what the value was a step later or at the end. */
export function describe(anomaly: Anomaly, became?: string): string {
  const { call, input, shape, found, already } = anomaly;
  const { index, values } = found.firstRow;
  const shown = values.slice(0, MOST_VALUES).map(v => Number(v.toPrecision(7)));
  const row = shown.join(', ') + (values.length > MOST_VALUES ? ', …' : '');
  const what = found.nan > 0 ? 'NaN' : found.positiveInfinity > 0 ? 'Infinity' : '-Infinity';
  const size = shape.reduce((a, b) => a * b, 1);
  return [
    already.length === 0
      ? `the backward pass of ${opName(call)} made ${what} out of finite values`
      : `the backward pass of ${opName(call)} gave ${what}, out of values that were not finite before`,
    line('gradient of', `input ${input}, shape [${shape.join(', ')}]: ${amount(found, size)}`),
    line('first', shape.length === 0 ? row : `row ${index}: [${row}]`),
    ...already.map(text => line('before it', text)),
    ...(became === undefined ? [] : [line('became', became)]),
    ...frameLines('called at', userFrames(call.origin.stack.stack)),
    ...(call.origin === call ? [] : frameLines('derived at', userFrames(call.stack.stack))),
    line('hint', hint(anomaly)),
  ].join('\n');
}

function hint({ call, already }: Anomaly): string {
  if (already.length > 0)
    return 'it was born before this op: look at the forward values, or at the dy that you gave';
  const names = [call.origin.publicOp, call.origin.op, call.publicOp, call.op];
  const known = names.find(name => name !== undefined && name in HINTS);
  return known === undefined ? 'look at the values that go into this op' : HINTS[known];
}

function opName({ op, publicOp, parent }: Call): string {
  const own = publicOp === undefined ? op : `${op} (in tf.${publicOp})`;
  return parent === undefined ? own : `${own}, itself part of the backward pass of ${opName(parent)},`;
}

const line = (label: string, text: string) => `  ${label.padEnd(12)} ${text}`;

/** Frames, innermost first; what several of them share is told once. */
function frameLines(label: string, frames: Frame[]): string[] {
  const told = frames.filter(({ name, place }, i) => name !== undefined || place !== frames[i - 1]?.place);
  if (told.length === 0) return [line(label, 'by a library, not by your own code')];
  const texts = told.slice(0, MOST_FRAMES).map((frame, i) => {
    const quote = frame.code !== undefined && frame.code !== told[i - 1]?.code;
    return quote ? `${frameText(frame)}\n${' '.repeat(19)}${frame.code}` : frameText(frame);
  });
  if (told.length > MOST_FRAMES) texts.push(`… and ${told.length - MOST_FRAMES} outer calls`);
  return texts.map((text, i) => line(i === 0 ? label : '', text));
}
