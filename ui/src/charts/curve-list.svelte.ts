// Which metrics get a card, and in which order. Only a history can say that a metric has one value, and histories are
// read for the cards that are drawn: so a card is offered where there may be a curve, but not thousands at once.
import type { CurveInfo } from '../backend';

/** Metrics that may have a curve are offered so many at a time: each of them asks for the histories of all runs. */
const AT_ONCE = 24;

export interface Offer {
  /** Metrics to draw. */
  cards: CurveInfo[];
  /** One value per run, as is known by now. */
  single: CurveInfo[];
  /** May have a curve, and nobody has looked yet. */
  later: CurveInfo[];
}

export class Offered {
  #most = $state(AT_ONCE);
  /** How a metric was offered first. It keeps its place while its history turns out to be a curve. */
  #likely = new Map<string, boolean>();

  /** What to show of these metrics of some runs, which come with the likely ones first. */
  of(curves: readonly CurveInfo[]): Offer {
    const offer: Offer = { cards: [], single: [], later: [] };
    let looking = curves.filter(({ key }) => this.#likely.get(key) === false).length;
    for (const curve of curves) {
      let likely = this.#likely.get(curve.key);
      if (likely === undefined && curve.chance === 'likely') likely = true;
      if (likely === undefined && curve.chance === 'possible' && looking < this.#most) {
        likely = false;
        looking += 1;
      }
      if (likely !== undefined) this.#likely.set(curve.key, likely);
      if (curve.chance === 'none') offer.single.push(curve);
      else if (likely === undefined) offer.later.push(curve);
      else offer.cards.push(curve);
    }
    const last = ({ key }: CurveInfo) => Number(!this.#likely.get(key));
    offer.cards.sort((a, b) => last(a) - last(b));
    return offer;
  }

  /** Offers as many more. */
  more(): void {
    this.#most += AT_ONCE;
  }
}
