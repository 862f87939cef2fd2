// The file of a chart, from the picture that stands in for the app's.
import { decodeFrame, type AnyLayout } from '../charts/frame';
import type { ChartFile, Paper } from './types';

export function paperOf(file: ChartFile): Paper {
  const { widthPx, heightPx, utcOffsetMinutes } = file;
  return { widthPx, heightPx, dpr: file.dpi / 96, dark: file.theme === 'dark', utcOffsetMinutes };
}

export async function pngOf(drawn: ArrayBuffer, paper: Paper): Promise<ArrayBuffer> {
  const { width, height, rgba } = decodeFrame<AnyLayout>(drawn, paper.dpr);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  return (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer();
}
