/** Small runbooks and a run that is played without a host: decisions and facts in, a chained journal out. */
import { createHash } from 'node:crypto';
import type { Intent } from '../../../../electron/contract/intents.ts';
import { type JournalRecord, RecordBody } from '../../../../electron/contract/records.ts';
import type { Result } from '../../../../electron/contract/result.ts';
import type { RerunPolicy, Role, Runbook } from '../../../../electron/contract/runbook.ts';
import type {
  AttestInput,
  FanOut,
  RunStep,
  Step,
  TransferStep,
} from '../../../../electron/contract/steps.ts';
import type { Json } from '../../../../electron/domain/evidence/jcs.ts';
import { chainLine, GENESIS, START } from '../../../../electron/domain/evidence/chain.ts';
import type { PreparedCommand } from '../../../../electron/domain/run/commands.ts';
import { type EvaluateWhen, settle } from '../../../../electron/domain/run/settle.ts';
import { apply, evolve, initialState } from '../../../../electron/domain/run/evolve.ts';
import type { RunState, StepView } from '../../../../electron/domain/run/state.ts';

export const OPERATOR = 'Alice Meyer';
export const SHA = 'a'.repeat(64) as JournalRecord['_prev'];

const hash = (text: string) => createHash('sha256').update(text).digest('hex') as JournalRecord['_prev'];
const text = (source: string) => ({ source, parts: [{ kind: 'text' as const, text: source }] });
export const exitZero = { on: 'exit', label: 'exit', codes: [0] } as const;

function common(id: string, when?: string) {
  return {
    id: id as Step['id'],
    title: `Step ${id}`,
    risk: 'reversible' as const,
    ...(when === undefined ? {} : { when }),
  };
}

export interface RunOptions {
  readonly rerun?: RerunPolicy;
  readonly probe?: boolean;
  readonly twin?: boolean;
  readonly when?: string;
  readonly confirm?: string;
  readonly on?: string;
  readonly mode?: RunStep['mode'];
  readonly fanOut?: FanOut;
}

export function runStep(id: string, options: RunOptions = {}): RunStep {
  const on = (options.on ?? 'ops') as RunStep['on'];
  return {
    ...common(id, options.when),
    kind: 'run',
    on,
    run: text('true'),
    mode: options.mode ?? 'exec',
    ...(options.fanOut === undefined ? {} : { fanOut: options.fanOut }),
    expect: [exitZero],
    timeoutMs: 1000,
    rerun: options.rerun ?? 'safe',
    ...(options.probe === true
      ? { probe: { on, run: text('true'), expect: [exitZero], timeoutMs: 1000 } }
      : {}),
    capture: [],
    ...(options.twin === true ? { dryRun: { run: text('true'), expect: [exitZero], timeoutMs: 1000 } } : {}),
    ...(options.confirm === undefined ? {} : { confirm: text(options.confirm) }),
  };
}

/** A step on the group `web`: one after the other, unless it says otherwise. */
export function groupStep(id: string, fanOut: Partial<FanOut> = {}, options: RunOptions = {}): RunStep {
  return runStep(id, {
    on: 'web',
    ...options,
    fanOut: { order: 'serial', limit: 1, onFailure: 'stop', ...fanOut },
  });
}

export function transferStep(id: string, direction: 'fetch' | 'put' = 'fetch'): TransferStep {
  return {
    ...common(id),
    kind: 'transfer',
    on: 'ops' as RunStep['on'],
    direction,
    path: text('/etc/app.conf'),
    ...(direction === 'put' ? { from: text('/media/app.conf') } : {}),
    maxBytes: 1024,
    timeoutMs: 1000,
    rerun: 'safe',
  };
}

export function observeStep(id: string): Step {
  return {
    ...common(id),
    kind: 'observe',
    on: 'ops' as RunStep['on'],
    run: text('true'),
    expect: [exitZero],
    every: text('10ms'),
    for: text('100ms'),
    times: 1,
    timeoutMs: 100,
    capture: [],
  };
}

export function waitStep(id: string, time = '3s'): Step {
  return { ...common(id), kind: 'wait', for: [text(time)] };
}

export function notifyStep(id: string): Step {
  return {
    ...common(id),
    kind: 'notify',
    by: 'operator',
    channel: 'email',
    to: text('desk@example.com'),
    body: text('It begins.'),
  };
}

/** Two of three. */
export function custodiansStep(id: string): Step {
  const on = 'ops' as RunStep['on'];
  return {
    ...common(id),
    kind: 'custodians',
    on,
    run: text('rekey'),
    expect: [exitZero],
    timeoutMs: 1000,
    needs: 2,
    of: 3,
    probe: { on, run: text('true'), expect: [exitZero], timeoutMs: 1000 },
  };
}

export function attestStep(id: string, input: AttestInput, more: { by?: Role; capture?: string } = {}): Step {
  return {
    ...common(id),
    kind: 'attest',
    by: more.by ?? 'operator',
    input,
    ...(more.capture === undefined
      ? {}
      : { capture: more.capture as NonNullable<Extract<Step, { kind: 'attest' }>['capture']> }),
  };
}

export function decideStep(id: string): Step {
  return {
    ...common(id),
    kind: 'decide',
    by: 'operator',
    question: 'Which way?',
    options: [
      { id: 'left', title: 'Left', reason: false },
      { id: 'right', title: 'Right', reason: true },
    ],
    capture: 'way' as Extract<Step, { kind: 'decide' }>['capture'],
  };
}

