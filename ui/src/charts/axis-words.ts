// What a card says about its x axis: what is drawn, and why, where it is not what was asked for.
import type { Layout } from '../backend';
import { formatCount } from '../format/number';

/** What can be asked for; `order` only comes by itself, where neither steps nor times tell points apart. */
export type AskedX = Exclude<Layout['xKind'], 'order'>;

export function axisWords(asked: AskedX, layout: Layout | undefined): string[] {
  if (!layout || layout.pointsTotal === 0) return [asked];
  if (layout.pointsMost === 1) return [layout.seriesTotal === 1 ? 'one value' : 'one value per run'];
  const counted = asked === 'step' ? 'step' : 'time';
  if (layout.xKind === 'order') return ['in order: only one step and one time'];
  if (layout.xKind !== asked)
    return [`over ${layout.xKind === 'step' ? 'steps' : 'time'}: only one ${counted}`];
  // Beside others that get on, it is a stroke straight up.
  const still = layout.seriesAtOneX;
  return still === 0
    ? [asked]
    : [asked, `${formatCount(still)} ${still === 1 ? 'run' : 'runs'} at one ${counted}`];
}
