// Reads app.css and holds AA contrast (4.5 : 1) for every text token on every surface, light and dark.
import { readFileSync } from 'node:fs';
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

  it('filled buttons can be read', () => {
    expect(contrast(token('accent-text', theme), token('accent', theme))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(token('danger-text', theme), token('danger', theme))).toBeGreaterThanOrEqual(4.5);
  });
});
