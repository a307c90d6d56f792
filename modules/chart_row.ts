// Needs: chart_spec.ts, plain_array.ts; npm: ndarray.
//
// Several charts side by side in one picture: a Vega-Lite v5 specification.
import { type ChartSpec, requireText, ZOOM } from './chart_spec';

/**
 * Charts from left to right, each with its own title, axes and colours; their descriptions are read one after the other.
 *
 * Charts of frames move by one slider together if their frames have the same title and number. Throws a TypeError for
 * a missing title and fewer than two charts, and a RangeError for sliders that differ.
 */
export function chartRow({ title, charts }: { title: string; charts: ChartSpec[] }): ChartSpec {
  requireText('chartRow', 'title', title);
  if (charts.length < 2)
    throw new TypeError(`chartRow(charts): charts must be two or more, got ${charts.length}`);
  const sliders = charts.flatMap(({ params }) => (params ? [JSON.stringify(params)] : []));
  if (new Set(sliders).size > 1)
    throw new RangeError(`chartRow(charts): charts must have the same slider, got ${sliders.join(' and ')}`);
  const { $schema, background, padding, config } = charts[0];
  return {
    $schema,
    description: charts.map(chart => chart.description).join(' '),
    title: { text: title },
    background,
    padding,
    config,
    ...(sliders.length && { params: JSON.parse(sliders[0]) }),
    spacing: 40,
    hconcat: charts.map(part),
    resolve: {
      scale: { color: 'independent', shape: 'independent', strokeDash: 'independent', size: 'independent' },
    },
  };
}

/** A chart without what stands once for all, and with its own name for the parameter that moves its axes. */
function part({ $schema, description, background, padding, config, params, ...rest }: ChartSpec, k: number) {
  return JSON.parse(JSON.stringify(rest), (key, value) =>
    key === 'name' && value === ZOOM.name ? value + k : value,
  );
}
