// A chart as a file: what is asked of the app, and the way to the clipboard.
import { commands, type AnyChart, type ChartFile } from '../backend';
import { theme } from '../components/theme.svelte';

/** Sizes that papers and slides want, in CSS pixels: 96 of them are an inch. */
export const SIZES = [
  { value: 'slide', label: 'Slide, 10 × 5.6 in', width_px: 960, height_px: 540 },
  { value: 'page', label: 'Page width, 7 × 4 in', width_px: 672, height_px: 384 },
  { value: 'column', label: 'Column, 3.5 × 2.5 in', width_px: 336, height_px: 240 },
] as const;
type SizeName = (typeof SIZES)[number]['value'];
export const DPIS = ['96', '150', '300', '600'] as const;

export interface FileWish {
  format: ChartFile['format'];
  theme: ChartFile['theme'];
  size: SizeName;
  dpi: (typeof DPIS)[number];
  legend: boolean;
}
export const START_WISH: FileWish = { format: 'png', theme: 'print', size: 'page', dpi: '300', legend: true };

export function chartFile(title: string, chart: AnyChart, wish: FileWish): ChartFile {
  const { width_px, height_px } = SIZES.find(({ value }) => value === wish.size) ?? SIZES[1];
  return {
    chart,
    title,
    format: wish.format,
    theme: wish.theme,
    widthPx: width_px,
    heightPx: height_px,
    dpi: Number(wish.dpi),
    legend: wish.legend,
    utcOffsetMinutes: -new Date().getTimezoneOffset(),
  };
}

/** Whether the picture is on the clipboard now: as it looks in the window, with its title and legend, twice as sharp. */
export async function copyChart(title: string, chart: AnyChart): Promise<boolean> {
  const look = theme.current === 'dark' ? 'dark' : 'light';
  const file = chartFile(title, chart, { ...START_WISH, theme: look, dpi: '96' });
  const png = commands
    .chartFile({ ...file, dpi: 192 })
    .then((bytes) => new Blob([bytes], { type: 'image/png' }));
  // Whatever becomes of the clipboard, this promise is looked at.
  png.catch(() => undefined);
  try {
    // The clipboard takes a promise: waiting for the picture first would lose the click that allowed it.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
    return true;
  } catch {
    return false;
  }
}
