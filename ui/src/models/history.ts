// What the history of an alias says, in words; and where an alias was on a day. Pure.
import type { AliasHistory, AliasMove, ModelHistory, Place, Span, When } from '../backend';
import { formatTime, formatTimeShort } from '../format/time';

export function placeWords(place: Place): string {
  if (place.kind === 'version') return `v${place.version}`;
  return place.kind === 'noVersion' ? 'no version' : '?';
}

/** For the column of times; of a move between two looks the later one, by which it had happened. */
export function whenShort(when: When, now_ms: number): string {
  if (when.kind === 'notKnown') return 'when?';
  return formatTimeShort(when.kind === 'at' ? when.ms : when.beforeMs, now_ms);
}

export function whenExact(when: When): string {
  if (when.kind === 'notKnown') return 'The record does not say when';
  if (when.kind === 'at') return formatTime(when.ms);
  return `Between ${formatTime(when.afterMs)} and ${formatTime(when.beforeMs)}`;
}

/** Newest first, of one alias or of all; those of which no time is known come last. */
export function movesOf(history: ModelHistory, alias: string | undefined): AliasMove[] {
  const last = ({ when }: AliasMove) =>
    when.kind === 'notKnown' ? -Infinity : when.kind === 'at' ? when.ms : when.beforeMs;
  const some = history.aliases.filter((each) => alias === undefined || each.alias === alias);
  return some.flatMap(({ moves }) => moves).toSorted((a, b) => last(b) - last(a));
}

/** From `start_ms` to before `end_ms`. */
export interface Asked {
  start_ms: number;
  end_ms: number;
  isDay: boolean;
}

/** "2026-11-03" is that day here, "2026-11-03 14:10" that minute; undefined: it is neither. */
export function timeOf(text: string): Asked | undefined {
  const [, day, minute] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?$/.exec(text.trim()) ?? [];
  if (day === undefined) return undefined;
  const start = new Date(`${day}T${minute ?? '00:00'}`);
  // The 31st of February is no day of March.
  const read = formatTime(start.getTime());
  if (!read.startsWith(day) || (minute !== undefined && !read.startsWith(minute, 11))) return undefined;
  const end = new Date(start);
  if (minute === undefined) end.setDate(end.getDate() + 1);
  else end.setMinutes(end.getMinutes() + 1);
  return { start_ms: start.getTime(), end_ms: end.getTime(), isDay: minute === undefined };
}

/** Where an alias was in that time, piece by piece, with the end of each in words. */
export function heldWords(
  { spans }: AliasHistory,
  asked: Asked,
): { words: string; why: string | undefined }[] {
  const within = spans.filter(
    ({ startMs, endMs }) => (startMs ?? -Infinity) < asked.end_ms && (endMs ?? Infinity) > asked.start_ms,
  );
  const until = ({ endMs }: Span) => {
    if (endMs === null || endMs >= asked.end_ms) return '';
    return asked.isDay
      ? ` until ${formatTime(endMs).slice(11, 16)}`
      : ` until ${formatTime(endMs).slice(11)}`;
  };
  return within.map((span) => ({
    words: `${span.holder.kind === 'notKnown' ? 'not known' : placeWords(span.holder)}${until(span)}`,
    why: span.why ?? undefined,
  }));
}

/** The newest move of an alias by somebody else than this machine, since a time. */
export function movedByOthers(history: ModelHistory, since_ms: number): AliasMove[] {
  return history.aliases.flatMap(({ moves }) => {
    const newest = moves.find(({ when }) => when.kind !== 'notKnown');
    if (newest === undefined || newest.promotionId !== null) return [];
    const { when } = newest;
    const at_ms = when.kind === 'at' ? when.ms : when.kind === 'between' ? when.beforeMs : 0;
    return at_ms > since_ms ? [newest] : [];
  });
}
