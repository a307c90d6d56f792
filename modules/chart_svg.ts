// Needs: npm: vega, vega-lite.
//
// A chart specification in, SVG text out, without a browser.
import { createHash } from 'node:crypto';

interface View {
  toSVG(): Promise<string>;
  finalize(): void;
}

/**
 * The picture of a Vega-Lite v5 specification as SVG, the same text every time.
 *
 * The description becomes its name for those who hear it. Throws if Vega-Lite cannot read the specification.
 */
export async function renderSvg(spec: { description: string }): Promise<string> {
  // Loaded when first needed, and untyped: their types alone would cost each notebook a quarter of a second.
  const vega = require('vega');
  const { compile } = require('vega-lite');
  vega.textMetrics.canvas(false); // where the package canvas is installed it would measure text otherwise
  const view: View = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  vega.resetSVGDefIds(); // they count up from chart to chart
  const svg = await view.toSVG();
  view.finalize();
  const key = `chart${createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 8)}`;
  return label(ownIds(tidy(svg), key), spec.description);
}

/** Keeps apart the gradients and clips of several pictures in one page. */
const ownIds = (svg: string, key: string): string => svg.replace(/ id="|url\(#/g, `$&${key}-`);

/** Takes away what shows nothing, names of parts (the whole has one), and digits below a hundredth of a pixel. */
function tidy(svg: string): string {
  return svg
    .replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, '')
    .replace(/<path [^>]*(?:opacity="0"|display="none"|d="M0,0h0v0h0Z")[^>]*\/>/g, '')
    .replace(/<text [^>]*opacity="0"[^>]*>[^<]*<\/text>/g, '')
    .replace(
      /(<g class="mark-rect [^>]*>)((?:<path d="[^"]*" [^>]*\/>)+)/g,
      (_, g, cells) => g + byColour(cells),
    )
    .replace(/ (?:d|transform)="[^"]*"/g, attribute =>
      attribute.replace(/-?\d+\.\d+(?:e-\d+)?/g, digits => String(Number(Number(digits).toFixed(2)))),
    );
}

/** The thousand cells of a heat map as one path for each of their colours, of which the eye tells every fourth apart. */
function byColour(cells: string): string {
  const paths = new Map<string, string>();
  for (const [, d, look] of cells.matchAll(/<path d="([^"]*)" ([^>]*)\/>/g)) {
    const fourth = look.replace(/rgb\(.*?\)/, rgb =>
      rgb.replace(/\d+/g, c => `${4 * Math.round(Number(c) / 4)}`),
    );
    paths.set(fourth, (paths.get(fourth) ?? '') + d);
  }
  return [...paths].map(([look, d]) => `<path d="${d}" ${look}/>`).join('');
}

function label(svg: string, description: string): string {
  const text = description.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
  return svg.replace(/^<svg ([^>]*)>/, `<svg role="img" aria-label="${text}" $1><title>${text}</title>`);
}
