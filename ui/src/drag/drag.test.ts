// Picking up, pointing, dropping and refusing, without a DOM.
import { describe, expect, it, vi } from 'vitest';
import { Drag, type Cargo, type Zone } from './drag.svelte';

const alias: Cargo = { kind: 'alias' };

function zone(label: string, verdict: boolean | string) {
  const ondrop = vi.fn<(cargo: Cargo) => void>();
  return {
    label,
    accepts: (cargo: Cargo) => (cargo.kind === 'alias' ? verdict : false),
    ondrop,
  } satisfies Zone;
}

describe('Drag', () => {
  it('lands on a zone that accepts', () => {
    const drag = new Drag();
    const v4 = zone('version 4', true);
    drag.register(v4);
    expect(drag.stateOf(v4)).toBe('idle');
    drag.start(alias, 'champion', 'pointer');
    expect(drag.stateOf(v4)).toBe('ready');
    drag.pointAt(v4);
    expect(drag.stateOf(v4)).toBe('over');
    expect(drag.drop()).toBe(true);
    expect(v4.ondrop).toHaveBeenCalledExactlyOnceWith(alias);
    expect(drag.inAir).toBeUndefined();
    expect(drag.stateOf(v4)).toBe('idle');
  });

  it('a refusal gives its reason and does not drop', () => {
    const drag = new Drag();
    const v3 = zone('version 3', 'already champion');
    drag.register(v3);
    drag.start(alias, 'champion', 'pointer');
    drag.pointAt(v3);
    expect(drag.stateOf(v3)).toBe('over-refused');
    expect(drag.said).toBe('version 3: already champion');
    expect(drag.drop()).toBe(false);
    expect(drag.said).toBe('Not dropped: already champion');
    expect(v3.ondrop).not.toHaveBeenCalled();
  });

  it('zones that have nothing to do with it are not targets', () => {
    const drag = new Drag();
    const other = zone('trash', false);
    drag.register(other);
    drag.start(alias, 'champion', 'pointer');
    drag.pointAt(other);
    expect(drag.over).toBeUndefined();
    expect(drag.targets).toEqual([]);
    expect(drag.drop()).toBe(false);
  });

  it('zones may appear and go while something is in the air', () => {
    const drag = new Drag();
    drag.start(alias, 'champion', 'pointer');
    const late = zone('version 9', true);
    const forget = drag.register(late);
    expect(drag.stateOf(late)).toBe('ready');
    drag.pointAt(late);
    forget();
    expect(drag.over).toBeUndefined();
    expect(drag.drop()).toBe(false);
  });

  it('the keyboard starts at the first place that takes it and walks around', () => {
    const drag = new Drag();
    const zones = [zone('a', 'no'), zone('b', true), zone('c', true)];
    zones.forEach((each) => drag.register(each));
    drag.start(alias, 'champion', 'keyboard');
    expect(drag.said).toContain('2 places take it');
    const seen = [drag.over?.label];
    for (let i = 0; i < 3; i++) {
      drag.step(1);
      seen.push(drag.over?.label);
    }
    drag.step(-1);
    seen.push(drag.over?.label);
    expect(seen).toEqual(['b', 'c', 'a', 'b', 'a']);
  });

  it('knows all zones of a list, drawn or not, until the list is gone', () => {
    const drag = new Drag();
    const zones = Array.from({ length: 3000 }, (_, i) =>
      zone(`version ${3000 - i}`, i > 0 || 'already there'),
    );
    const forget = drag.offer(() => zones);
    drag.start(alias, 'champion', 'keyboard');
    expect(drag.said).toContain('2999 places take it');
    expect(drag.over).toBe(zones[1]);
    drag.step(-1);
    drag.step(-1);
    expect(drag.over?.label).toBe('version 1');
    expect(drag.drop()).toBe(true);
    expect(zones.at(-1)?.ondrop).toHaveBeenCalledExactlyOnceWith(alias);
    forget();
    drag.start(alias, 'champion', 'pointer');
    expect(drag.targets).toEqual([]);
  });

  it('cancel puts it back, and one drag at a time', () => {
    const drag = new Drag();
    drag.start(alias, 'champion', 'pointer');
    drag.start({ kind: 'run' }, 'run-1', 'pointer');
    expect(drag.inAir?.label).toBe('champion');
    drag.cancel();
    expect(drag.inAir).toBeUndefined();
    expect(drag.said).toBe('champion put back.');
  });
});
