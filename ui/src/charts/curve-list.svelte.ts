// Which metrics get a card, and in which order. Whether a metric has a curve or one value is known only from its history,
// and histories are read for the cards that are drawn. So every metric that may have a curve gets a card, some at a time.
import type { CurveInfo } from '../backend';

/** So many uncertain metrics get a card at a time: each card asks for the histories of all its runs. */
const AT_ONCE = 24;

export interface ListedCurves {
  /** Metrics to draw as curves. */
  cards: CurveInfo[];
  /** Known to have one value per run. */
  single: CurveInfo[];
  /** May have a curve; their histories were not read yet. */
  later: CurveInfo[];
}

export class CurveList {
  #most = $state(AT_ONCE);
  /** Whether a metric was likely when it came first. It keeps its place when its history turns out to be a curve. */
  #likely = new Map<string, boolean>();

  /** What to show of these metrics of some runs, which come with the likely ones first. */
  of(curves: readonly CurveInfo[]): ListedCurves {
    const listed: ListedCurves = { cards: [], single: [], later: [] };
    let looking = curves.filter(({ key }) => this.#likely.get(key) === false).length;
    for (const curve of curves) {
      let likely = this.#likely.get(curve.key);
      if (likely === undefined && curve.chance === 'likely') likely = true;
      if (likely === undefined && curve.chance === 'possible' && looking < this.#most) {
        likely = false;
        looking += 1;
      }
      if (likely !== undefined) this.#likely.set(curve.key, likely);
      if (curve.chance === 'none') listed.single.push(curve);
      else if (likely === undefined) listed.later.push(curve);
      else listed.cards.push(curve);
    }
    const last = ({ key }: CurveInfo) => Number(!this.#likely.get(key));
    listed.cards.sort((a, b) => last(a) - last(b));
    return listed;
  }

  /** Gives as many more a card. */
  more(): void {
    this.#most += AT_ONCE;
  }
}
