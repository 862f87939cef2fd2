// Back and forward as in a browser, and nothing saved can break a start.
import { describe, expect, it } from 'vitest';
import { parsePlace, Route, type Place } from './route.svelte';

const experiment = (id: string): Place => ({ screen: 'experiment', profileId: 'p', experimentIds: [id] });
const run = (runId: string): Place => ({ screen: 'run', profileId: 'p', runId });

function setUp() {
  const remembered: Place[] = [];
  return { route: new Route((place) => remembered.push(place)), remembered };
}

describe('Route', () => {
  it('goes back and forward, and a new way cuts off the old future', () => {
    const { route } = setUp();
    route.go(experiment('1'));
    route.go(run('a'));
    route.back();
    expect(route.place).toEqual(experiment('1'));
    route.forward();
    expect(route.place).toEqual(run('a'));
    route.back();
    route.go(run('b'));
    expect([route.canGoForward, route.canGoBack]).toEqual([false, true]);
    route.back();
    route.back();
    route.back();
    expect([route.place, route.canGoBack]).toEqual([{ screen: 'welcome' }, false]);
  });

  it('takes no step to where it is already, and none when replaced', () => {
    const { route } = setUp();
    route.go({ screen: 'profile', profileId: 'p' });
    route.replace(experiment('1'));
    route.go(experiment('1'));
    route.back();
    expect(route.place).toEqual({ screen: 'welcome' });
  });

  it('remembers every arrival', () => {
    const { route, remembered } = setUp();
    route.go(experiment('1'));
    route.back();
    expect(remembered).toEqual([experiment('1'), { screen: 'welcome' }]);
  });

  it('leaves a profile that was deleted', () => {
    const { route } = setUp();
    route.go(experiment('1'));
    route.go({ screen: 'models', profileId: 'q' });
    route.forget('p');
    route.back();
    expect(route.place).toEqual({ screen: 'welcome' });
    route.forward();
    route.forget('q');
    expect(route.place).toEqual({ screen: 'welcome' });
  });
});

describe('a screen with unsaved changes', () => {
  it('holds every way out until the user goes', () => {
    const { route } = setUp();
    route.go(experiment('1'));
    route.go({ screen: 'profiles', edit: 'p' });
    let leave: (() => void) | undefined;
    for (const way of [() => route.go(run('a')), () => route.back()]) {
      leave = undefined;
      route.hold = (go) => {
        leave = go;
        return true;
      };
      way();
      expect(route.place).toEqual({ screen: 'profiles', edit: 'p' });
      expect(leave).toBeDefined();
    }
    leave?.();
    expect(route.place).toEqual(experiment('1'));
    route.forward();
    expect(route.place).toEqual({ screen: 'profiles', edit: 'p' });
  });

  it('lets go where nothing is to be lost', () => {
    const { route } = setUp();
    route.hold = () => false;
    route.go(run('a'));
    expect(route.place).toEqual(run('a'));
  });

  it('is left when its profile is forgotten', () => {
    const { route } = setUp();
    route.go({ screen: 'profiles', edit: 'p' });
    route.forget('p');
    expect(route.place).toEqual({ screen: 'profiles' });
  });
});

describe('parsePlace', () => {
  it('runs no test again by itself, and finds no profile that was never saved', () => {
    expect(parsePlace('{"screen":"test","profileId":"p"}')).toEqual({ screen: 'profile', profileId: 'p' });
    expect(parsePlace('{"screen":"profiles","edit":"new"}')).toEqual({ screen: 'profiles' });
  });

  it.each<Place>([
    { screen: 'welcome' },
    { screen: 'profile', profileId: 'p' },
    experiment('1'),
    run('a'),
    { screen: 'run', profileId: 'p', runId: 'a', tab: 'artifacts' },
    {
      screen: 'experiment',
      profileId: 'p',
      experimentIds: ['1'],
      beside: [{ profileId: 'q', experimentIds: ['1'] }],
    },
    {
      screen: 'compare',
      profileId: 'p',
      runs: [
        { profileId: 'p', runId: 'a' },
        { profileId: 'q', runId: 'a' },
      ],
    },
    { screen: 'profiles' },
    { screen: 'profiles', edit: 'p' },
    { screen: 'models', profileId: 'p' },
    { screen: 'model', profileId: 'p', name: 'churn' },
    { screen: 'version', profileId: 'p', name: 'churn', version: '3' },
    { screen: 'version', profileId: 'p', name: 'churn', version: '3', tab: 'artifacts' },
  ])('reads back $screen', (place) => expect(parsePlace(JSON.stringify(place))).toEqual(place));

  it('reads a comparison that was kept when all of its runs were of one profile', () => {
    expect(parsePlace('{"screen":"compare","profileId":"p","runIds":["a","b"]}')).toEqual({
      screen: 'compare',
      profileId: 'p',
      runs: [
        { profileId: 'p', runId: 'a' },
        { profileId: 'p', runId: 'b' },
      ],
    });
  });

  it.each([
    null,
    '',
    '{',
    '7',
    '"welcome"',
    '{"screen":"nowhere","profileId":"p"}',
    '{"screen":"experiment","profileId":"p","experimentIds":[]}',
    '{"screen":"experiment","profileId":"p","experimentIds":[1]}',
    '{"screen":"run","profileId":"p"}',
    '{"screen":"compare","profileId":"p","runs":[]}',
    '{"screen":"compare","profileId":"p","runs":[{"runId":"a"}]}',
    '{"screen":"models"}',
  ])('takes %s for nothing', (json) => expect(parsePlace(json)).toBe(undefined));
});
