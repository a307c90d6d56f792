// Draws the benchmark: `charts.ts FILE` reads docs/benchmark.json, and writes its charts beside it.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chartRow } from '../../modules/chart_row';
import { renderSvg } from '../../modules/chart_svg';
import { lineChart } from '../../modules/charts';

interface Growth {
  number: string;
  values: number[];
  ms: number[];
  slope: number | null;
}

const [file] = process.argv.slice(2);
const growth: Growth[] = JSON.parse(readFileSync(file, 'utf8')).growth ?? [];
const WORDS: Record<string, string> = { n: 'points n', m: 'centers m', d: 'coordinates d', order: 'order' };

const panel = ({ number, values, ms, slope }: Growth) =>
  lineChart({
    title: slope === null ? WORDS[number] : `${WORDS[number]}: slope ${slope.toFixed(2)}`,
    description: `Milliseconds over ${WORDS[number]}: ${values.map((value, i) => `${value}: ${ms[i]}`).join(', ')}.`,
    xTitle: `${WORDS[number]} (dimensionless)`,
    yTitle: 'time (ms)',
    xLog: slope !== null,
    yLog: true,
    width: 180,
    height: 160,
    series: [{ name: 'evaluate', x: values, y: ms, mark: 'line and points' }],
  });

async function main() {
  if (growth.length === 0) return;
  const chart = chartRow({ title: 'How cost grows', charts: growth.map(panel) });
  writeFileSync(join(dirname(file), 'benchmark_growth.svg'), await renderSvg(chart));
}

main();
