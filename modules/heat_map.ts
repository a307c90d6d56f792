// Needs: chart_spec.ts, contour_layers.ts, contour_lines.ts, frame_slider.ts, heat_map_cells.ts,
//   number_format.ts, plain_array.ts, plane_cells.ts, plane_grid.ts, plane_layers.ts, vector_field.ts; npm:
//   ndarray.
// Values on a grid of the plane in, Vega-Lite v5 specification out. Nothing is drawn here.
import {
  type ChartSpec,
  type ChartWords,
  chartSpec,
  requireCount,
  requireFinite,
  requireText,
  toNumbers,
} from './chart_spec';
import { contourLayers, levelsOf } from './contour_layers';
import { type FrameSlider, type Frames, frameSlider } from './frame_slider';
import { type CellColours, cellLayers } from './heat_map_cells';
import type { Matrix, Vector } from './plain_array';
import { placeOn } from './plane_cells';
import { planeGrid } from './plane_grid';
import { dotLayer, outlineLayers } from './plane_layers';
import { type Arrows, arrowLayers } from './vector_field';

/** What heat maps show beside their values. */
export interface Surface extends ChartWords, CellColours {
  /** The nodes of a grid, or those that lie in the domain, `[n, 2]`, in any order. */
  points: Matrix;
  /** Level lines: about how many, at round values, or at which. */
  contours?: number | number[];
  /** The border of the domain: one closed polygon `[m, 2]` or several. */
  outline?: Matrix | Matrix[];
  /** Places to mark `[m, 2]`: centers, nodes. */
  dots?: Matrix;
  arrows?: Arrows;
  /** In pixels. */
  width?: number;
  height?: number;
}

/** Above this many values in all frames a notebook is heavy to keep. */
const MOST_IN_FRAMES = 20000;

/**
 * Values `[n]` as the colours of the cells of a grid, with level lines if asked for.
 *
 * The points `[n, 2]` are all nodes of a grid, whose lines need not be equally far apart, or those that lie in a
 * domain of any form. Cells reach half-way to their neighbours. In a small grid each shows its number. A cell that is
 * NaN or infinite is white and crossed out. Throws a TypeError or a RangeError for a missing word, a wrong shape,
 * points that are not finite, not different or not on a grid, and more than 5000 of them.
 */
export function heatMap(options: Surface & { values: Vector }): ChartSpec {
  return surface('heatMap', options, [{ argument: 'values', values: options.values }]);
}

/**
 * A heat map of several frames of values, and a slider over them; colours and levels are common to all.
 *
 * Where nothing can be slid, in SVG and on a page, one frame is seen, and the description says which. Throws as
 * heatMap does, for fewer than two frames, an `at` that does not ascend, and more than 20000 values in all.
 */
export function heatMapFrames(options: Surface & Frames<{ values: Vector }>): ChartSpec {
  const slider = frameSlider('heatMapFrames', options, options.description, options.width ?? 320);
  const frames = options.frames.map(({ values }, k) => ({ argument: `frames[${k}].values`, values }));
  return surface('heatMapFrames', options, frames, slider);
}

function surface(
  call: string,
  options: Surface,
  given: { argument: string; values: Vector }[],
  slider?: FrameSlider,
): ChartSpec {
  const { middle, contours = [], outline, dots, arrows } = options;
  const size = { width: options.width ?? 320, height: options.height ?? 320 };
  const grid = planeGrid(call, options.points);
  const count = grid.at.filter(k => k >= 0).length;
  requireCount(call, 'points', count);
  if (slider) requireCount(call, 'frames', count * given.length, MOST_IN_FRAMES);
  requireFinite(call, 'middle', [middle ?? 0]);
  requireText(call, 'valueTitle', options.valueTitle);
  const frames = given.map(({ argument, values }) => {
    const numbers = toNumbers(call, argument, values);
    if (numbers.length !== count)
      throw new RangeError(
        `${call}(${argument}): ${argument} must be as many as points, ${count}, got ${numbers.length}`,
      );
    return numbers;
  });
  const levels = levelsOf(call, contours, frames.flat());
  const place = placeOn(grid, options);
  const filter = slider?.filter ?? [];
  const extents = {
    x: { domain: [grid.xs[0], grid.xs[grid.xs.length - 1]], pixels: size.width },
    y: { domain: [grid.ys[0], grid.ys[grid.ys.length - 1]], pixels: size.height },
  } as const;
  const field = arrows && arrowLayers(call, arrows, extents, place, options);
  return chartSpec(
    call,
    { ...options, ...(slider && { description: slider.description }) },
    [field?.legend, crossed(frames.flat())].filter(Boolean).join(' '),
    {
      ...size,
      ...(slider && { params: slider.params }),
      layer: [
        cellLayers(grid, frames, { ...options, ...size }, filter),
        ...contourLayers(call, grid, frames, levels, size, place, filter),
        ...(field?.layers ?? []),
        ...(outline ? outlineLayers(call, outline, place) : []),
        ...(dots ? [dotLayer(call, dots, place)] : []),
        ...(slider ? [slider.label] : []),
      ],
    },
  );
}

function crossed(values: number[]): string {
  const broken = [...new Set(values.filter(value => !Number.isFinite(value)))].map(String).sort();
  return broken.length ? `Crossed out: ${broken.join(', ')}.` : '';
}
