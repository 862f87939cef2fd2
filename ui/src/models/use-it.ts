// The words of the snippets that use a version, and which of them was looked at last.
import type { SnippetKind } from '../backend';

export const SNIPPETS: Record<SnippetKind, { label: string; about: string }> = {
  load: { label: 'Python', about: 'Loads the version, as any model of MLflow and as what it is.' },
  serve: { label: 'Serve', about: 'A server on this machine by mlflow models serve, and a request to it.' },
  dockerfile: {
    label: 'Dockerfile',
    about:
      'An image with the files of the model in it: a container needs neither the tracking server nor a secret.',
  },
  docker: {
    label: 'Docker',
    about:
      'Fetches the files, builds the image, starts a container and sends a request. Beside the Dockerfile.',
  },
  kubernetes: {
    label: 'Kubernetes',
    about: 'The image in a cluster: Deployment with probes and limits, Service, Ingress.',
  },
  ci: { label: 'CI', about: 'A workflow that asks the gates of a version and then moves the alias.' },
};

/** For as long as the window is there: who pastes one for an alias wants the same of the next. */
let last: SnippetKind = 'load';
export const rememberedKind = () => last;
export const rememberKind = (kind: SnippetKind) => void (last = kind);
