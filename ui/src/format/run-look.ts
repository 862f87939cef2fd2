// How a run looks wherever it is shown: a colour, which the app decides once and for ever, and a dash where two that
// are shown together have the same.
import { DASHES, PALETTE } from '../backend/bindings';

const css = PALETTE.map(({ light, dark }) => `light-dark(rgb(${light.join(' ')}), rgb(${dark.join(' ')}))`);

/** The colour of a run as CSS that follows the theme; grey for one that has none yet. */
export function runColor(color: number | null): string {
  return (color === null ? undefined : css[color % css.length]) ?? 'var(--text-disabled)';
}

/** The dash pattern of curves as an SVG attribute; 0 is solid, after the last they start over. */
export function dashPattern(dash: number): string {
  return dash === 0 ? '' : (DASHES[(dash - 1) % DASHES.length] ?? []).join(' ');
}

/** Runs that are shown together, with what tells those of one colour apart: the nth of a colour has dash n. */
export function withDashes<R extends { color: number | null }>(runs: readonly R[]): (R & { dash: number })[] {
  const seen = new Map<number, number>();
  return runs.map((run) => {
    const dash = run.color === null ? 0 : (seen.get(run.color) ?? 0);
    if (run.color !== null) seen.set(run.color, dash + 1);
    return { ...run, dash };
  });
}
