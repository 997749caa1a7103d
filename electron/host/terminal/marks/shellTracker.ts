/**
 * Follows the shells of one terminal by their marks: the login shell and those started within it. Only marks with the
 * nonce of a shell that is still there count; what they say is the shell's own word and is only ever observed.
 */
import type { ShellMark } from './markParser.ts';

/** A command that ended, by the word of the shell it was typed into. */
export interface ObservedCommand {
  readonly exit: number;
  /** 0: the login shell; each nested shell that is tracked adds one. */
  readonly depth: number;
  /** Place in the recording before which it had not begun. */
  readonly fromByte: number;
}

export interface ShellTracker {
  /** A mark was seen; `fromByte` is the place in the recording before it. */
  mark(mark: ShellMark, fromByte: number): void;
  /** The person has sent a line. */
  entered(fromByte: number): void;
  /** A shell in front of all others is being set up with this nonce. */
  push(nonce: string): void;
  /** The shell in front has shown its prompt and nothing was started since. */
  readonly atPrompt: boolean;
}

interface Shell {
  readonly nonce: string;
  prompted: boolean;
  /** It also says when a command begins, so that Enter on an empty line is not taken for one. */
  paired: boolean;
  startedAt: number | null;
}

/** `loginNonce`: null when the login shell could not be set up. */
export function createShellTracker(
  loginNonce: string | null,
  onCommand: (command: ObservedCommand) => void,
): ShellTracker {
  const login: Shell = { nonce: loginNonce ?? '', prompted: false, paired: false, startedAt: null };
  const shells: Shell[] = [login];

  function front(): Shell {
    return shells.at(-1) ?? login;
  }

  return {
    mark(mark, fromByte) {
      const depth = shells.findIndex((shell) => shell.nonce === mark.nonce && mark.nonce !== '');
      const shell = shells[depth];
      if (shell === undefined) return;
      // A shell that speaks again is in front: those within it have ended, and their nonces with them.
      shells.length = depth + 1;
      if (mark.kind === 'start') {
        shell.startedAt = fromByte;
        return;
      }
      const { startedAt, prompted } = shell;
      shell.prompted = true;
      shell.paired = mark.paired;
      shell.startedAt = null;
      if (prompted && startedAt !== null) onCommand({ exit: mark.status, depth, fromByte: startedAt });
    },
    entered(fromByte) {
      const shell = front();
      if (shell.prompted && !shell.paired) shell.startedAt ??= fromByte;
    },
    push(nonce) {
      shells.push({ nonce, prompted: false, paired: false, startedAt: null });
    },
    get atPrompt() {
      const { prompted, startedAt } = front();
      return prompted && startedAt === null;
    },
  };
}