export function holdStep(
  id: string,
  hold: 'go' | 'verify' | 'point-of-no-return' = 'go',
  signers: readonly Role[] = ['operator', 'verifier', 'owner'],
): Step {
  return { ...common(id), kind: 'hold', hold, signers };
}

export function bookOf(steps: readonly Step[], identity = false): Runbook {
  return {
    format: 1,
    id: 'book' as Runbook['id'],
    title: 'Book',
    version: '1.0.0',
    kind: 'maintenance',
    service: 'test',
    summary: 'test',
    objectives: {},
    rollback: 'book-back' as Runbook['id'],
    roles: ['operator'],
    abort: [],
    variants: [],
    targets: [
      {
        name: 'ops' as RunStep['on'],
        title: 'Ops',
        identity: identity ? [{ title: 'name', run: text('hostname'), expect: [exitZero] }] : [],
      },
      ...(steps.some((step) => 'on' in step && step.on === 'web')
        ? [
            {
              name: 'web' as RunStep['on'],
              title: 'Web servers',
              group: true as const,
              identity: identity ? [{ title: 'name', run: text('hostname'), expect: [exitZero] }] : [],
            },
          ]
        : []),
    ],
    parameters: [],
    phases: [{ id: 'one' as Runbook['phases'][number]['id'], title: 'One', steps }],
  };
}

export const prepared = (
  purpose: PreparedCommand['purpose'],
  n: number,
  confirm?: string,
): PreparedCommand => ({
  purpose,
  command: { file: `outputs/${String(n)}.cmd`, bytes: 4, sha256: SHA },
  wire: { file: `outputs/${String(n)}.wire`, bytes: 4, sha256: SHA },
  recording: `recordings/${String(n)}.cast`,
  output: `outputs/${String(n)}.out`,
  ...(confirm === undefined ? {} : { confirm }),
});

/** `when: yes|no|broken` for tests: no expression language is needed to test what follows from its answer. */
export const when: EvaluateWhen = (expression) =>
  expression === 'broken'
    ? { ok: false, error: 'it cannot be told' }
    : { ok: true, value: expression !== 'no' };

/** A run in memory: every record is chained, folded at once and checked to be one that can be read back. */
export class Play {
  readonly runbook: Runbook;
  readonly records: JournalRecord[] = [];
  state: RunState;
  #at = START;

  constructor(runbook: Runbook) {
    this.runbook = runbook;
    this.state = initialState(runbook);
  }

  /** Appends records and those that follow by themselves. */
  append(bodies: readonly RecordBody[]): void {
    let ahead = this.state;
    for (const body of bodies) ahead = apply(ahead, body, this.now);
    for (const body of [...bodies, ...settle(ahead, when)]) this.add(body);
  }

  add(body: RecordBody): void {
    RecordBody.parse(body);
    const t = this.now;
    const mono = this.records.length * 1_000_000;
    const made = chainLine(this.#at, { type: body.type, d: body.d as Json, mono, t }, hash);
    const record = { ...body, _prev: this.#at.head, _seq: this.#at.seq, mono, t };
    this.#at = made.next;
    this.records.push(record);
    this.state = evolve(this.state, record);
  }

  /** Time of the next record: one a second. */
  get now(): JournalRecord['t'] {
    return new Date(Date.UTC(2026, 10, 21, 2, 0, this.records.length)).toISOString() as JournalRecord['t'];
  }

  get head(): JournalRecord['_prev'] {
    return this.#at.head;
  }

  /** `members`: of the group `web`. */
  start(members: readonly string[] = []): this {
    this.append([
      {
        type: 'run.start',
        d: {
          runId: '20261121T020311Z-4f2a9c' as NonNullable<RunState['runId']>,
          planSha256: SHA,
          runbook: { id: this.runbook.id, version: '1.0.0', sha256: SHA },
          rehearsal: false,
          app: { version: '0', build: 'test' },
          device: { id: 'ws@device', keyProtection: 'file', boot: 'b' },
          operator: { name: OPERATOR, principal: 'alice@example.com' },
          ledger: { seq: 0, head: GENESIS },
          ...(members.length === 0
            ? {}
            : { groups: Object.fromEntries([['web', [...members] as RunStep['on'][]]]) }),
        },
      },
    ]);
    return this;
  }

  connect(target = 'ops', shell: 'bash' | 'sh' | 'none' = 'bash'): this {
    this.append([
      {
        type: 'host.connect',
        d: {
          target: target as RunStep['on'],
          address: `ops@${target}:22`,
          hostKey: { type: 'ssh-ed25519', fingerprint: 'SHA256:x' },
          pin: 'known',
          auth: 'publickey',
          kex: 'k',
          cipher: 'c',
          shell,
          server: 'SSH-2.0-x',
        },
      },
    ]);
    return this;
  }

  view(id: string): StepView {
    const view = this.state.steps.find((candidate) => candidate.step.id === id);
    if (view === undefined) throw new Error(`no step ${id}`);
    return view;
  }

  status(id: string): string {
    return this.state.steps.find((view) => view.step.id === id)?.status.state ?? 'none';
  }
}

export function intentOf(value: Record<string, unknown>): Intent {
  return value as unknown as Intent;
}

export function refusal(result: Result<unknown>): string {
  if (result.ok) throw new Error('expected a refusal');
  return `${result.error.code}: ${result.error.message}`;
}
