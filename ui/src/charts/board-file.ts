// A whole board as one file: what is asked of the app. Pure.
import type { AnyChart, BoardFile, BoardFileSection } from '../backend';
import { byProfile, runKey } from '../run-ref';
import type { ProfileScopes } from '../watch.svelte';
import { axisWords, scaleWords, xKind } from './axis-words';
import type { CardSize } from './board';
import { spanOf } from './board-rows';
import { DPIS } from './chart-file';
import type { CurveChoices } from './choices';
import { areFixed, xEndsWords, yEndsWords } from './fixed-ends';
import { smoothingWords } from './smoothing';
import { zoomWords } from './zoom-words';

export interface ShownCard {
  title: string;
  size: CardSize;
  /** How it is drawn, in words. */
  remarks: string[];
  /** Null: there is nothing to draw it from. */
  chart: AnyChart | null;
}
/** A board as it stands on the screen. */
export interface ShownBoard {
  sections: { title: string; cards: ShownCard[] }[];
  /** Cards of sections that are closed, which are not drawn. */
  closed: number;
  /** So many runs have curves and bars, and their names have room. */
  runs: number;
}
/** What a file says of a board beside its cards. */
export interface BoardFacts {
  title: string;
  /** Which runs are drawn, in words. */
  runs: string;
  filter: string;
  profileIds: string[];
}

export const WIDTHS = [
  { value: '1000', label: '1,000 wide' },
  { value: '1400', label: '1,400 wide' },
  { value: '1920', label: '1,920 wide' },
  { value: '2560', label: '2,560 wide' },
] as const;
export const HEIGHTS = [
  { value: '200', label: 'Low charts' },
  { value: '260', label: 'Medium charts' },
  { value: '360', label: 'High charts' },
] as const;

export interface BoardWish {
  format: BoardFile['format'];
  theme: BoardFile['theme'];
  width: (typeof WIDTHS)[number]['value'];
  height: (typeof HEIGHTS)[number]['value'];
  dpi: (typeof DPIS)[number];
  legend: boolean;
}
/** So many names have room above a chart. */
const FEW_RUNS = 10;

export function startWish({ runs }: ShownBoard): BoardWish {
  return {
    format: 'html',
    theme: 'light',
    width: '1400',
    height: '260',
    dpi: '150',
    legend: runs <= FEW_RUNS,
  };
}

export function boardFile(board: ShownBoard, facts: BoardFacts, wish: BoardWish): BoardFile {
  const width_px = Number(wish.width);
  const sections = board.sections.map(({ title, cards }): BoardFileSection => ({
    title,
    cards: cards.flatMap(({ title, size, remarks, chart }) =>
      chart ? [{ title, remarks, span: spanOf(size, width_px), chart }] : [],
    ),
  }));
  return {
    ...facts,
    sections: sections.filter(({ cards }) => cards.length > 0),
    format: wish.format,
    theme: wish.theme,
    widthPx: width_px,
    heightPx: Number(wish.height),
    dpi: Number(wish.dpi),
    legend: wish.legend,
    utcOffsetMinutes: -new Date().getTimezoneOffset(),
  };
}

/** How a card of curves is drawn, as far as that is chosen. */
export function curveRemarks(choices: CurveChoices, chart: AnyChart, minus: string | undefined): string[] {
  if (chart.kind !== 'curves') return [];
  const { xRange, yRange, xEnds, yEnds } = chart.of;
  return [
    ...axisWords(choices.xAxis, undefined),
    ...scaleWords(choices, undefined),
    ...(minus === undefined ? [] : [`minus ${minus}`]),
    ...smoothingWords(choices.smoothingKind, choices.smoothing),
    ...(areFixed(xEnds) ? [xEndsWords({ ...xEnds, of: choices.xAxis })] : []),
    ...(areFixed(yEnds) ? [yEndsWords(yEnds)] : []),
    ...zoomWords({ x: xRange, y: yRange }, xKind(choices.xAxis)).map((words) => `zoomed to ${words}`),
  ];
}

/** The curves that the file needs: those that were never on screen may not have been read yet. */
export function neededCurves({ sections }: BoardFile): ProfileScopes[] {
  return sections.flatMap(({ cards }) =>
    cards.flatMap(({ chart }) => {
      if (chart.kind !== 'curves') return [];
      const { key, formulaOf, xMetric, xFormulaOf, runs, baseline } = chart.of;
      const x = xFormulaOf.length > 0 ? xFormulaOf : xMetric === null ? [] : [xMetric];
      const keys = [...new Set([...(formulaOf.length > 0 ? formulaOf : [key]), ...x])];
      const all = new Map([...runs, ...(baseline ? [baseline] : [])].map((run) => [runKey(run), run]));
      return [...byProfile([...all.values()])].map(([profileId, those]): ProfileScopes => ({
        profileId,
        scopes: [{ kind: 'histories', of: { runIds: those.map(({ runId }) => runId), keys } }],
      }));
    }),
  );
}
