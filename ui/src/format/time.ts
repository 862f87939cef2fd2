// Durations, ages and points in time, short enough for a table cell.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time of the server, or null: MLflow writes 0 or a negative number where there is none. */
export function timeOrNull(time_ms: number | null | undefined): number | null {
  return time_ms != null && time_ms > 0 ? time_ms : null;
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** How long something took: "420 ms", "3.2 s", "41 s", "5 min 12 s", "2 h 13 min", "3 d 4 h". */
export function formatDuration(duration_ms: number): string {
  if (!Number.isFinite(duration_ms) || duration_ms < 0) return '–';
  if (duration_ms < 999.5) return `${Math.round(duration_ms)} ms`;
  if (duration_ms < 9.95 * SECOND) return `${(duration_ms / SECOND).toFixed(1).replace(/\.0$/, '')} s`;
  const seconds = Math.round(duration_ms / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(duration_ms / MINUTE);
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(duration_ms / HOUR);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** Clocks differ: what lies no further ahead than this is now. */
const AHEAD_MS = 5 * MINUTE;

/** How long ago, in one unit: "now", "41 s", "5 min", "2 h", "18 d", "5 mo", "2 y"; "in 2 h" if it lies ahead. */
export function formatAge(time_ms: number, now_ms: number): string {
  const age = now_ms - time_ms;
  if (age < -AHEAD_MS) return `in ${formatAge(now_ms, time_ms)}`;
  if (age < 10 * SECOND) return 'now';
  if (age < MINUTE) return `${Math.floor(age / SECOND)} s`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h`;
  if (age < 60 * DAY) return `${Math.floor(age / DAY)} d`;
  if (age < 730 * DAY) return `${Math.floor(age / (30.44 * DAY))} mo`;
  return `${Math.floor(age / (365.25 * DAY))} y`;
}

/** How long ago, in a sentence: "just now", "5 min ago", "in 2 h". */
export function formatAgo(time_ms: number, now_ms: number): string {
  const age = formatAge(time_ms, now_ms);
  if (age === 'now') return 'just now';
  return age.startsWith('in ') ? age : `${age} ago`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** The moment in local time, "2025-11-02 14:02:31": sortable and without guessing a language. */
export function formatTime(time_ms: number): string {
  const t = new Date(time_ms);
  if (Number.isNaN(t.getTime())) return '–';
  return `${formatDate(time_ms)} ${pad(t.getHours())}:${pad(t.getMinutes())}:${pad(t.getSeconds())}`;
}

/** The day in local time, "2025-11-02". */
export function formatDate(time_ms: number): string {
  const t = new Date(time_ms);
  if (Number.isNaN(t.getTime())) return '–';
  return `${t.getFullYear()}-${pad(t.getMonth() + 1)}-${pad(t.getDate())}`;
}

/** "14:02" today, "2 Nov 14:02" this year, "2 Nov 2024" before: for a column of start times. */
export function formatTimeShort(time_ms: number, now_ms: number): string {
  const t = new Date(time_ms);
  if (Number.isNaN(t.getTime())) return '–';
  const now = new Date(now_ms);
  const clock = `${pad(t.getHours())}:${pad(t.getMinutes())}`;
  if (t.toDateString() === now.toDateString()) return clock;
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
    t.getMonth()
  ];
  const day = `${t.getDate()} ${month}`;
  return t.getFullYear() === now.getFullYear() ? `${day} ${clock}` : `${day} ${t.getFullYear()}`;
}

/** For tooltips: the moment, its zone, and how long ago. */
export function describeTime(time_ms: number, now_ms: number): string {
  const offset_min = -new Date(time_ms).getTimezoneOffset();
  const sign = offset_min < 0 ? '\u2212' : '+';
  const zone = `UTC${sign}${pad(Math.floor(Math.abs(offset_min) / 60))}:${pad(Math.abs(offset_min) % 60)}`;
  const age = formatAgo(time_ms, now_ms);
  return `${formatTime(time_ms)} ${zone}${age === 'just now' ? '' : ` (${age})`}`;
}
