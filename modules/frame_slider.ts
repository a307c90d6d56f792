// Needs: chart_spec.ts, number_format.ts, plain_array.ts; npm: ndarray.
//
// A slider over frames that are computed beforehand: its parameter, what it filters, and the words for the one shown.
import { INK, requireFinite, requireText } from './chart_spec';
import { formatNumber } from './number_format';

/** Frames in the order of `at`, and what it is: a time, a shape parameter. */
export interface Frames<Frame> {
  frames: (Frame & { at: number })[];
  /** What the slider moves, with its unit: time t (s). */
  frameTitle: string;
  /** The frame that is seen first, and the only one on a page: its place in `frames`. The middle one unless told. */
  shown?: number;
}

/** What a chart of frames is made of, beside its frames: these are told apart by their number, from 1. */
export interface FrameSlider {
  description: string;
  params: object[];
  filter: object[];
  /** The layer that says above the chart which frame is seen. */
  label: object;
}

/** Throws a TypeError or a RangeError for a missing title, no frames, an `at` that does not ascend, a wrong `shown`. */
export function frameSlider(
  call: string,
  { frames, frameTitle, shown = Math.floor(frames.length / 2) }: Frames<object>,
  description: string,
  width: number,
): FrameSlider {
  requireText(call, 'frameTitle', frameTitle);
  const count = frames.length;
  const places = frames.map(frame => frame.at);
  requireFinite(call, 'frames', places);
  if (count < 2 || places.some((at, i) => at <= places[i - 1]))
    throw new RangeError(
      `${call}(frames): there must be two or more, at ascending, got [${places.join(', ')}]`,
    );
  if (!Number.isInteger(shown) || shown < 0 || shown >= count)
    throw new RangeError(`${call}(shown): shown must be an integer from 0 to ${count - 1}, got ${shown}`);
  const texts = places.map(at => `${frameTitle} = ${formatNumber(at, 4)}`);
  return {
    description: `${description} Shown is frame ${shown + 1} of ${count}, ${texts[shown]}; in JupyterLab a slider shows the others.`,
    params: [
      {
        name: 'frame',
        value: shown + 1,
        bind: { input: 'range', min: 1, max: count, step: 1, name: `${frameTitle}: frame ` },
      },
    ],
    filter: [{ filter: 'datum.frame === frame' }],
    label: {
      data: { values: [{}] },
      mark: {
        type: 'text',
        align: 'right',
        baseline: 'bottom',
        fontSize: 12,
        fontWeight: 'bold',
        color: INK,
      },
      encoding: {
        x: { value: width },
        y: { value: -6 },
        text: { value: { expr: `${JSON.stringify(texts)}[frame - 1]` } },
      },
    },
  };
}
