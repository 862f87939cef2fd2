import { describe, expect, it } from 'vitest';
import {
  ADDED,
  PINNED,
  addCard,
  changeSpec,
  PLAIN,
  START_LAYOUT,
  arrange,
  chooseFor,
  collapse,
  copyCard,
  hideCard,
  moveCard,
  moveSection,
  pinCard,
  sectionOf,
  showHidden,
  sizeCard,
  stepCard,
  type Layout,
  type OfferedCard,
} from './board';
import { changed, historyOf, redone, undone } from './board-history';
import { cardByKey, rowsOf, spanOf } from './board-rows';
import { formatLayout, parseLayout } from './board-saved';
import { searchOf } from './metric-search';

const offer = (...metrics: string[]): OfferedCard[] =>
  metrics.map((id) => ({ id, kind: 'curve', title: id, section: sectionOf(id) }));
const METRICS = offer('loss', 'system/cpu', 'train/a', 'train/b', 'train/c', 'val/a', 'val/b', 'lr');
const shown = (offered: readonly OfferedCard[], layout: Layout) =>
  arrange(offered, layout).map(({ id, cards }) => [id, cards.map((card) => card.id)]);
const idsOf = (offered: readonly OfferedCard[], layout: Layout) =>
  arrange(offered, layout).flatMap(({ cards }) => cards.map(({ id }) => id));

describe('sections', () => {
  it('make themselves by prefix, the machine last', () => {
    expect(shown(METRICS, START_LAYOUT)).toEqual([
      [PLAIN, ['loss', 'lr']],
      ['train', ['train/a', 'train/b', 'train/c']],
      ['val', ['val/a', 'val/b']],
      ['system', ['system/cpu']],
    ]);
    expect(sectionOf('/odd')).toBe(PLAIN);
    expect(sectionOf('a/b/c')).toBe('a');
  });

  it('are moved, and the pinned one stays on top', () => {
    let layout = moveSection(METRICS, START_LAYOUT, 'system', PLAIN);
    layout = pinCard(METRICS, layout, 'val/b', true);
    expect(shown(METRICS, layout).map(([id]) => id)).toEqual([PINNED, 'system', PLAIN, 'train', 'val']);
    expect(moveSection(METRICS, layout, 'train', PINNED)).toBe(layout);
    expect(shown(METRICS, pinCard(METRICS, layout, 'val/b', false))).toContainEqual([
      'val',
      ['val/a', 'val/b'],
    ]);
  });

  it('say what they hold with what is hidden, and open while something is searched', () => {
    const layout = collapse(hideCard(START_LAYOUT, 'train/b'), 'train', true);
    const [, train] = arrange(METRICS, layout);
    expect(train).toMatchObject({ id: 'train', collapsed: true, total: 3 });
    expect(train?.cards).toHaveLength(2);
    const found = arrange(METRICS, layout, ({ id }) => id.startsWith('train'));
    expect(found.map(({ id, collapsed }) => [id, collapsed])).toEqual([['train', false]]);
    expect(idsOf(METRICS, showHidden(layout))).toContain('train/b');
  });
});

