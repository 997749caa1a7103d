/**
 * The hosts of an open run, members of groups among them: their links, panes and live shells. It holds connections, and
 * no state of the run. What a member costs is made when it is first needed.
 */
import type { LinkState } from '../../contract/views.ts';
import type { TargetName } from '../../contract/ids.ts';
import type { Address, Plan } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, fail, type Result } from '../../contract/result.ts';
import type { Runbook, Target } from '../../contract/runbook.ts';
import type { Connect, ConnectOptions } from '../connect/connection.ts';
import type { Clock } from '../ports.ts';
import type { RunSecrets } from '../secrets/runSecrets.ts';
import type { HostOptions } from '../remote/hostSession.ts';
import { createPane, type Pane, type PaneInput } from '../terminal/pane.ts';
import { showAddress } from './address.ts';
import type { KeyReplacement } from './keyReplacement.ts';
import { createLink, type Link, type LiveLink } from './link.ts';
import { stateLostText } from './paneText.ts';
import { createSeatShell, type SeatShell } from './seatShell.ts';
import { createSlots } from './slots.ts';

/** Members that are being connected at a time: servers in between drop logins beyond their MaxStartups (10). */
const CONNECTING_AT_ONCE = 8;
/** Changes of links that come within so many ms are told as one. */
const TELL_EVERY_MS = 50;

export interface TargetsOptions {
  readonly dir: string;
  readonly plan: Plan;
  readonly runbook: Runbook;
  readonly clock: Clock;
  readonly secrets: RunSecrets;
  readonly connect: Connect;
  readonly resolve: (target: TargetName, address: Address) => Promise<Result<ConnectOptions>>;
  readonly files: () => NonNullable<HostOptions['files']>;
  readonly reconnectMs?: readonly number[];
  readonly values: () => Readonly<Record<string, string>>;
  readonly append: (bodies: readonly RecordBody[]) => Promise<Result<null>>;
  /** Input of the command that has the pane of a target now: it is followed, or is just being taken up again. */
  readonly running: (target: TargetName) => PaneInput | null;
  /** Whether a step has left its directory and variables on the host. */
  readonly carried: (target: TargetName) => boolean;
  /** Whether a command of the run goes on at the host although nobody follows it. */
  readonly adrift: (target: TargetName) => boolean;
  /** Whether a detached command that was sent to the host has no end on record. */
  readonly goesOn: (target: TargetName) => boolean;
  readonly onReached: (target: TargetName) => void;
  readonly onLinks: (links: readonly LinkState[]) => void;
  readonly onTrouble: (failure: Failure | null) => void;
}

export interface Targets {
  ensure(target: TargetName): Promise<Result<LiveLink>>;
  live(target: TargetName): LiveLink | null;
  state(target: TargetName): LinkState | null;
  replaceKey(target: TargetName, by: KeyReplacement): Promise<Result<null>>;
  trackShell(target: TargetName): Result<null>;
  /** Connects to what the run will need first: its own targets, and members on which something goes on. */
  connectAll(): void;
  /** Asks every open connection for a sign of life. */
  examine(timeoutMs: number): Promise<void>;
  pane(target: TargetName): Pane;
  /** The pane for a person who looks at it: from here on the target has a live shell. */
  watch(target: TargetName): Pane | null;
  address(target: TargetName): string;
  links(): readonly LinkState[];
  /** What had to wait for secrets goes on: detached commands are taken up, live shells opened. */
  secretsGiven(): void;
  /** A step has ended: typing in a live shell counts as a new deviation from here on. */
  stepEnded(): void;
  /** No command has the pane of the target any more: it is the live shell's again. */
  released(target: TargetName): void;
  readonly recordedBytes: number;
  /** `ended`: the run is over. Else what a detached command or the next step needs there stays on the hosts. */
  close(ended: boolean): Promise<void>;
}

interface Seat {
  readonly name: TargetName;
  readonly member: boolean;
  readonly link: Link;
  readonly pane: Pane;
  readonly shell: SeatShell;
  /** A live shell is wanted: always on a target of its own, on a member once somebody looks. */
  watched: boolean;
}

