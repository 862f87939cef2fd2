// The colours of a terminal, as the app leaves them in a text, in this window's own tokens. Pure.

export interface Segment {
  text: string;
  /** As CSS; empty for plain text. */
  style: string;
}

/** Black, red, green, yellow, blue, magenta, cyan, white: the bright ones are the same here. */
const TOKENS = ['text-3', 'danger', 'better', 'warn', 'accent', 'challenger', 'cyan', 'text'];
const GREY = 8;

/** A line in pieces of one style each. `ESC [ codes m` says all of the style that follows. */
export function segmentsOf(line: string): Segment[] {
  if (!line.includes('\u001b')) return [{ text: line, style: '' }];
  return line.split('\u001b[').flatMap((part, at) => {
    const end = at === 0 ? -1 : part.indexOf('m');
    const text = part.slice(end + 1);
    return text === '' ? [] : [{ text, style: end < 0 ? '' : styleOf(part.slice(0, end)) }];
  });
}

function styleOf(codes: string): string {
  const numbers = codes.split(';').map(Number);
  const has = (code: number) => numbers.includes(code);
  let color = colorOf(numbers, 30);
  let background = colorOf(numbers, 40);
  if (has(7)) [color, background] = [background, color ?? GREY];
  const css: string[] = [];
  if (background !== undefined) {
    // A tint keeps any text readable; two strong colours would not.
    css.push(`background:color-mix(in srgb, var(--${tokenOf(background)}) 18%, transparent)`);
  } else if (color !== undefined) css.push(`color:var(--${tokenOf(color)})`);
  else if (has(2)) css.push('color:var(--text-2)');
  if (has(1)) css.push('font-weight:700');
  if (has(3)) css.push('font-style:italic');
  if (has(4) || has(9))
    css.push(
      `text-decoration:${[has(4) && 'underline', has(9) && 'line-through'].filter(Boolean).join(' ')}`,
    );
  return css.join(';');
}

function colorOf(codes: readonly number[], base: number): number | undefined {
  for (const code of codes) {
    if (code >= base && code < base + 8) return code - base;
    if (code >= base + 60 && code < base + 68) return code - base - 60 + 8;
  }
  return undefined;
}

function tokenOf(color: number): string {
  return TOKENS[color % 8] ?? 'text';
}
