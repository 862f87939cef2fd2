// A run's colour and dash, from its id alone: the same in every table, chart and window, for ever.

export type Dash = 'solid' | 'dashed' | 'dotted';

export interface RunLook {
  /** Opaque colour on light surfaces, "#rrggbb". */
  light: string;
  /** The same hue on dark surfaces. */
  dark: string;
  /** Both at once, for CSS. */
  css: string;
  dash: Dash;
}

/** Twelve hues that stay apart from each other and at least 3 : 1 from the surface they are drawn on. */
export const PALETTE: readonly (readonly [light: string, dark: string])[] = [
  ['#2f6fde', '#6a9dff'],
  ['#d2691f', '#f0914e'],
  ['#178a69', '#3fc29a'],
  ['#b3489a', '#e07fc8'],
  ['#8a6d1f', '#cfae54'],
  ['#2f8fb5', '#63bfe2'],
  ['#c4455a', '#f07d90'],
  ['#6b63c9', '#a29bf5'],
  ['#6c7d1f', '#aabf52'],
  ['#5a6472', '#9aa6b8'],
  ['#9a5b3a', '#d39a78'],
  ['#0f8587', '#41c4c6'],
];
const DASHES: readonly Dash[] = ['solid', 'dashed', 'dotted'];

/** FNV-1a, 32 bit, over UTF-16 code units (run ids are ASCII). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  // A last stir, so that ids that differ only at their end do not get neighbouring colours.
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 12)) >>> 0;
}

export function runLook(run_id: string): RunLook {
  const at = hash(run_id) % (PALETTE.length * DASHES.length);
  const [light, dark] = PALETTE[at % PALETTE.length] ?? ['#5a6472', '#9aa6b8'];
  const dash = DASHES[Math.floor(at / PALETTE.length)] ?? 'solid';
  return { light, dark, css: `light-dark(${light}, ${dark})`, dash };
}
