// A run's colour: an index into the app's palette, which every table and chart shares.

type Rgb = readonly [red: number, green: number, blue: number];

export interface PaletteColor {
  /** On light surfaces, each channel 0 to 255. */
  light: Rgb;
  /** The same hue on dark surfaces. */
  dark: Rgb;
}

/** The palette of `charts/palette.rs`, for the time before `launch()` has brought it and for made-up data. */
export const PALETTE: readonly (readonly [light: string, dark: string])[] = [
  ['#447be4', '#86b1ff'],
  ['#cf5604', '#f99262'],
  ['#06976d', '#40cd9b'],
  ['#bb52a8', '#e78dd4'],
  ['#977e05', '#cdaf33'],
  ['#058eaf', '#04c4f0'],
  ['#d24b58', '#fd8a8f'],
  ['#8568db', '#b3a0ff'],
  ['#659006', '#97c25b'],
  ['#099393', '#10caca'],
  ['#4346b4', '#737fdd'],
  ['#834604', '#c6711b'],
  ['#046759', '#0e9f8a'],
  ['#961d67', '#c56296'],
  ['#5d5c04', '#908f00'],
  ['#035f87', '#0894cf'],
  ['#a11d05', '#d06551'],
  ['#7034a1', '#9e70cc'],
  ['#086c00', '#529e4b'],
  ['#09646f', '#0b9aac'],
];

let palette = PALETTE.map(([light, dark]) => `light-dark(${light}, ${dark})`);

/** Takes the palette that `launch()` brings. */
export function setPalette(colors: readonly PaletteColor[]): void {
  if (colors.length === 0) return;
  palette = colors.map(({ light, dark }) => `light-dark(rgb(${light.join(' ')}), rgb(${dark.join(' ')}))`);
}

/** The colour of a run as CSS that follows the theme. */
export function runColor(color: number): string {
  return palette[color % palette.length] ?? 'var(--text-3)';
}

/** The dash patterns of curves, in multiples of the stroke's width, as the charts draw them; 0 is solid. */
const DASHES = ['', '5 3', '1.5 2.5', '6 2 1.5 2'];

export function dashPattern(dash: number): string {
  return dash === 0 ? '' : (DASHES[1 + ((dash - 1) % 3)] ?? '');
}
