// What each error code means to the user, and what the user can do about it.
import type { AppError, Code } from './backend';

/** The one thing to offer beside the words. */
export type ErrorAction = 'retry' | 'reconnect' | 'choosePlace' | 'copyReport' | 'testConnection';

export interface ErrorWords {
  title: string;
  /** What to do, in a sentence or two. */
  todo: string;
  action?: ErrorAction;
}

export const ERROR_WORDS: Record<Code, ErrorWords> = {
  unreachable: {
    title: 'The server cannot be reached',
    todo: 'Check the address and port, that the server is running, and that this machine’s network (or VPN) reaches it.',
    action: 'reconnect',
  },
  timedOut: {
    title: 'The server did not answer in time',
    todo: 'It may be busy or far away. Try again; if it goes on, look at the server’s log.',
    action: 'reconnect',
  },
  untrusted: {
    title: 'The host key or certificate is not trusted',
    todo: 'It is unknown, or it has changed. Nothing was sent. Test the connection to see what was found and what was expected.',
    action: 'testConnection',
  },
  needsUser: {
    title: 'Connecting needs your answer',
    todo: 'The connection asks for a passphrase, a second factor or a decision. Connect when you are ready to answer.',
    action: 'reconnect',
  },
  notMlflow: {
    title: 'This is not an MLflow tracking server',
    todo: 'Something answered, but not MLflow. Check the port, and add the path if the server runs under a prefix, as in https://host/mlflow.',
    action: 'choosePlace',
  },
  badAnswer: {
    title: 'The server’s answer could not be read',
    todo: 'A proxy or a sign-in page may have answered instead of the server. Open the address in a browser to see what it shows, then try again.',
    action: 'retry',
  },
  unauthenticated: {
    title: 'The server asks you to sign in',
    todo: 'The profile has no sign-in, or the server refused it. Edit the sign-in of the profile; the password is kept in the keyring.',
    action: 'choosePlace',
  },
  forbidden: {
    title: 'Permission denied',
    todo: 'Your account lacks the permission. Ask the administrator of the server. From MLflow 3.5 on, the server may also refuse the host name in the address: its --allowed-hosts must list it.',
  },
  hostRefused: {
    title: 'The server does not know this host name',
    todo: 'MLflow 3.5 and later answers only to the names in its --allowed-hosts. Set the Host header in the profile to one that it knows, or have the name added.',
    action: 'testConnection',
  },
  notFound: {
    title: 'It is no longer there',
    todo: 'It may have been deleted or renamed on the server. Refresh to see what is there now.',
    action: 'retry',
  },
  refused: {
    title: 'The server refused',
    todo: 'The server’s own words say why. Nothing was changed.',
  },
  bodyLost: {
    title: 'The request arrived empty',
    todo: 'Nothing was changed. A proxy removed the content of the request; MLflow’s own page and client have the same problem with it. Ask its administrator to let the content of DELETE requests through, or connect without it, for instance by SSH.',
  },
  tooManyRequests: {
    title: 'Too many requests',
    todo: 'The server limits requests, from you and your colleagues together. Wait a little, then try again.',
    action: 'retry',
  },
  serverFailed: {
    title: 'The server failed',
    todo: 'The error is on the server, and its log says more. What you see here is the last good answer.',
    action: 'retry',
  },
  unsupported: {
    title: 'This server cannot do that',
    todo: 'Its version of MLflow is too old, or this part is switched off.',
  },
  noSuchFile: {
    title: 'There is nothing at this path',
    todo: 'Check the spelling, and that the disk it is on is connected.',
    action: 'choosePlace',
  },
  notMlflowDatabase: {
    title: 'This is not an MLflow database',
    todo: 'Choose the mlflow.db that the tracking server or your script writes, or the folder it is in.',
    action: 'choosePlace',
  },
  databaseCorrupt: {
    title: 'The database is damaged',
    todo: 'Podium only reads it and has changed nothing. Restore a backup, or try “sqlite3 mlflow.db .recover”.',
  },
  databaseLocked: {
    title: 'The database is in use',
    todo: 'Another program is writing to it. Try again in a moment.',
    action: 'retry',
  },
  readOnly: {
    title: 'This place is read-only',
    todo: 'The file, the folder or the profile does not allow writing. Nothing was changed.',
  },
  diskFull: {
    title: 'The disk is full',
    todo: 'Make some room, then try again. Nothing that was saved is lost.',
    action: 'retry',
  },
  artifactsElsewhere: {
    title: 'The files were not found on this machine',
    todo: 'If you have them here, name their folder: the one that holds mlruns or mlartifacts, or any folder below that.',
  },
  unsafePath: {
    title: 'This path is not allowed',
    todo: 'It would leave the folder it belongs to, so it was not followed.',
  },
  io: {
    title: 'Reading or writing failed',
    todo: 'The message below comes from the system. Check the disk and the permissions, then try again.',
    action: 'retry',
  },
  badFormula: {
    title: 'The formula is not understood',
    todo: 'Edit it in the menu of its chart.',
  },
  badFilter: {
    title: 'The filter is not complete',
    todo: "Write comparisons such as metrics.accuracy > 0.9 and params.optimizer = 'adamw'.",
  },
  badTarget: {
    title: 'This is neither an address nor a file',
    todo: 'Type an address such as http://localhost:5000, the path of an mlflow.db or its folder, or the name of a profile.',
    action: 'choosePlace',
  },
  approvalMissing: {
    title: 'Others have to approve first',
    todo: 'Read the card again: it shows who was asked and what they said.',
  },
  gateNotPassed: {
    title: 'A gate has not passed',
    todo: 'Nothing was changed. Read the gates again; to move the alias all the same, write a reason.',
  },
  aliasMoved: {
    title: 'Another person moved the alias',
    todo: 'It no longer points where you saw it. Nothing was changed: look at the board again, then decide.',
    action: 'retry',
  },
  needsConfirmation: {
    title: 'This has to be confirmed first',
    todo: 'The profile asks you to confirm every write, or to type the name of the model. Nothing was changed.',
  },
  keyring: {
    title: 'The keyring could not be used',
    todo: 'Unlock the system’s keyring and try again, or keep the secret for this session only.',
    action: 'retry',
  },
  notConnected: {
    title: 'Not connected yet',
    todo: 'This is not in the cache, and there is no connection to fetch it. It appears once the server answers.',
    action: 'reconnect',
  },
  internal: {
    title: 'Something went wrong in Podium',
    todo: 'This is an error in Podium. Copy the message into a bug report. Trying again may help.',
    action: 'copyReport',
  },
};

export function errorWords(error: AppError): ErrorWords {
  return ERROR_WORDS[error.code] ?? ERROR_WORDS.internal;
}
