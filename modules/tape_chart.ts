// Needs: chart_spec.ts, plain_array.ts; npm: ndarray.
//
// A recorded tape in, Vega-Lite v5 specification out: the ops in their order, and what reads what.
import { type ChartSpec, type ChartWords, COLOURS, chartSpec, INK } from './chart_spec';

/** One op on a tape: what it is called, and the tensors, by number, that it reads and makes. */
export interface TapeEntry {
  name: string;
  reads: number[];
  makes: number[];
}

/**
 * For each op whether one walk along the tape finds that it depends on the tensors `from`: it does if it reads one
 * of them, or what an op before it made of them.
 */
export function reachedFrom(from: number[], tape: TapeEntry[]): boolean[] {
  const known = new Set(from);
  return tape.map(({ reads, makes }) => {
    const reached = reads.some(t => known.has(t));
    if (reached) for (const t of makes) known.add(t);
    return reached;
  });
}

/**
 * Tapes one below another: a dot an op, filled if one walk from left to right finds that it depends on x, and an arc
 * from the op that makes a tensor to each that reads it. An arc that leads back is one that the walk never follows.
 */
export function tapeChart(
  options: ChartWords & { tapes: { name: string; tape: TapeEntry[] }[]; x: number[] },
): ChartSpec {
  const { tapes, x } = options;
  const ops: object[] = [];
  const arcs: object[] = [];
  for (const { name, tape } of tapes) {
    const reached = reachedFrom(x, tape);
    tape.forEach((op, i) => {
      ops.push({ tape: name, place: i + 1, height: 0, op: op.name, state: reached[i] ? DEPENDS : CONSTANT });
      op.reads.forEach((t, k) => {
        const maker = x.includes(t) ? -1 : tape.findIndex(other => other.makes.includes(t));
        if (maker < 0 && !x.includes(t)) return;
        const [a, b] = [maker + 1, i + 1];
        // Below the line from right to left, above it from left to right.
        for (let q = 0; q <= 12; q++)
          arcs.push({
            tape: name,
            arc: `${name} ${i} ${k}`,
            place: a + ((b - a) * q) / 12,
            q: q,
            height: (Math.sin((Math.PI * q) / 12) * Math.abs(b - a) ** 0.7 * (b > a ? 1 : -1)) / 2,
            state: b > a ? 'forward' : BACK,
          });
      });
    });
    ops.push({ tape: name, place: 0, height: 0, op: 'x', state: DEPENDS });
  }
  const colour = (domain: string[], range: string[]) => ({
    field: 'state',
    type: 'nominal',
    scale: { domain, range },
    legend: { title: null, orient: 'top' },
  });
  const last = Math.max(...tapes.map(({ tape }) => tape.length));
  const places = Array.from({ length: last + 1 }, (_, k) => k);
  const place = {
    field: 'place',
    type: 'quantitative',
    title: options.xTitle,
    axis: { values: places, format: 'd', grid: false },
    scale: { domain: [-0.4, last + 0.4], nice: false },
  };
  const height = {
    field: 'height',
    type: 'quantitative',
    title: options.yTitle,
    axis: { labels: false, ticks: false, grid: false },
  };
  const seen = [DEPENDS, CONSTANT, 'forward', BACK];
  const scale = colour(seen, [COLOURS[0], COLOURS[1], '#888888', COLOURS[1]]);
  return chartSpec('tapeChart', options, '', {
    data: { values: [...arcs, ...ops] },
    facet: {
      row: {
        field: 'tape',
        type: 'nominal',
        sort: tapes.map(t => t.name),
        header: { title: null, labelAngle: 0, labelAlign: 'left', labelOrient: 'top' },
      },
    },
    spec: {
      width: 480,
      height: 120,
      layer: [
        {
          transform: [{ filter: 'isValid(datum.arc)' }],
          mark: { type: 'line', strokeWidth: 1.5 },
          encoding: {
            x: place,
            y: height,
            detail: { field: 'arc', type: 'nominal' },
            order: { field: 'q', type: 'quantitative' },
            color: scale,
            strokeDash: { condition: { test: `datum.state === '${BACK}'`, value: [4, 3] }, value: [1, 0] },
          },
        },
        {
          transform: [{ filter: 'isValid(datum.op)' }],
          mark: { type: 'point', filled: true, size: 120, opacity: 1 },
          encoding: {
            x: place,
            y: height,
            color: scale,
            tooltip: [
              { field: 'op', type: 'nominal', title: 'op' },
              { field: 'place', type: 'quantitative', title: options.xTitle },
              { field: 'state', type: 'nominal', title: 'by the walk' },
            ],
            shape: { condition: { test: `datum.state === '${CONSTANT}'`, value: 'cross' }, value: 'circle' },
          },
        },
        {
          transform: [{ filter: 'isValid(datum.op)' }],
          mark: { type: 'text', dy: 18, fontSize: 12, color: INK },
          encoding: { x: place, y: height, text: { field: 'op', type: 'nominal' } },
        },
      ],
    },
  });
}

const DEPENDS = 'depends on x';
const CONSTANT = 'counts as constant';
const BACK = 'leads back: not followed';
