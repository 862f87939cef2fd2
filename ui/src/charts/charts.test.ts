// Frames are read as they are written, drawings never pile up, and the tooltip shows what is near.
import { describe, expect, it } from 'vitest';
import type { Axis, Layout } from '../backend';
import { decodeFrame, shareOf, valueAt } from './frame';
import {
  askedFormula,
  axisWords,
  formulaIn,
  isAskedX,
  scaleWords,
  xKind,
  xMetric,
  xMetrics,
} from './axis-words';
import { FrameQueue } from './frame-queue';
import { curveY, formatX, probeRows, probeTsv, type ProbeValue } from './probe';

const layout: Layout = {
  widthPx: 3,
  heightPx: 2,
  plot: { x: 40, y: 10, width: 200, height: 100 },
  xKind: 'step',
  x: { min: 0, max: 100, scale: 'linear' },
  y: { min: 0, max: 1, scale: 'linear' },
  seriesDrawn: 1,
  seriesTotal: 1,
  pointsTotal: 2,
  pointsMost: 2,
  seriesAtOneX: 0,
  nanPoints: 0,
  infinitePoints: 0,
  nonPositivePoints: 0,
  hasBands: false,
  outliers: null,
  note: null,
};

function frameBytes(json: string, pixels: number): ArrayBuffer {
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(4 + text.length + pixels);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.fill(7, 4 + text.length);
  return bytes.buffer;
}

describe('decodeFrame', () => {
  it('reads layout and pixels at any device pixel ratio', () => {
    // 3 × 2 at 1.5 is 4.5 × 3, rounded 5 × 3. The text is long enough to shift pixels off any alignment.
    const frame = decodeFrame<Layout>(
      frameBytes(JSON.stringify({ ...layout, more: '画像' }), 5 * 3 * 4),
      1.5,
    );
    expect([frame.width, frame.height, frame.rgba.length, frame.rgba[0]]).toEqual([5, 3, 60, 7]);
    expect(frame.layout.plot).toEqual(layout.plot);
  });

  it('unpacks pixels of one colour', () => {
    // 3 × 2 at 1: two as they are, three of one colour, one as it is.
    const packed = [4, 0x0a, 0x0b, 7, 0xff0000ff, 2, 0x0c];
    const text = frameBytes(JSON.stringify(layout), packed.length * 4);
    new Uint8Array(text).set(
      new Uint8Array(new Uint32Array(packed).buffer),
      text.byteLength - packed.length * 4,
    );
    const { rgba } = decodeFrame<Layout>(text, 1);
    expect([...new Uint32Array(rgba.buffer)]).toEqual([0x0a, 0x0b, 0xff0000ff, 0xff0000ff, 0xff0000ff, 0x0c]);
  });

  it.each([
    ['nothing', new ArrayBuffer(0), /before its layout/],
    ['half a layout', frameBytes(JSON.stringify(layout), 24).slice(0, 40), /in its layout/],
    ['too few pixels', frameBytes(JSON.stringify(layout), 20), /has \d+ pixels where there are to be 6/],
  ])('says what is wrong with %s', (_, bytes, message) =>
    expect(() => decodeFrame(bytes, 1)).toThrow(message),
  );
});

describe('axes', () => {
  const log: Axis = { min: 0.01, max: 100, scale: 'log' };
  it('go there and back', () => {
    expect(valueAt(log, 0.5)).toBeCloseTo(1);
    expect(shareOf(log, 10)).toBeCloseTo(0.75);
    expect(valueAt(layout.x, 0.25)).toBe(25);
    expect(shareOf(layout.x, 25)).toBe(0.25);
    const symlog: Axis = { min: -100, max: 1000, scale: 'symlog' };
    // As in the app: asinh of thousandths of the farther end.
    expect(shareOf(symlog, 0)).toBeCloseTo(Math.asinh(100) / (Math.asinh(100) + Math.asinh(1000)));
    for (const value of [-100, -1, 0, 0.01, 1000])
      expect(valueAt(symlog, shareOf(symlog, value))).toBeCloseTo(value);
  });
});