describe('cards', () => {
  it('move within a section and between sections', () => {
    let layout = moveCard(METRICS, START_LAYOUT, 'train/c', 'train', 'train/a');
    layout = moveCard(METRICS, layout, 'loss', 'val', 'val/b');
    expect(shown(METRICS, layout)).toEqual([
      [PLAIN, ['lr']],
      ['train', ['train/c', 'train/a', 'train/b']],
      ['val', ['val/a', 'loss', 'val/b']],
      ['system', ['system/cpu']],
    ]);
    expect(formatLayout(layout)).toEqual({
      homes: { loss: 'val' },
      order: { train: ['train/c'], val: ['val/a'] },
    });
  });

  it('step over those that are shown, and stay at the ends', () => {
    const layout = hideCard(START_LAYOUT, 'train/b');
    const step = (id: string, by: number) => stepCard(METRICS, layout, arrange(METRICS, layout), id, by);
    expect(step('train/a', -1)).toBe(layout);
    expect(step('train/c', 1)).toBe(layout);
    expect(idsOf(METRICS, step('train/a', 1)).slice(2, 4)).toEqual(['train/c', 'train/a']);
    expect(idsOf(METRICS, step('train/c', -1)).slice(2, 4)).toEqual(['train/c', 'train/a']);
  });

  it('appear by themselves when a metric is new, and keep their place while it is away', () => {
    const layout = moveCard(METRICS, START_LAYOUT, 'train/c', 'train', 'train/a');
    const more = offer('train/a', 'train/aa', 'train/b', 'train/c');
    expect(idsOf(more, layout)).toEqual(['train/c', 'train/a', 'train/aa', 'train/b']);
    const fewer = offer('train/a', 'train/b');
    const changed = moveCard(fewer, layout, 'train/b', 'train', 'train/a');
    expect(idsOf(METRICS, changed).slice(2, 5)).toEqual(['train/c', 'train/b', 'train/a']);
  });

  it('that are away stay behind what they stood behind', () => {
    const four = offer('train/a', 'train/b', 'train/c', 'train/d');
    let layout = moveCard(four, START_LAYOUT, 'train/c', 'train', 'train/a');
    layout = moveCard(four, layout, 'train/b', 'train', 'train/a');
    layout = moveCard(offer('train/a', 'train/c', 'train/d'), layout, 'train/d', 'train', 'train/a');
    expect(idsOf(four, layout)).toEqual(['train/c', 'train/b', 'train/d', 'train/a']);
  });

  it('are copied with their size and choices, and a copy is removed for good', () => {
    let layout = chooseFor(sizeCard(START_LAYOUT, 'train/a', 'wide'), 'train/a', { smoothing: 0.6 });
    const [copied, id] = copyCard(METRICS, layout, 'train/a');
    expect(shown(METRICS, copied)).toContainEqual(['train', ['train/a', id, 'train/b', 'train/c']]);
    const card = arrange(METRICS, copied)[1]?.cards[1];
    expect(card).toMatchObject({ source: 'train/a', size: 'wide', own: { smoothing: 0.6 } });
    layout = chooseFor(copied, id, { smoothing: undefined });
    expect(layout.choices).toEqual({ 'train/a': { smoothing: 0.6 } });
    const removed = hideCard(layout, id);
    expect(removed.copies).toEqual([]);
    expect(removed.hidden).toEqual([]);
    expect(idsOf(METRICS, removed)).toEqual(idsOf(METRICS, START_LAYOUT));
  });

  it('may have the names of what every object has', () => {
    const odd = offer('constructor', '__proto__', 'toString/a', '__proto__/b');
    let layout = moveCard(odd, START_LAYOUT, '__proto__', '__proto__');
    layout = sizeCard(moveCard(odd, layout, 'toString/a', PLAIN), '__proto__', 'wide');
    const kept = parseLayout(JSON.parse(JSON.stringify(formatLayout(layout))));
    expect(shown(odd, kept)).toEqual([
      [PLAIN, ['constructor', 'toString/a']],
      ['__proto__', ['__proto__/b', '__proto__']],
    ]);
    expect(arrange(odd, kept)[1]?.cards[1]?.size).toBe('wide');
  });

  it('are there exactly once and where they were put, whatever is moved', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    let layout = START_LAYOUT;
    const all = idsOf(METRICS, layout).sort();
    for (let round = 0; round < 400; round++) {
      const sections = arrange(METRICS, layout);
      const section = sections[random(sections.length)];
      const id = METRICS[random(METRICS.length)]?.id ?? '';
      const cards = section?.cards.filter((card) => card.id !== id) ?? [];
      const before = cards[random(cards.length + 1)]?.id;
      const untouched = sections.filter((each) => each.id !== section?.id);
      layout = moveCard(METRICS, layout, id, section?.id ?? PLAIN, before);
      if (round % 9 === 0) layout = pinCard(METRICS, layout, id, random(2) === 0);
      expect(idsOf(METRICS, layout).sort()).toEqual(all);
      if (round % 9 === 0) continue;
      const now = arrange(METRICS, layout);
      const ids = now.find((each) => each.id === section?.id)?.cards.map((card) => card.id) ?? [];
      const wanted = cards.map((card) => card.id);
      wanted.splice(before === undefined ? wanted.length : wanted.indexOf(before), 0, id);
      expect(ids).toEqual(wanted);
      for (const other of untouched) {
        const left = other.cards.map((card) => card.id).filter((each) => each !== id);
        expect(now.find((each) => each.id === other.id)?.cards.map((card) => card.id) ?? []).toEqual(left);
      }
    }
  });
});

describe('rows', () => {
  it('hold what fits into twelve columns', () => {
    let layout = sizeCard(START_LAYOUT, 'train/b', 'wide');
    layout = sizeCard(layout, 'train/c', 'full');
    const rows = rowsOf(arrange(offer('train/a', 'train/b', 'train/c', 'train/d'), layout), 1200, true);
    expect(
      rows.map((row) => (row.kind === 'cards' ? row.cards.map(({ id }) => id) : row.section.title)),
    ).toEqual(['train/', ['train/a', 'train/b'], ['train/c'], ['train/d']]);
    expect([spanOf('small', 900), spanOf('wide', 900), spanOf('small', 400)]).toEqual([6, 12, 12]);
  });

  it('are walked by arrows across sections', () => {
    const rows = rowsOf(arrange(METRICS, START_LAYOUT), 1200, true);
    expect(cardByKey(rows, 'lr', 'ArrowRight')).toBe('train/a');
    expect(cardByKey(rows, 'train/c', 'ArrowDown')).toBe('val/b');
    expect(cardByKey(rows, 'loss', 'ArrowUp')).toBeUndefined();
    expect(cardByKey(rows, 'loss', 'End')).toBe('system/cpu');
  });

  it('of a collapsed section are none', () => {
    const layout = collapse(START_LAYOUT, 'train', true);
    const rows = rowsOf(arrange(METRICS, layout), 1200, true);
    expect(rows.some((row) => row.kind === 'cards' && row.section.id === 'train')).toBe(false);
  });
});

