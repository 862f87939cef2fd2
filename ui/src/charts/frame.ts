// A drawn chart as the app sends it: where things are, how fresh its values are, and the pixels.
import type { Axis, Layout } from '../backend';

/** What the layouts of all kinds of charts have. */
export type AnyLayout = Pick<Layout, 'widthPx' | 'heightPx' | 'note'>;

export interface Frame<L extends AnyLayout> {
  layout: L;
  /** Device pixels. */
  width: number;
  height: number;
  /** Red, green, blue, alpha of each pixel, not premultiplied. */
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * Reads what `commands/frame.rs` writes: `[u32 length of the layout][layout as JSON][pixels]`, the pixels as they are
 * or packed, which their length tells. The picture's size in device pixels follows from the paper it was asked for,
 * rounded as the app rounds it.
 */
export function decodeFrame<L extends AnyLayout>(bytes: ArrayBuffer, dpr: number): Frame<L> {
  if (bytes.byteLength < 4) throw new Error('The frame is cut off before its layout');
  const length = new DataView(bytes).getUint32(0, true);
  const start = 4 + length;
  if (start > bytes.byteLength) throw new Error('The frame is cut off in its layout');
  const layout = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length))) as L;
  const width = Math.max(1, Math.round(layout.widthPx * dpr));
  const height = Math.max(1, Math.round(layout.heightPx * dpr));
  const size = width * height * 4;
  const rgba =
    bytes.byteLength - start === size
      ? new Uint8ClampedArray(bytes, start, size)
      : new Uint8ClampedArray(unpacked(bytes.slice(start), width * height).buffer);
  return { layout, width, height, rgba };
}

/** Fewer pixels are written faster one by one, in WebKit. */
const LONG_RUN = 64;

/** Pieces of pixels: how many, doubled, and one more if they are all the pixel that follows; or all of them follow. */
function unpacked(packed: ArrayBuffer, count: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(packed, 0, Math.floor(packed.byteLength / 4));
  const pixels = new Uint32Array(count);
  let to = 0;
  for (let at = 0; at < words.length;) {
    const head = words[at++] ?? 0;
    const end = to + (head >>> 1);
    if (end > count) break;
    const isShort = end - to < LONG_RUN;
    if ((head & 1) === 1) {
      const pixel = words[at++] ?? 0;
      if (isShort) while (to < end) pixels[to++] = pixel;
      else pixels.fill(pixel, to, end);
    } else if (isShort) {
      while (to < end) pixels[to++] = words[at++] ?? 0;
    } else {
      pixels.set(words.subarray(at, at + end - to), to);
      at += end - to;
    }
    to = end;
  }
  if (to !== count) throw new Error(`The frame has ${to} pixels where there are to be ${count}`);
  return pixels;
}

/** The data value at a place along an axis, 0 at `min` and 1 at `max`. */
export function valueAt(axis: Axis, share: number): number {
  if (axis.scale === 'linear') return axis.min + (axis.max - axis.min) * share;
  if (axis.scale === 'log') return axis.min * (axis.max / axis.min) ** share;
  const [from, to] = [bent(axis, axis.min), bent(axis, axis.max)];
  return Math.sinh(from + (to - from) * share) * linearWithin(axis);
}

/** The other way: where a value stands between `min` (0) and `max` (1); may lie outside. */
export function shareOf(axis: Axis, value: number): number {
  if (axis.scale === 'linear') return (value - axis.min) / (axis.max - axis.min || 1);
  if (axis.scale === 'log') return Math.log(value / axis.min) / (Math.log(axis.max / axis.min) || 1);
  const [from, to] = [bent(axis, axis.min), bent(axis, axis.max)];
  return (bent(axis, value) - from) / (to - from || 1);
}

/** Where a symlog axis is about linear; as in the app's `scale.rs`. */
function linearWithin(axis: Axis): number {
  return Math.max(Math.abs(axis.min), Math.abs(axis.max)) / 1000 || Number.MIN_VALUE;
}

function bent(axis: Axis, value: number): number {
  return Math.asinh(value / linearWithin(axis));
}
