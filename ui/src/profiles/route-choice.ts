// The list that a route is chosen from: those that are saved, hosts of the ssh config, and a new one. Pure.
import type { Alias, Route } from '../backend';
import { newHop } from '../backend/new-profile';
import { hopsWords } from './profile';

export interface RouteOption {
  value: string;
  label: string;
  hint: string;
  icon: 'link' | 'key' | 'plus';
}

const isAlias = (route: Route, alias: string) => {
  const [hop] = route.hops;
  return (
    route.hops.length === 1 && hop?.host === alias && hop.useConfig && hop.user === null && hop.port === null
  );
};

/** An alias that a saved route stands for already is not offered twice. */
export function routeChoices(routes: readonly Route[], aliases: readonly Alias[]): RouteOption[] {
  return [
    ...routes.map((route): RouteOption => ({
      value: `route ${route.id}`,
      label: route.name || hopsWords(route),
      hint: hopsWords({ ...route, name: '' }),
      icon: 'link',
    })),
    ...aliases
      .filter(({ name }) => !routes.some((route) => isAlias(route, name)))
      .map(({ name, words }): RouteOption => ({
        value: `alias ${name}`,
        label: name,
        hint: words,
        icon: 'key',
      })),
    { value: 'new', label: 'New hops…', hint: 'one host after the other', icon: 'plus' },
  ];
}

/** Which of the choices the editor stands on; a draft that came from an alias counts as that alias. */
export function choiceOf(routeId: string | null, draft: Route | undefined): string | undefined {
  if (routeId !== null) return `route ${routeId}`;
  if (!draft) return undefined;
  const alias = draft.hops[0]?.host ?? '';
  return alias !== '' && draft.name === alias && isAlias(draft, alias) ? `alias ${alias}` : 'new';
}

/** What a choice means for the profile: a saved route, or one that is saved together with it. */
export function routeFor(
  choice: string,
  routes: readonly Route[],
): { routeId: string | null; draft: Route | undefined } {
  const [kind, ...rest] = choice.split(' ');
  const name = rest.join(' ');
  if (kind === 'route') {
    return routes.some(({ id }) => id === name)
      ? { routeId: name, draft: undefined }
      : { routeId: null, draft: { id: '', name: '', hops: [newHop()] } };
  }
  if (kind === 'alias') return { routeId: null, draft: { id: '', name, hops: [newHop(name)] } };
  return { routeId: null, draft: { id: '', name: '', hops: [newHop()] } };
}

/** The route as it is saved: one without a name is called after its hops. */
export function namedRoute(route: Route): Route {
  const name = route.name.trim();
  return { ...route, name: name === '' ? hopsWords({ ...route, name: '' }) : name };
}
