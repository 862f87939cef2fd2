// @vitest-environment happy-dom
// What may be carried where on the board of a model.
import { expect, test } from 'vitest';
import { drag } from '../drag/drag.svelte';
import {
  aliasLoad,
  isLifted,
  moveVerdict,
  rowLoad,
  slotTakes,
  swapVerdict,
  versionLoad,
  versionTakes,
} from './moves';

const slots = [
  { alias: 'champion', version: '2', row: undefined },
  { alias: 'challenger', version: undefined, row: undefined },
];
const open = { slots, readOnly: undefined };
const locked = { slots, readOnly: 'The profile “live” is read-only.' };

test('an alias goes to any version but its own, and nowhere where nothing may be written', () => {
  expect(moveVerdict(open, 'champion', '1')).toBe(true);
  expect(moveVerdict(open, 'champion', '2')).toBe('champion is on version 2 already');
  expect(moveVerdict(locked, 'champion', '1')).toBe(locked.readOnly);
});

test('versions take aliases and slots take versions, nothing else', () => {
  const [alias, version] = [aliasLoad('champion').cargo, versionLoad('2').cargo];
  expect(versionTakes(open, '1', alias)).toBe(true);
  expect(versionTakes(open, '1', version)).toBe(false);
  expect(slotTakes(open, 'challenger', version)).toBe(true);
  expect(slotTakes(open, 'champion', version)).toBe('champion is on version 2 already');
  expect(slotTakes(open, 'champion', alias)).toBe(false);
});

test('a press on a row lifts the alias under it, else the version, and leaves handles and menus alone', () => {
  document.body.innerHTML = `<p><i data-alias="champion"><b></b></i><u></u><s class="handle"></s>
    <button aria-haspopup="menu"></button></p>`;
  const load = (selector: string) => rowLoad(document.querySelector(selector), '3')?.label;
  expect(['b', 'u', 's', 'button'].map(load)).toEqual(['champion', 'v3', undefined, undefined]);
  expect(rowLoad(null, '3')).toBeUndefined();
});

test('only the alias that is in the air fades', () => {
  drag.start(aliasLoad('champion').cargo, 'champion', 'pointer');
  expect([isLifted('champion'), isLifted('challenger')]).toEqual([true, false]);
  drag.cancel();
  expect(isLifted('champion')).toBe(false);
});

test('an alias may be dropped on another one to change places with it', () => {
  const held = { ...open, slots: [...slots, { alias: 'shadow', version: '3', row: undefined }] };
  const same = { ...open, slots: [...slots, { alias: 'shadow', version: '2', row: undefined }] };
  const shadow = aliasLoad('shadow').cargo;
  expect(slotTakes(held, 'champion', shadow)).toBe(true);
  expect(slotTakes(held, 'challenger', shadow)).toBe(false);
  expect(swapVerdict(same, 'champion', 'shadow')).toBe('both are on version 2');
  expect(swapVerdict({ ...held, readOnly: locked.readOnly }, 'champion', 'shadow')).toBe(locked.readOnly);
});
