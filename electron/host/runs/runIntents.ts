/** The intents of a run by what becomes of them: some send a command, most end in records by themselves. */
import type { Intent } from '../../contract/intents.ts';
import type { CommandIntent } from '../../domain/run/commands.ts';

/** Intents that are judged on the state alone and end in records. */
export type DecidedIntent = Exclude<
  Intent,
  {
    kind:
      | 'run'
      | 'probe'
      | 'dry-run'
      | 'custodian'
      | 'attach'
      | 'connect'
      | 'replace-host-key'
      | 'track-shell'
      | 'request-hold'
      | 'sign-hold';
  }
>;

export function isCommandIntent(intent: Intent): intent is CommandIntent {
  return (
    intent.kind === 'run' ||
    intent.kind === 'probe' ||
    intent.kind === 'dry-run' ||
    intent.kind === 'custodian'
  );
}

/** Whether something may go to a host because of it. */
export function sendsSomething(intent: Intent): boolean {
  return isCommandIntent(intent) || intent.kind === 'attach';
}
