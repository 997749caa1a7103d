/** The targets of an open run: their links, panes and live shells. It holds connections, and no state of the run. */
import type { LinkState } from '../../contract/calls.ts';
import type { TargetName } from '../../contract/ids.ts';
import type { Address, Plan } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, fail, type Result } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import type { Connect, ConnectOptions } from '../connect/connection.ts';
import type { Clock } from '../ports.ts';
import { createPane, type Pane, type PaneInput } from '../terminal/pane.ts';
import { createLink, type Link, type LiveLink, showAddress } from './link.ts';
import { type LiveShell, openLiveShell } from './liveShell.ts';
import { nextShellRecording } from './runFolder.ts';

export interface TargetsOptions {
  readonly dir: string;
  readonly plan: Plan;
  readonly runbook: Runbook;
  readonly clock: Clock;
  readonly connect: Connect;
  readonly resolve: (target: TargetName, address: Address) => Promise<Result<ConnectOptions>>;
  readonly values: () => Readonly<Record<string, string>>;
  readonly append: (bodies: readonly RecordBody[]) => Promise<Result<null>>;
  /** Input of the command that runs on a target now. */
  readonly running: (target: TargetName) => PaneInput | null;
  readonly onLinks: (links: readonly LinkState[]) => void;
  readonly onTrouble: (failure: Failure | null) => void;
}

export interface Targets {
  ensure(target: TargetName): Promise<Result<LiveLink>>;
  connectAll(): void;
  pane(target: TargetName): Pane;
  address(target: TargetName): string;
  links(): readonly LinkState[];
  /** A step has ended: typing in a live shell counts as a new deviation from here on. */
  stepEnded(): void;
  readonly recordedBytes: number;
  close(): Promise<void>;
}

interface Seat {
  readonly name: TargetName;
  readonly link: Link;
  readonly pane: Pane;
  shell: LiveShell | null;
  opening: Promise<void> | null;
  /** Keys pressed while the shell opens. */
  readonly early: Uint8Array[];
  closedBytes: number;
}

export function createTargets(options: TargetsOptions): Targets {
  const seats = new Map<TargetName, Seat>();
  let closing = false;
  for (const target of options.runbook.targets) {
    const address = options.plan.targets[target.name];
    if (address !== undefined) seats.set(target.name, createSeat(target, address));
  }

  function createSeat(target: Runbook['targets'][number], address: Address): Seat {
    const seat: Seat = {
      name: target.name,
      pane: createPane(() => options.running(target.name) ?? shellInput(seat)),
      link: createLink({
        target,
        address,
        resolve: (to) => options.resolve(target.name, to),
        connect: options.connect,
        runId: options.plan.runId,
        dir: options.dir,
        values: options.values,
        append: options.append,
        by: options.plan.operator.name,
        onState: () => {
          options.onLinks(links());
        },
        onLive: () => openShell(seat),
        onLost: () => {
          void dropShell(seat);
        },
      }),
      shell: null,
      opening: null,
      early: [],
      closedBytes: 0,
    };
    return seat;
  }

  /** Typing into a pane whose shell has ended opens a new one; what is typed while one opens waits for it. */
  function shellInput(seat: Seat): PaneInput | null {
    if (seat.shell !== null) return seat.shell.input;
    if (seat.opening !== null) {
      return { write: (bytes) => void seat.early.push(new Uint8Array(bytes)), resize: () => undefined };
    }
    if (seat.link.live !== null && !closing) void openShell(seat);
    return null;
  }

  function openShell(seat: Seat): Promise<void> {
    seat.opening ??= startShell(seat).finally(() => {
      seat.opening = null;
    });
    return seat.opening;
  }

  async function startShell(seat: Seat): Promise<void> {
    const live = seat.link.live;
    if (live === null || seat.shell !== null) return;
    const over = { yes: false };
    const { size } = seat.pane;
    const opened = await openLiveShell({
      connection: live.connection,
      target: seat.name,
      dir: options.dir,
      cast: await nextShellRecording(options.dir, seat.name),
      pane: seat.pane,
      clock: options.clock,
      onDeviation: (body) => {
        void options.append([body]);
      },
      onTrouble: options.onTrouble,
      onEnd: () => {
        over.yes = true;
        void dropShell(seat);
      },
    });
    if (opened.ok) {
      seat.shell = opened.value;
      if (seat.pane.size !== size) opened.value.input.resize(seat.pane.size);
      for (const bytes of seat.early.splice(0)) opened.value.input.write(bytes);
      // A host without a login shell may end it before it was even here.
      if (over.yes) await dropShell(seat);
    } else {
      seat.early.splice(0);
      seat.pane.notice(`\r\n\x1b[90mNo live shell: ${opened.error.message}\x1b[0m\r\n`);
    }
  }

  async function dropShell(seat: Seat): Promise<void> {
    const shell = seat.shell;
    if (shell === null) return;
    seat.shell = null;
    const record = await shell.close();
    seat.closedBytes += shell.recordedBytes;
    await options.append([record]);
    if (!closing && seat.link.live !== null) {
      seat.pane.notice('\r\n\x1b[90mThe live shell has ended. Press a key to open a new one.\x1b[0m\r\n');
    }
  }

  function links(): readonly LinkState[] {
    return [...seats.values()].map((seat) => seat.link.state);
  }

  function seatOf(target: TargetName): Seat | undefined {
    return seats.get(target);
  }

  return {
    async ensure(target) {
      const seat = seatOf(target);
      if (seat === undefined) return fail('not-found', `The plan has no address for ${target}.`);
      return seat.link.ensure();
    },
    connectAll() {
      for (const seat of seats.values()) {
        if (seat.link.state.state === 'idle') void seat.link.ensure();
      }
    },
    pane(target) {
      return seatOf(target)?.pane ?? createPane(() => null);
    },
    address: (target) => {
      const address = options.plan.targets[target];
      return address === undefined ? '' : showAddress(address);
    },
    links,
    stepEnded() {
      for (const seat of seats.values()) {
        seat.shell?.rearm();
        // While the step ran, the size of the pane was the command's.
        seat.shell?.input.resize(seat.pane.size);
      }
    },
    get recordedBytes() {
      return [...seats.values()].reduce(
        (sum, seat) => sum + seat.closedBytes + (seat.shell?.recordedBytes ?? 0),
        0,
      );
    },
    async close() {
      closing = true;
      await Promise.all(
        [...seats.values()].map(async (seat) => {
          await seat.opening;
          await dropShell(seat);
          await seat.link.close();
        }),
      );
    },
  };
}
