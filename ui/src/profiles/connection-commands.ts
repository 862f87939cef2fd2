// The commands of connections, in one place.
//
// Until the app answers them all, what it lacks is empty or refused in words here, so that the rest goes on
// working. Once bindings.ts has them, this file is `export { commands as connections } from '../backend'`.
import { commands, type AppError, type Commands, type OpenProfile, type Profile } from '../backend';
import { fullProfile } from './profile';

/** What an app without these commands has: no questions, nothing found, no routes. */
const WITHOUT: Partial<Commands> = {
  listQuestions: () => Promise.resolve([]),
  suggestProfiles: () => Promise.resolve([]),
  listRoutes: () => Promise.resolve([]),
  listAliases: () => Promise.resolve([]),
  listSecrets: () => Promise.resolve([]),
  exposure: () => Promise.resolve(null),
  keyringState: () => Promise.resolve({ usable: true, words: '' }),
  saveProfile: async (profile) => {
    const { renameProfile } = commands as unknown as {
      renameProfile?: (id: string, name: string) => Promise<null>;
    };
    if (!renameProfile || profile.id === '') return refuse();
    await renameProfile(profile.id, profile.name);
    return profile;
  },
};

function refuse(): Promise<never> {
  const error: AppError = { code: 'unsupported', message: 'This build of Podium cannot do this yet.' };
  return Promise.reject(error);
}

const full = (open: OpenProfile): OpenProfile => ({ ...open, profile: fullProfile(open.profile) });

const FILLED: Partial<Commands> = {
  listProfiles: async () => (await commands.listProfiles()).map((profile: Profile) => fullProfile(profile)),
  openProfile: async (profileId) => full(await commands.openProfile(profileId)),
  openTarget: async (text) => full(await commands.openTarget(text)),
};

export const connections: Commands = new Proxy(commands, {
  get: (target, name) => {
    const key = name as keyof Commands;
    return FILLED[key] ?? target[key] ?? WITHOUT[key] ?? refuse;
  },
});
