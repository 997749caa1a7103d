/**
 * Keeps the live shell closed between the turns of custodians: a share that is still being typed when its command has
 * ended must reach no program that would show it, because what a live shell shows is kept.
 */
import type { TargetName } from '../../contract/ids.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { Pane, PaneInput } from '../terminal/pane.ts';
import { noShellText } from './paneText.ts';

/** The host at which custodians take turns now; null when none do. */
export function ceremonyAt(state: RunState): TargetName | null {
  const view = state.steps.find(({ step }) => step.id === state.current);
  if (view?.step.kind !== 'custodians' || state.end !== null) return null;
  const { state: standing } = view.status;
  const begun = (view.turns ?? []).length > 0;
  return begun && (standing === 'current' || standing === 'running') ? view.step.on : null;
}

export interface Ceremony {
  /** Where typing at this host goes while no command has its pane; null when no ceremony is held there. */
  input(target: TargetName): PaneInput | null;
  /** Something went on record. */
  recorded(): void;
}

export function createCeremony(options: {
  readonly state: () => RunState;
  readonly pane: (target: TargetName) => Pane;
  /** The pane of the host may be the live shell's again. */
  readonly onOver: (target: TargetName) => void;
}): Ceremony {
  let at: TargetName | null = null;
  /** Number of commands that were started when it was said last. */
  let said = -1;

  return {
    input(target) {
      if (ceremonyAt(options.state()) !== target) return null;
      return {
        write(_bytes, by = 'person') {
          const { starts } = options.state();
          if (by !== 'person' || said === starts) return;
          said = starts;
          options.pane(target).notice(noShellText());
        },
        resize: () => undefined,
      };
    },
    recorded() {
      const before = at;
      at = ceremonyAt(options.state());
      if (before !== null && at !== before) options.onOver(before);
    },
  };
}
