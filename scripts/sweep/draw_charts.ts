// Draws the charts of a sweep from its table, by the modules that notebooks use: `draw_charts.ts OUT CHARTS PARAMETERS`,
// the latter two in JSON. Exit 1 if one cannot be drawn.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderSvg } from '../../modules/chart_svg';
import { sweepChart } from '../../modules/sweep_chart';
import { sweepRows } from '../../modules/sweep_table';

async function draw(out: string, charts: { result: string; parameter: string }[], parameters: string[]) {
  const rows = sweepRows(readFileSync(join(out, 'table.csv'), 'utf8'));
  for (const { result, parameter } of charts) {
    const by = parameters.filter(name => name !== parameter);
    const name = `${result}_over_${parameter}.svg`.replace(/[^\w.-]/g, '_');
    try {
      writeFileSync(join(out, name), await renderSvg(sweepChart(rows, { result, parameter, by })));
      console.log(`Chart: ${name}`);
    } catch (error) {
      console.error(`--chart ${result}:${parameter}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
}

const [out, charts, parameters] = process.argv.slice(2);
draw(out, JSON.parse(charts), JSON.parse(parameters));
