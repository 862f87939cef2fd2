// What is in the air and where it may land: one drag at a time, by pointer or by keyboard. No DOM in here.

/** True: may be dropped here. A text: may not, and why. False: this place has nothing to do with it. */
export type DropVerdict = boolean | string;

/** Something that can be dropped. `kind` is what zones look at. */
export interface Cargo {
  kind: string;
}

export interface Zone {
  /** What it is called in the list of targets: "champion of version 4". */
  label: string;
  accepts: (cargo: Cargo) => DropVerdict;
  ondrop: (cargo: Cargo) => void;
  /** Brings it on screen, where it may be scrolled away. */
  show?: () => void;
}

export interface InAir {
  cargo: Cargo;
  /** What is being moved, in words. */
  label: string;
  by: 'pointer' | 'keyboard';
}

export type ZoneState = 'idle' | 'ready' | 'refused' | 'over' | 'over-refused';

export class Drag {
  /** Undefined while nothing is being dragged. */
  inAir: InAir | undefined = $state.raw();
  /** The zone under the pointer, or chosen in the list. */
  over: Zone | undefined = $state.raw();
  /** For a live region: what just happened, in words. */
  said = $state('');
  #zones: Zone[] = $state.raw([]);
  #lists: (() => readonly Zone[])[] = $state.raw([]);

  /** Makes a zone known; zones that appear while something is in the air take part at once. */
  register(zone: Zone): () => void {
    this.#zones = [...this.#zones, zone];
    return () => {
      this.#zones = this.#zones.filter((other) => other !== zone);
      if (this.over === zone) this.over = undefined;
    };
  }

  /** Makes the zones of a list known, of which only those on screen are drawn; the same objects each time. */
  offer(zones: () => readonly Zone[]): () => void {
    this.#lists = [...this.#lists, zones];
    return () => {
      this.#lists = this.#lists.filter((other) => other !== zones);
    };
  }

  /** Zones that have something to do with what is in the air, with their verdict, in the order they appeared. */
  get targets(): { zone: Zone; verdict: true | string }[] {
    if (!this.inAir) return [];
    return [...this.#zones, ...this.#lists.flatMap((zones) => zones())].flatMap((zone) => {
      const verdict = this.verdict(zone);
      return verdict === false ? [] : [{ zone, verdict }];
    });
  }

  verdict(zone: Zone): DropVerdict {
    return this.inAir ? zone.accepts(this.inAir.cargo) : false;
  }

  stateOf(zone: Zone): ZoneState {
    const verdict = this.verdict(zone);
    if (verdict === false) return 'idle';
    if (verdict === true) return this.over === zone ? 'over' : 'ready';
    return this.over === zone ? 'over-refused' : 'refused';
  }

  start(cargo: Cargo, label: string, by: 'pointer' | 'keyboard'): void {
    if (this.inAir) return;
    this.inAir = { cargo, label, by };
    this.over = undefined;
    const possible = this.targets.filter(({ verdict }) => verdict === true).length;
    this.said = `${label} picked up. ${possible === 1 ? '1 place takes it' : `${possible} places take it`}.`;
    if (by === 'keyboard')
      this.over = this.targets.find(({ verdict }) => verdict === true)?.zone ?? this.targets[0]?.zone;
  }

  /** Points at a zone, or at none. Zones that have nothing to do with the cargo cannot be pointed at. */
  pointAt(zone: Zone | undefined): void {
    if (!this.inAir) return;
    const next = zone && this.verdict(zone) !== false ? zone : undefined;
    if (next === this.over) return;
    this.over = next;
    if (!next) return;
    const verdict = this.verdict(next);
    this.said = verdict === true ? next.label : `${next.label}: ${String(verdict)}`;
  }

  /** By keyboard: the next or previous target, around the end. */
  step(by: 1 | -1): void {
    const targets = this.targets;
    const at = targets.findIndex(({ zone }) => zone === this.over);
    this.pointAt(targets.at((at + by) % targets.length)?.zone);
  }

  /** Lets go. Says whether it landed; a refusal or empty ground puts it back. */
  drop(): boolean {
    const { inAir, over } = this;
    if (!inAir) return false;
    const verdict = over ? over.accepts(inAir.cargo) : false;
    this.#land();
    if (!over || verdict !== true) {
      this.said = typeof verdict === 'string' ? `Not dropped: ${verdict}` : `${inAir.label} put back.`;
      return false;
    }
    this.said = `${inAir.label} dropped on ${over.label}.`;
    over.ondrop(inAir.cargo);
    return true;
  }

  cancel(): void {
    if (!this.inAir) return;
    this.said = `${this.inAir.label} put back.`;
    this.#land();
  }

  #land(): void {
    this.inAir = undefined;
    this.over = undefined;
  }
}

/** One for the window: there is one pointer. */
export const drag = new Drag();
