// What goes through the door to the app, as the window sees it.
import type * as bindings from './bindings';
import type { CardsDone, commands as tauri, Change, Metric } from './bindings';

export type * from './bindings';

/**
 * What the app sends has every field; in bindings.ts some may be absent, because the app forgives a file that
 * lacks them. Here nothing has to be asked for twice. Only an axis, which the window sends, need not say that it is not
 * by rank.
 */
type Whole<T> = T extends ArrayBuffer | bindings.ValueAxis
  ? T
  : T extends (...given: infer Given) => infer Answer
    ? (...given: Whole<Given> extends unknown[] ? Whole<Given> : never) => Whole<Answer>
    : T extends Promise<infer Value>
      ? Promise<Whole<Value>>
      : T extends object
        ? { [Key in keyof T]-?: Whole<T[Key]> }
        : T;

export type Commands = Whole<typeof tauri>;
export type Hop = Whole<bindings.Hop>;
export type ModelBoard = Whole<bindings.ModelBoard>;
export type ModelVersion = Whole<bindings.ModelVersion>;
export type OpenProfile = Whole<bindings.OpenProfile>;
export type Profile = Whole<bindings.Profile>;
export type Promotion = Whole<bindings.Promotion>;
export type Route = Whole<bindings.Route>;
export type ServerSettings = Whole<bindings.ServerSettings>;
export type Suggestion = Whole<bindings.Suggestion>;
export type TlsSettings = Whole<bindings.TlsSettings>;
export type VersionPage = Whole<bindings.VersionPage>;
export type VersionRow = Whole<bindings.VersionRow>;
/** A number, or the name of one that JSON has not. */
export type MetricValue = Metric['value'];

/** What answers the window: the app itself, or in a plain browser during development a stand-in. */
export interface Backend {
  commands: Commands;
  /** Hears every change from now on. */
  onChange(hear: (changes: Change[]) => void): void;
  /** Hears what a second start of the app was asked to open. */
  onOpenTarget(hear: (target: string) => void): () => void;
  /** Hears how far the board is that is being saved. */
  onBoardSaving(hear: (done: CardsDone) => void): () => void;
  /** Hears that the user wants to close a window that is held, from when `onlistening` is called. */
  onCloseAsked(hear: () => void, onlistening: () => void): () => void;
}
