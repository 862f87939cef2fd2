// Profiles in words, and the errors that are found without a request.
import { describe, expect, it } from 'vitest';
import type { Profile, Route } from '../backend';
import { newHop, newProfile, noSettings } from '../backend/new-profile';
import {
  fieldName,
  fieldOf,
  moved,
  colonPairs,
  problemsOf,
  routeWords,
  secretName,
  sentence,
} from './profile';

const ROUTE: Route = {
  id: 'r',
  name: 'office',
  hops: [newHop('bastion'), { ...newHop('gpu'), user: 'mika' }],
};
const server = (settings: Partial<Profile['server']> = {}): Profile => ({
  ...newProfile(),
  id: 'p',
  name: 'vision',
  address: 'http://localhost:5000',
  server: { ...noSettings(), ...settings },
});

describe('routeWords', () => {
  it('names the hops of a route in order', () => {
    expect(routeWords(server({ routeId: 'r' }), [ROUTE])).toBe('via office (bastion → mika@gpu)');
  });
  it('never calls a connection direct whose route is gone or not read yet', () => {
    expect(routeWords(server({ routeId: 'x' }), [ROUTE])).toBe('through a route that is no longer there');
    expect(routeWords(server({ routeId: 'x' }), undefined)).toBe('through a route');
    expect(routeWords(server(), undefined)).toBe('direct');
  });
  it('says that a socket is the target', () => {
    expect(
      routeWords(server({ routeId: 'r', socketPath: '/run/m.sock' }), [{ ...ROUTE, hops: [newHop('gpu')] }]),
    ).toBe('via office (gpu) · socket /run/m.sock');
  });
});

describe('problemsOf', () => {
  it('finds nothing wrong with a plain profile', () => expect(problemsOf(server())).toEqual({}));

  it.each<[string, Profile, keyof ReturnType<typeof problemsOf>]>([
    ['no name', { ...server(), name: ' ' }, 'name'],
    ['no address', { ...server(), address: '' }, 'address'],
    ['a user name with a colon', server({ auth: { kind: 'basic', username: 'a:b' } }), 'username'],
    ['a short pin', server({ tls: { ...noSettings().tls, pin: 'ab' } }), 'pin'],
    [
      'a key without its certificate',
      server({ tls: { ...noSettings().tls, clientKeyFile: 'k' } }),
      'clientKey',
    ],
    ['a header without a name', server({ headers: [{ name: '', value: 'x' }] }), 'headers'],
    ['a header with a space', server({ headers: [{ name: 'a b', value: 'x' }] }), 'headers'],
    ['a Host header among the others', server({ headers: [{ name: 'Host', value: 'x' }] }), 'headers'],
    [
      'the same header twice',
      server({
        headers: [
          { name: 'X-A', value: '1' },
          { name: 'x-a', value: null },
        ],
      }),
      'headers',
    ],
    [
      'a proxy with a password in it',
      server({ proxy: { kind: 'fixed', url: 'http://a:b@proxy:3128' } }),
      'proxy',
    ],
  ])('sees %s', (_, profile, field) => expect(Object.keys(problemsOf(profile))).toEqual([field]));

  it('wants a host for every hop', () => {
    expect(problemsOf(server(), { ...ROUTE, hops: [newHop('a'), newHop(' ')] })).toHaveProperty('route');
    expect(problemsOf(server(), { ...ROUTE, hops: [] })).toHaveProperty('route');
    expect(problemsOf(server(), { ...ROUTE, hops: [{ ...newHop('a'), port: 0 }] })).toHaveProperty('route');
    expect(problemsOf(server(), ROUTE)).toEqual({});
  });

  it('asks of a database only what it has', () => {
    expect(problemsOf({ ...server({ tls: { ...noSettings().tls, pin: 'ab' } }), kind: 'local' })).toEqual({});
  });

  it('takes a pin as certificates show it', () => {
    expect(problemsOf(server({ tls: { ...noSettings().tls, pin: 'AA:'.repeat(31) + 'AA' } }))).toEqual({});
  });
});

describe('fieldOf', () => {
  const refused = { code: 'refused', message: 'no', part: null } as const;
  it('knows the fields that there are', () => {
    expect(fieldOf({ ...refused, part: { kind: 'field', name: 'clientKey' } })).toBe('clientKey');
    expect(fieldOf({ ...refused, part: { kind: 'field', name: 'another' } })).toBeUndefined();
    expect(fieldOf({ ...refused, part: { kind: 'text', start: 0, end: 1 } })).toBeUndefined();
    expect(fieldOf(refused)).toBeUndefined();
  });
});

describe('moved', () => {
  it('puts one where another was', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  });
  it('leaves the list alone beyond its ends', () => {
    const list = ['a', 'b'];
    for (const to of [-1, 2, 0]) expect(moved(list, 0, to)).toBe(list);
    expect(moved(list, 5, 0)).toBe(list);
  });
});

it('names fields and secrets for people', () => {
  expect(fieldName('server.auth.username')).toBe('User name');
  expect(fieldName('server.headers.2.value')).toBe('Header 2, value');
  expect(fieldName('1.identityFile')).toBe('Hop 1, identity file');
  expect(fieldName('somethingNew')).toBe('somethingNew');
  expect(secretName('header:x-key')).toBe('header x-key');
  expect(secretName('password')).toBe('password');
  expect(colonPairs('ab12CD')).toBe('AB:12:CD');
});

it('makes a sentence of a remark', () => {
  expect(sentence('the keyring is ready')).toBe('The keyring is ready.');
  expect([sentence(''), sentence('Done.')]).toEqual(['', 'Done.']);
});