describe('FrameQueue', () => {
  function setUp() {
    const flights: { ask: number; land: (text: string) => void; crash: () => void }[] = [];
    const done: string[] = [];
    const busy: boolean[] = [];
    const queue = new FrameQueue<number, string>(
      (ask) =>
        new Promise((land, fail) => flights.push({ ask, land, crash: () => fail(new Error(`no ${ask}`)) })),
      (answer) => done.push(answer),
      (error) => done.push(String(error)),
      (now) => busy.push(now),
    );
    const settle = () => new Promise((resolve) => setTimeout(resolve));
    return { flights, done, busy, queue, settle };
  }

  it('one in flight, one waiting, those between are never asked', async () => {
    const { flights, done, busy, queue, settle } = setUp();
    for (let i = 1; i <= 5; i++) queue.ask(i);
    expect(flights.map(({ ask }) => ask)).toEqual([1]);
    flights[0]?.land('one');
    await settle();
    expect(flights.map(({ ask }) => ask)).toEqual([1, 5]);
    flights[1]?.land('five');
    await settle();
    expect(done).toEqual(['one', 'five']);
    expect(busy).toEqual([true, false]);
    queue.ask(6);
    expect(flights.map(({ ask }) => ask)).toEqual([1, 5, 6]);
  });

  it('a frame that comes after cancel is dropped', async () => {
    const { flights, done, queue, settle } = setUp();
    queue.ask(1);
    queue.ask(2);
    queue.cancel();
    flights[0]?.land('late');
    await settle();
    expect(done).toEqual([]);
    expect(flights).toHaveLength(1);
  });

  it('a failure is told unless a newer wish is waiting', async () => {
    const { flights, done, queue, settle } = setUp();
    queue.ask(1);
    queue.ask(2);
    flights[0]?.crash();
    await settle();
    expect(done).toEqual([]);
    flights[1]?.crash();
    await settle();
    expect(done).toEqual(['Error: no 2']);
  });
});

describe('axisWords', () => {
  const drawn = { ...layout, withoutX: { runs: 0, points: 0 } };
  it.each([
    ['step', undefined, ['step']],
    ['step', {}, ['step']],
    ['step', { xKind: 'relative' }, ['over time: only one step']],
    ['time', { xKind: 'step' }, ['over steps: only one time']],
    ['step', { xKind: 'order' }, ['in order: only one step and one time']],
    ['order', { xKind: 'order' }, ['order']],
    ['step', { seriesAtOneX: 1 }, ['step', '1 run at one step']],
    ['time', { xKind: 'time', seriesAtOneX: 2 }, ['time', '2 runs at one time']],
    ['step', { pointsMost: 1, seriesTotal: 3 }, ['one value per run']],
    ['metric.epoch', { xKind: 'metric' }, ['over epoch']],
    ['metric.epoch', { xKind: 'step' }, ['over steps: no values of epoch']],
    [
      'metric.epoch',
      { xKind: 'metric', withoutX: { runs: 2, points: 1 } },
      ['over epoch', '2 runs without it', '1 point without it'],
    ],
  ] as const)('says what is drawn, and why it is not what was asked for: %s, %j', (asked, of, words) =>
    expect(axisWords(asked, of && { ...drawn, ...of })).toEqual(words),
  );

  it('says what a logarithmic axis has no place for, and that time has none', () => {
    const plain = { xLog: false, yLog: false, symlog: false };
    const log = { x: { min: 1, max: 9, scale: 'log' }, nonPositivePoints: 3 } as const;
    expect(scaleWords({ ...plain, xLog: true }, log)).toEqual(['log x', '3 points at or below 0']);
    const both = { ...plain, xLog: true, yLog: true };
    expect(scaleWords(both, { ...log, nonPositivePoints: 0 })).toEqual(['log x', 'log']);
    expect(scaleWords({ ...both, symlog: true }, layout)).toEqual(['symlog']);
    expect(scaleWords(plain, layout)).toEqual([]);
  });

  it('reads back what was asked for', () => {
    expect(['step', 'order', 'metric.a.b/c', 'metric.\n'].every(isAskedX)).toBe(true);
    expect(['metric', 'metric.', 'epoch', 3, null].some(isAskedX)).toBe(false);
    expect([xKind('metric.a'), xMetric('metric.a'), xMetric('step')]).toEqual(['metric', 'a', null]);
    const formula = { text: 'val/loss - train/loss', names: ['val/loss', 'train/loss'] };
    const asked = askedFormula(formula);
    expect([isAskedX(asked), xKind(asked), xMetric(asked)]).toEqual([true, 'metric', formula.text]);
    expect([formulaIn(asked), xMetrics(asked), xMetrics('metric.a'), xMetrics('time')]).toEqual([
      formula,
      formula.names,
      ['a'],
      [],
    ]);
    const wrong = ['formula.', 'formula.{', 'formula.{"text":"a"}', 'formula.{"text":"","names":["a"]}'];
    expect(wrong.some(isAskedX)).toBe(false);
    expect(axisWords(asked, undefined)).toEqual(['over val/loss - train/loss']);
  });
});

