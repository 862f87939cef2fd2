// The file of a chart, from the picture that stands in for the app's.
import type { ChartFile, Paper } from './types';

export function paperOf(file: ChartFile): Paper {
  const { widthPx, heightPx, utcOffsetMinutes } = file;
  return { widthPx, heightPx, dpr: file.dpi / 96, dark: file.theme === 'dark', utcOffsetMinutes };
}

export async function pngOf(drawn: ArrayBuffer, paper: Paper): Promise<ArrayBuffer> {
  const start = 4 + new DataView(drawn).getUint32(0, true);
  const [width, height] = [paper.widthPx, paper.heightPx].map((px) => Math.round(px * paper.dpr));
  const rgba = new Uint8ClampedArray(drawn, start);
  const canvas = new OffscreenCanvas(width ?? 1, height ?? 1);
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, canvas.width, canvas.height), 0, 0);
  return (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer();
}
