/**
 * The live shell of one host as its pane uses it: opened when it is wanted, opened again when somebody types after it
 * has ended. It never counts towards a step.
 */
import type { TargetName } from '../../contract/ids.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, fail, type Result } from '../../contract/result.ts';
import type { Clock } from '../ports.ts';
import type { RunSecrets } from '../secrets/runSecrets.ts';
import type { Pane, PaneInput } from '../terminal/pane.ts';
import type { LiveLink } from './link.ts';
import { type LiveShell, openLiveShell } from './liveShell.ts';
import { unreachedText } from './paneText.ts';
import { nextShellRecording } from './runFolder.ts';
import { createShellScreen } from './shellScreen.ts';

export interface SeatShellOptions {
  readonly name: TargetName;
  readonly dir: string;
  readonly clock: Clock;
  readonly secrets: RunSecrets;
  readonly pane: Pane;
  /** The link, while it may be used. */
  readonly live: () => LiveLink | null;
  /** Whether a command has the pane: then no shell is opened, and what an open one says is shown afterwards. */
  readonly taken: () => boolean;
  readonly append: (bodies: readonly RecordBody[]) => Promise<Result<null>>;
  readonly onTrouble: (failure: Failure | null) => void;
}

export interface SeatShell {
  /** Where typing goes. Typing after the shell has ended opens a new one; what is typed while it opens waits for it. */
  input(): PaneInput | null;
  open(): Promise<void>;
  /** Ends it and has its recording cited. */
  drop(): Promise<void>;
  /** Has the shell in front report its prompts. */
  track(): Result<null>;
  stepEnded(): void;
  /** The pane is the shell's again: what it has said meanwhile is shown, and it is opened if that had to wait. */
  released(): void;
  readonly recordedBytes: number;
  close(): Promise<void>;
}

export function createSeatShell(options: SeatShellOptions): SeatShell {
  const { name, pane } = options;
  let shell: LiveShell | null = null;
  let opening: Promise<void> | null = null;
  let closedBytes = 0;
  /** Keys pressed while the shell opens. */
  const early: Uint8Array[] = [];
  const screen = createShellScreen(pane, options.taken);
  let withheld = false;
  let saidUnreached = false;

  function open(): Promise<void> {
    withheld = options.taken();
    if (withheld) return Promise.resolve();
    opening ??= start().finally(() => {
      opening = null;
    });
    return opening;
  }

  async function start(): Promise<void> {
    const live = options.live();
    if (live === null || shell !== null) return;
    saidUnreached = false;
    const blocked = options.secrets.blocked();
    if (blocked !== null) {
      pane.notice(`\r\n\x1b[33mNo live shell yet: ${blocked.error.message}\x1b[0m\r\n`);
      return;
    }
    const over = { yes: false };
    const opened = await openLiveShell({
      connection: live.connection,
      prepared: live.prepared,
      target: name,
      dir: options.dir,
      cast: await nextShellRecording(options.dir, name),
      pane: screen,
      clock: options.clock,
      secrets: options.secrets,
      onDeviation: (body) => {
        void options.append([body]);
      },
      onObserved: (body) => {
        void options.append([body]);
      },
      onTrouble: options.onTrouble,
      onEnd: () => {
        over.yes = true;
        void drop();
      },
    });
    if (opened.ok) {
      shell = opened.value;
      opened.value.input.resize(pane.size);
      for (const bytes of early.splice(0)) opened.value.input.write(bytes);
      // A host without a login shell may end it before it was even here.
      if (over.yes) await drop();
    } else {
      early.splice(0);
      screen.notice(`\r\n\x1b[90mNo live shell: ${opened.error.message}\x1b[0m\r\n`);
    }
  }

  /** Said once for each loss of contact, not for each key. */
  function unreached(): void {
    if (saidUnreached) return;
    saidUnreached = true;
    pane.notice(unreachedText(name));
  }

  async function drop(): Promise<void> {
    const last = shell;
    if (last === null) return;
    shell = null;
    const records = await last.close();
    closedBytes += last.recordedBytes;
    await options.append(records);
    if (options.live() !== null) {
      screen.notice('\r\n\x1b[90mThe live shell has ended. Press a key to open a new one.\x1b[0m\r\n');
    }
  }

  return {
    input() {
      if (shell !== null) return shell.input;
      if (opening !== null) {
        return {
          write: (bytes, by) => {
            if (by !== 'terminal') early.push(new Uint8Array(bytes));
          },
          resize: () => undefined,
        };
      }
      if (options.live() === null) return { write: unreached, resize: () => undefined };
      void open();
      return null;
    },
    open,
    drop,
    track() {
      if (shell === null) return fail('refused', `There is no live shell on ${name} now.`);
      return shell.trackShell();
    },
    stepEnded() {
      shell?.rearm();
      // While the step ran, the size of the pane was the command's.
      shell?.input.resize(pane.size);
    },
    released() {
      if (options.taken()) return;
      screen.release();
      if (withheld) void open();
    },
    get recordedBytes() {
      return closedBytes + (shell?.recordedBytes ?? 0);
    },
    async close() {
      await opening;
      await drop();
    },
  };
}
