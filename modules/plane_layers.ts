// Needs: chart_spec.ts, plain_array.ts; npm: ndarray.
//
// What is drawn over the colours of a plane: words, the border of a domain, places in it.
import { INK, requireCount, round, toPoints } from './chart_spec';
import { type Matrix, plainArray } from './plain_array';

/** The encodings of both coordinates, which all layers over one plane share. */
export interface Place {
  x: object;
  y: object;
}

/** Text that shows on every colour: dark, over a light rim. */
export const rimmedText = (mark: object): object[] => [
  { mark: { type: 'text', ...mark, stroke: 'white', strokeWidth: 4, strokeJoin: 'round' } },
  { mark: { type: 'text', ...mark, color: INK } },
];

/** A closed polygon `[m, 2]`, or several, as a line. */
export function outlineLayers(call: string, outline: Matrix | Matrix[], place: Place): object[] {
  const polygons =
    plainArray(outline)?.shape.length === 2 ? [outline as Matrix] : Array.from(outline as Matrix[]);
  const corners = polygons.flatMap((polygon, k) => {
    const { x, y } = toPoints(call, 'outline', polygon);
    const closed = [...x.keys(), 0];
    return closed.map((i, corner) => ({ polygon: k, corner, x: round(x[i]), y: round(y[i]) }));
  });
  requireCount(call, 'outline', corners.length);
  return [
    {
      data: { values: corners },
      mark: { type: 'line', color: INK, strokeWidth: 1.5 },
      encoding: { ...place, detail: { field: 'polygon' }, order: { field: 'corner', type: 'quantitative' } },
    },
  ];
}

/** A dot with a light rim at each point `[m, 2]`. */
export function dotLayer(call: string, dots: Matrix, place: Place): object {
  const { x, y } = toPoints(call, 'dots', dots);
  requireCount(call, 'dots', x.length);
  return {
    data: { values: x.map((_, i) => ({ x: round(x[i]), y: round(y[i]) })) },
    mark: {
      type: 'point',
      filled: true,
      size: 22,
      opacity: 1,
      color: INK,
      stroke: 'white',
      strokeWidth: 0.75,
    },
    encoding: place,
  };
}
