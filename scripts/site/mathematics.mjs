// Draws the TeX in a page: what KaTeX makes of it needs no script in the browser.
import katex from 'katex';

const CHARACTERS = { amp: '&', lt: '<', gt: '>' };

/**
 * A page with its `span.math` drawn.
 * @param {string} html @param {string} name the page, for errors
 * @throws {Error} for what is no TeX
 */
export function drawMathematics(html, name) {
  return html.replace(/<span class="math( display)?">([^<]*)<\/span>/g, (_, display, escaped) => {
    const tex = escaped.replace(
      /&(amp|lt|gt);/g,
      (/** @type {string} */ _, /** @type {keyof typeof CHARACTERS} */ c) => CHARACTERS[c],
    );
    try {
      return katex.renderToString(tex, { displayMode: display !== undefined, strict: 'error' });
    } catch (error) {
      throw new Error(`${name}: ${/** @type {Error} */ (error).message} in $${tex}$`);
    }
  });
}