describe('probeRows', () => {
  const value = (id: string, at: number, smoothed?: number): ProbeValue => ({
    id,
    name: id,
    color: 0,
    x: 10,
    value: at,
    ...(smoothed === undefined ? {} : { smoothed }),
  });

  it('highest first, NaN last, the nearest curve found', () => {
    const found = probeRows(
      [value('nan', NaN), value('low', 0.1), value('high', 0.9)],
      layout,
      curveY(layout, 0.2),
    );
    expect(found.rows.map(({ id }) => id)).toEqual(['high', 'low', 'nan']);
    expect(found.nearest).toBe('low');
    expect(found.away_px).toBeCloseTo(10);
    expect(found.total).toBe(3);
  });

  it('a smoothed curve is where it is drawn', () => {
    const found = probeRows([value('a', 0.9, 0.1), value('b', 0.5)], layout, curveY(layout, 0.12));
    expect(found.rows.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(found.nearest).toBe('a');
  });

  it('of many, tells the nearest three, and two more where those are near', () => {
    const many = Array.from({ length: 100 }, (_, i) => value(`r${i}`, i / 100));
    const found = probeRows(many, layout, curveY(layout, 0.302));
    expect(found.rows.map(({ id }) => id)).toEqual(['r32', 'r31', 'r30', 'r29', 'r28']);
    expect([found.total, found.nearest]).toEqual([100, 'r30']);
    const apart = Array.from({ length: 6 }, (_, i) => value(`r${i}`, i / 2));
    expect(probeRows(apart, layout, curveY(layout, 0.9)).rows.map(({ id }) => id)).toEqual([
      'r3',
      'r2',
      'r1',
    ]);
    expect(probeRows([], layout, 0)).toEqual({ rows: [], total: 0, nearest: undefined, away_px: Infinity });
  });

  it('infinities are at the edges, log axes have no place for zero', () => {
    expect(curveY(layout, Infinity)).toBe(10);
    expect(curveY(layout, -Infinity)).toBe(110);
    expect(curveY({ ...layout, y: { min: 0.1, max: 1, scale: 'log' } }, 0)).toBeNaN();
  });
});

it('pinned values are copied with every digit, the highest first', () => {
  const of = (name: string, value: number, more: Partial<ProbeValue> = {}): ProbeValue => ({
    id: name,
    name,
    color: 0,
    x: 10,
    value,
    ...more,
  });
  expect(probeTsv([of('a\tb', NaN), of('c', 0.123456789)], 'step')).toBe(
    'run\tstep\tvalue\nc\t10\t0.123456789\na b\t10\tNaN',
  );
  expect(probeTsv([of('g', 1, { runs: 4, band: [0, 2] }), of('h', 0, { runs: 1 })], 'time')).toBe(
    'group\ttimestamp_ms\tvalue\tlow\thigh\truns\ng\t10\t1\t0\t2\t4\nh\t10\t0\t\t\t1',
  );
});

it.each([
  ['step', 1240.2, 'step 1,240'],
  ['relative', 7_980_000, '2 h 13 min'],
  ['relative', -5000, '\u22125 s'],
  ['order', 3, 'value 3'],
  ['metric', 0.25, 'at 0.25'],
] as const)('x of kind %s', (kind, x, text) => expect(formatX(kind, x)).toBe(text));
