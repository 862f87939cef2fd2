// Making a version: what is being asked for, and what became of those that the server has not finished.
import { asAppError, commands, type ArtifactRoot, type ModelVersion } from '../backend';
import { toasts } from '../components/toasts.svelte';
import { route } from '../route.svelte';

/** What is to become a version. */
export interface Asked {
  profileId: string;
  from: ArtifactRoot;
  /** For people. */
  label: string;
  /** The registered model that it was dropped on; undefined: to be chosen. */
  model: string | undefined;
}

/** As often as a version is asked after that does not get ready: each question takes 20 s. */
const MOST_QUESTIONS = 90;

export class Registering {
  asked: Asked | undefined = $state.raw();

  begin(asked: Asked): void {
    this.asked = asked;
  }

  close(): void {
    this.asked = undefined;
  }

  /** Tells of a version that was made, and follows it until the server has finished it. */
  async made(profileId: string, version: ModelVersion): Promise<void> {
    if (version.status !== 'PENDING_REGISTRATION') {
      this.#tell(profileId, version);
      return;
    }
    const { name: model, version: number } = version;
    const pending = toasts.show({
      title: `Version ${number} of ${model} is being registered`,
      message: version.statusMessage,
      timeout_ms: undefined,
    });
    try {
      let now = version;
      for (let i = 0; i < MOST_QUESTIONS && now.status === 'PENDING_REGISTRATION'; i++)
        now = await commands.followRegistration(profileId, model, number);
      toasts.dismiss(pending);
      this.#tell(profileId, now);
    } catch (thrown) {
      toasts.dismiss(pending);
      toasts.show({
        tone: 'warn',
        title: `Version ${number} of ${model} was made, and what became of it is not known`,
        message: asAppError(thrown).message,
      });
    }
  }

  #tell(profileId: string, { name, version, status, statusMessage }: ModelVersion): void {
    const action = { label: 'Show', run: () => route.go({ screen: 'model', profileId, name }) };
    if (status === 'READY') {
      toasts.show({ tone: 'success', title: `${name} has a version ${version}`, action });
    } else if (status === 'FAILED_REGISTRATION') {
      toasts.show({
        tone: 'error',
        title: `The registration of version ${version} of ${name} failed`,
        message: statusMessage || 'The server does not say why.',
        action,
      });
    } else {
      toasts.show({
        tone: 'warn',
        title: `Version ${version} of ${name} is still being registered`,
        message: statusMessage,
        action,
      });
    }
  }
}

/** One for the window: a version gets ready whatever page is looked at. */
export const registering = new Registering();