export function createTargets(options: TargetsOptions): Targets {
  const seats = new Map<TargetName, Seat>();
  const slots = createSlots(CONNECTING_AT_ONCE);
  let closing = false;
  let telling: NodeJS.Timeout | undefined;
  let toldAt = 0;
  for (const target of options.runbook.targets) {
    const members = target.group === true ? (options.plan.groups?.[target.name] ?? []) : [target.name];
    for (const name of members) addSeat(target, name);
  }

  function addSeat(target: Target, name: TargetName): void {
    const address = options.plan.targets[name];
    if (address !== undefined) seats.set(name, createSeat(target, name, address));
  }

  function createSeat(target: Target, name: TargetName, address: Address): Seat {
    const member = target.group === true;
    const pane = createPane(() => options.running(name) ?? shell.input());
    const taken = () => options.running(name) !== null;
    const link = createLink({
      // A member proves what its group declares.
      target: { ...target, name, title: member ? `${target.title} · ${name}` : target.title },
      address,
      resolve: (to) => options.resolve(name, to),
      connect: options.connect,
      runId: options.plan.runId,
      dir: options.dir,
      files: options.files,
      values: options.values,
      secrets: options.secrets,
      append: options.append,
      by: options.plan.operator.name,
      // When contact goes, a command that goes on over there is not known to be adrift yet.
      wanted: () => !member || seat.watched || options.adrift(name) || (options.goesOn(name) && taken()),
      carried: () => options.carried(name),
      ...(options.reconnectMs === undefined ? {} : { reconnectMs: options.reconnectMs }),
      onState: tellLinks,
      onLive: async (_live, stateLost) => {
        if (stateLost) pane.notice(stateLostText(name));
        options.onReached(name);
        if (seat.watched) await shell.open();
      },
      onLost: () => void shell.drop(),
    });
    const shell = createSeatShell({
      name,
      dir: options.dir,
      clock: options.clock,
      secrets: options.secrets,
      pane,
      live: () => (closing ? null : link.live),
      taken,
      append: options.append,
      onTrouble: options.onTrouble,
    });
    const seat: Seat = { name, member, link, pane, shell, watched: !member };
    return seat;
  }

  /** At once, and then not more often than people can see: a hundred hosts change state a few hundred times. */
  function tellLinks(): void {
    if (telling !== undefined) return;
    const wait = seats.size < 10 ? 0 : Math.max(0, toldAt + TELL_EVERY_MS - performance.now());
    const tell = () => {
      telling = undefined;
      toldAt = performance.now();
      options.onLinks(links());
    };
    if (wait === 0) tell();
    else telling = setTimeout(tell, wait);
  }

  function links(): readonly LinkState[] {
    return [...seats.values()].map((seat) => seat.link.state);
  }

  function unknown(target: TargetName): ReturnType<typeof fail> {
    return fail('not-found', `The plan has no address for ${target}.`);
  }

  return {
    async ensure(target) {
      const seat = seats.get(target);
      if (seat === undefined) return unknown(target);
      return seat.member && seat.link.live === null
        ? slots.use(() => seat.link.ensure())
        : seat.link.ensure();
    },
    live: (target) => seats.get(target)?.link.live ?? null,
    state: (target) => seats.get(target)?.link.state ?? null,
    async replaceKey(target, by) {
      return seats.get(target)?.link.replaceKey(by) ?? unknown(target);
    },
    secretsGiven() {
      for (const seat of seats.values()) {
        if (seat.link.live === null) continue;
        options.onReached(seat.name);
        if (seat.watched) void seat.shell.open();
      }
    },
    trackShell: (target) => seats.get(target)?.shell.track() ?? unknown(target),
    connectAll() {
      for (const seat of seats.values()) {
        const needed = !seat.member || options.adrift(seat.name);
        if (needed && seat.link.state.state === 'idle') void this.ensure(seat.name);
      }
    },
    async examine(timeoutMs) {
      await Promise.all([...seats.values()].map((seat) => seat.link.examine(timeoutMs)));
    },
    pane(target) {
      return seats.get(target)?.pane ?? createPane(() => null);
    },
    watch(target) {
      const seat = seats.get(target);
      if (seat === undefined) return null;
      if (!seat.watched) {
        seat.watched = true;
        void seat.shell.open();
      }
      return seat.pane;
    },
    address: (target) => {
      const address = options.plan.targets[target];
      return address === undefined ? '' : showAddress(address);
    },
    links,
    stepEnded() {
      for (const seat of seats.values()) seat.shell.stepEnded();
    },
    released(target) {
      seats.get(target)?.shell.released();
    },
    get recordedBytes() {
      return [...seats.values()].reduce((sum, seat) => sum + seat.shell.recordedBytes, 0);
    },
    async close(ended) {
      closing = true;
      await Promise.all(
        [...seats.values()].map(async (seat) => {
          await seat.shell.close();
          const needed = options.goesOn(seat.name) || options.carried(seat.name);
          await seat.link.close(ended || !needed);
        }),
      );
      clearTimeout(telling);
      telling = undefined;
      options.onLinks(links());
    },
  };
}
