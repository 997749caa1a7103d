/** What every body of the step card needs. */
import type { TargetName } from '../../../electron/contract/ids.ts';
import type { Intent } from '../../../electron/contract/intents.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';
import type { OpenRun } from '../../state/run.ts';
import type { Asking } from './RunDialogs.tsx';

export interface CardProps {
  readonly run: OpenRun;
  readonly view: StepView;
  /** Sends an intent; a refusal is shown on the card. */
  readonly send: (intent: Intent) => void;
  readonly onAsk: (asking: Asking) => void;
  readonly onInsert: (command: string) => void;
  /** The host whose terminal is in view, and how to choose another member of a group. */
  readonly pane: TargetName | null;
  readonly onPane: (member: TargetName) => void;
  /** Why nothing may be done on this card now (stopped, storage failed, read-only); null when it may. */
  readonly barred: string | null;
}
