// What was kept in the settings, read as far as it is what it should be. Pure.

export type Saved = Record<string, unknown>;

/** The parts of an object; none of anything else. */
export const asRecord = (value: unknown): Saved =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Saved) : {};

export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const isText = (value: unknown): value is string => typeof value === 'string';

/** What a text says as JSON; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
