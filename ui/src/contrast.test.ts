// Reads app.css and holds AA contrast (4.5 : 1) for every text token on every surface, light and dark; and reads every
// rule of the app for pairs that do not keep it.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./app.css', import.meta.url), 'utf8');
type Theme = 'light' | 'dark';
type Colour = [number, number, number];

function token(name: string, theme: Theme): Colour {
  const value = new RegExp(`--${name}:\\s*([^;]+);`).exec(css)?.[1]?.trim() ?? '';
  const alias = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  if (alias) return token(alias, theme);
  const pair = /^light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)$/.exec(value);
  if (!pair) throw new Error(`--${name} is not a pair of opaque colours: ${value}`);
  const hex = (theme === 'light' ? pair[1] : pair[2]) ?? '';
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Colour;
}

function mix(over: Colour, under: Colour, share: number): Colour {
  return over.map((channel, i) => channel * share + (under[i] ?? 0) * (1 - share)) as Colour;
}

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(colour: Colour): number {
  const [r, g, b] = colour.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as Colour;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Colour, b: Colour): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Surfaces on which the third text cannot be read. */
const STRONG = ['pressed', 'selected-hover'];

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  const surfaces = ['canvas', 'surface', 'raised', 'sunken', 'hover', 'selected'];
  const texts = [
    'text',
    'text-2',
    'text-3',
    'accent',
    'better',
    'worse',
    'warn',
    'danger',
    'champion',
    'challenger',
    'cyan',
  ];

  it.each(texts)('%s can be read on every surface', (text) => {
    for (const surface of surfaces) {
      const ratio = contrast(token(text, theme), token(surface, theme));
      expect(ratio, `${text} on ${surface}: ${ratio.toFixed(2)}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(['danger', 'warn', 'better', 'champion', 'challenger', 'text-2', 'accent'])(
    '%s can be read on its own tint',
    (name) => {
      const colour = token(name, theme);
      for (const surface of ['surface', 'selected', 'canvas']) {
        const ratio = contrast(colour, mix(colour, token(surface, theme), 0.12));
        expect(ratio, `${name} on its tint over ${surface}: ${ratio.toFixed(2)}`).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  it.each(texts.filter((text) => text !== 'text-3'))('%s can be read on what is pressed', (text) => {
    for (const surface of STRONG) {
      const ratio = contrast(token(text, theme), token(surface, theme));
      expect(ratio, `${text} on ${surface}: ${ratio.toFixed(2)}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(['text', 'text-2', 'warn'])('%s can be read on what differs', (text) => {
    expect(contrast(token(text, theme), token('differs', theme))).toBeGreaterThanOrEqual(4.5);
  });

  it('filled buttons can be read', () => {
    expect(contrast(token('accent-text', theme), token('accent', theme))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(token('danger-text', theme), token('danger', theme))).toBeGreaterThanOrEqual(4.5);
  });
});

/** Every rule of the app's own styles, nesting left out: where it is, its selector and its declarations. */
const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(svelte|css)$/.test(file),
);
const rules = files.flatMap((file) => {
  const text = readFileSync(`src/${file}`, 'utf8');
  const style = file.endsWith('.css') ? text : (/<style>(.*)<\/style>/s.exec(text)?.[1] ?? '');
  const bare = style.replace(/\/\*.*?\*\//gs, '');
  return [...bare.matchAll(/([^{};]+)\{([^{}]*)\}/g)].map(([, selector = '', body = '']) => ({
    where: `${file}: ${selector.trim()}`,
    body,
  }));
});

it('a rule that paints a strong surface makes the third text the second, or holds no text', () => {
  // Bars that stand for what is on its way, and a frame around labels that have their own colour.
  const bare = [
    'Skeleton.svelte',
    'ProgressLine.svelte: .line',
    'Cell.svelte: i',
    'Segmented.svelte: .segmented',
  ];
  const painted = rules.filter(({ body }) =>
    STRONG.some((surface) => new RegExp(`background(-color)?:[^;]*var\\(--${surface}\\)`).test(body)),
  );
  expect(painted.length).toBeGreaterThan(4);
  const weak = painted
    .filter(({ where }) => !bare.some((each) => where.includes(each)))
    .filter(({ body }) => !/--text-3: var\(--text-2\)|(^|\s)color: var\(--text(-2)?\)/.test(body));
  expect(weak.map(({ where }) => where)).toEqual([]);
});

it('only what is disabled has the colour of that', () => {
  const wrong = rules
    .filter(({ body }) => /(^|\s)color: var\(--text-disabled\)/.test(body))
    .filter(({ where }) => !/disabled|\.off\b|:disabled/.test(where));
  expect(wrong.map(({ where }) => where)).toEqual([]);
});
