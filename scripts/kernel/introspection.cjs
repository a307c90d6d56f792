// Correction: completion and inspection count characters as Jupyter does (code points; tslab counts UTF-16
// units), and answer with nothing where tslab throws.
const { uninterrupted } = require('./watchdog.cjs');

/** @param {string} code @param {number} points */
const unitsOf = (code, points) => Array.from(code).slice(0, points).join('').length;
/** @param {string} code @param {number} units */
const pointsOf = (code, units) => Array.from(code.slice(0, units)).length;

/** @param {any} handler tslab's @param {{ code: string, cursor_pos: number }} content */
function complete(handler, { code, cursor_pos }) {
  try {
    const reply = uninterrupted(() =>
      handler.handleComplete({ code, cursor_pos: unitsOf(code, cursor_pos) }),
    );
    const [cursor_start, cursor_end] = [reply.cursor_start, reply.cursor_end].map(units =>
      pointsOf(code, units),
    );
    return { ...reply, cursor_start, cursor_end };
  } catch {
    return { status: 'ok', matches: [], cursor_start: cursor_pos, cursor_end: cursor_pos, metadata: {} };
  }
}

/** @param {any} handler tslab's @param {{ code: string, cursor_pos: number }} content */
function inspect(handler, { code, cursor_pos }) {
  try {
    return uninterrupted(() => handler.handleInspect({ code, cursor_pos: unitsOf(code, cursor_pos) }));
  } catch {
    return { status: 'ok', found: false, data: {}, metadata: {} };
  }
}

module.exports = { complete, inspect };
