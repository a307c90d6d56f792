// Needs: chart_spec.ts, curve_axes.ts, curve_layers.ts, curve_rows.ts, frame_slider.ts, number_format.ts,
//   plain_array.ts; npm: ndarray.
//
// Curves that change with time or a parameter, and a slider over them: a Vega-Lite v5 specification.
import { type ChartSpec, type ChartWords, chartSpec, requireCount } from './chart_spec';
import { referenceLayer, seriesGroup } from './curve_layers';
import { type Axes, type Curves, curveRows, meaningOfSigns, type Row } from './curve_rows';
import { type Frames, frameSlider } from './frame_slider';

/** Above this many values in all frames a notebook is heavy to keep. */
const MOST_IN_FRAMES = 20000;

/**
 * Named curves in several frames, and a slider over them; every frame has the same names.
 *
 * The lines of all frames lie faintly behind. Where nothing can be slid, in SVG and on a page, one frame is seen, and
 * the description says which. Throws as lineChart does, for fewer than two frames, an `at` that does not ascend, other
 * names in one than in the first, and more than 20000 values in all.
 */
export function lineFrames(
  options: ChartWords & Axes & Omit<Curves, 'series'> & Frames<Pick<Curves, 'series'>>,
): ChartSpec {
  const { frames, references = [] } = options;
  const size = { width: options.width ?? 480, height: options.height ?? 280 };
  const axes = { ...options, ...size };
  const slider = frameSlider('lineFrames', options, options.description, size.width);
  const names = (series: { name: string }[]) => series.map(one => one.name).join(', ');
  const rows = frames.map(({ series }, k) => {
    if (names(series) !== names(frames[0].series))
      throw new RangeError(
        `lineFrames(frames): frames[${k}].series must be named ${names(frames[0].series)} as in the first, got ${names(series)}`,
      );
    return curveRows('lineFrames', { ...options, series }, axes);
  });
  const all = rows.flat();
  requireCount('lineFrames', 'frames', all.length, MOST_IN_FRAMES);
  const fields = ['x', 'y', ...(all.some(row => row.sign) ? ['sign', 'top'] : [])] as (keyof Row)[];
  const unpack = { flatten: fields };
  const group = seriesGroup(frames[0].series, axes, all);
  const lines = frames[0].series.filter(({ mark = 'line' }) => mark.includes('line')).map(({ name }) => name);
  return chartSpec('lineFrames', { ...options, description: slider.description }, meaningOfSigns(all), {
    ...size,
    params: slider.params,
    data: { values: rows.flatMap((one, k) => packed(one, fields, k + 1)) },
    layer: [
      ...references.map(referenceLayer),
      {
        // All values, the unseen ones too: so the axes are the same in every frame.
        transform: [unpack],
        encoding: {
          x: group.encoding.x,
          y: group.encoding.y,
          detail: [{ field: 'frame' }, { field: 'series' }],
        },
        layer: [
          {
            mark: { type: 'line', color: '#888888', strokeWidth: 1, opacity: 0.3 },
            transform: [{ filter: { field: 'series', oneOf: lines } }],
          },
          { mark: { type: 'point', opacity: 0 } },
        ],
      },
      { transform: [...slider.filter, unpack], ...group },
      slider.label,
    ],
  });
}

/** The rows of a frame as one for each series that holds lists: without the names of fields again and again. */
function packed(rows: Row[], fields: (keyof Row)[], frame: number): object[] {
  return [...new Set(rows.map(row => row.series))].map(series => {
    const own = rows.filter(row => row.series === series);
    return {
      frame,
      series,
      ...Object.fromEntries(fields.map(field => [field, own.map(row => row[field] ?? null)])),
    };
  });
}