describe('a saved layout', () => {
  it('comes back as it was, and holds nothing where nothing was changed', () => {
    let layout = moveCard(METRICS, START_LAYOUT, 'loss', 'val', 'val/a');
    layout = chooseFor(hideCard(collapse(layout, 'system', true), 'lr'), 'val/a', {
      yLog: true,
      xAxis: 'time',
    });
    [layout] = copyCard(METRICS, sizeCard(layout, 'val/a', 'full'), 'val/a');
    expect(parseLayout(JSON.parse(JSON.stringify(formatLayout(layout))))).toEqual(layout);
    expect(formatLayout(START_LAYOUT)).toEqual({});
  });

  it('is used as far as it is valid', () => {
    for (const bad of [null, 3, 'x', [], { sections: 'x', order: [], copies: [3], hidden: {} }])
      expect(parseLayout(bad)).toEqual(START_LAYOUT);
    const some = { hidden: ['a', 3, 'a'], sizes: { a: 'huge', b: 'wide' }, copies: [{ id: 'b', of: 'a' }] };
    expect(parseLayout({ ...some, choices: { a: { smoothing: 7, yLog: true } } })).toEqual({
      ...START_LAYOUT,
      hidden: ['a'],
      sizes: { b: 'wide' },
      choices: { a: { yLog: true } },
    });
  });
});

describe('charts that the user adds', () => {
  const offeredWith = (layout: Layout): OfferedCard[] => [
    ...layout.added.map(({ id, kind }): OfferedCard => ({ id, kind, title: id, section: ADDED })),
    ...METRICS,
  ];

  it('stand in a section of their own before the metrics, and each copy has its own spec', () => {
    const [one, first] = addCard(START_LAYOUT, 'scatter', { x: 1 });
    const [two, second] = copyCard(offeredWith(one), one, first);
    const changedOne = changeSpec(two, first, { x: 2 });
    expect(shown(offeredWith(changedOne), changedOne)[0]).toEqual([ADDED, [first, second]]);
    expect(changedOne.added.map(({ spec }) => spec)).toEqual([{ x: 2 }, { x: 1 }]);
    const pinned = pinCard(offeredWith(changedOne), changedOne, second, true);
    expect(shown(offeredWith(pinned), pinned).slice(0, 2)).toEqual([
      [PINNED, [second]],
      [ADDED, [first]],
    ]);
  });

  it('are gone when removed, and a new one never takes the place of another', () => {
    const [one, first] = addCard(START_LAYOUT, 'scatter', {});
    const [two, second] = addCard(one, 'parallel', {});
    const without = hideCard(two, first);
    expect(without.added.map(({ id }) => id)).toEqual([second]);
    expect(without.hidden).toEqual([]);
    const [, third] = addCard(without, 'scatter', {});
    expect([first, second]).not.toContain(third);
  });

  it('are kept, and what is none of ours is left out', () => {
    const [layout] = addCard(START_LAYOUT, 'scatter', { x: 1 });
    expect(parseLayout(JSON.parse(JSON.stringify(formatLayout(layout))))).toEqual(layout);
    const bad = [{ id: 'loss', kind: 'scatter' }, { id: '*1', kind: 'pie' }, 3];
    expect(parseLayout({ added: bad }).added).toEqual([]);
  });
});

describe('undo', () => {
  it('goes back and forth, and a new change forgets what was undone', () => {
    let history = changed(changed(historyOf(1), 2), 3);
    history = undone(undone(undone(history)));
    expect(history.present).toBe(1);
    history = redone(history);
    expect(history.present).toBe(2);
    history = changed(history, 4);
    expect(redone(history)).toBe(history);
    expect(undone(history).present).toBe(2);
  });
});

describe('searching metrics', () => {
  it('takes words or a regular expression, and says what is wrong with one', () => {
    const find = (text: string) => METRICS.map(({ id }) => id).filter(searchOf(text).finds);
    expect(find('B tr')).toEqual(['train/b']);
    expect(find('/^(train|val)\\/A$/')).toEqual(['train/a', 'val/a']);
    expect(find('')).toHaveLength(METRICS.length);
    expect(searchOf('/(/').error).toMatch(/Invalid regular expression/);
    expect(find('/(/')).toHaveLength(METRICS.length);
    expect(searchOf('train/').error).toBeUndefined();
  });
});
