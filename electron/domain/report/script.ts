/**
 * The annotated script of a ceremony: each step with who did it and when, as the journal has it, and the exceptions. It is
 * filled in from records alone, so a step that nobody did stays empty, as on paper.
 */
import type { JournalRecord } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';
import type { Role } from '../../contract/runbook.ts';
import { namesOperator, samePerson } from '../run/people.ts';
import type { StepView } from '../run/state.ts';
import { sawExpectationsHold } from '../run/turn.ts';
import { lineOf, type RunFold } from './fold.ts';
import { initialsOf } from './initials.ts';
import type {
  ReportEvent,
  ReportHead,
  ReportPerson,
  ReportScript,
  ScriptEntry,
  ScriptPerson,
} from './model.ts';
import { channelWords, choiceText } from './words.ts';

type Operator = ReportHead['operator'];
/** An entry before people have their initials. */
type Entry = Omit<ScriptEntry, 'initials'>;
interface Who {
  readonly name: string;
  readonly role: Role;
}

/** Null for a runbook without custodians and witnesses: then it is no ceremony. */
export function scriptOf(
  fold: RunFold,
  operator: Operator,
  people: readonly ReportPerson[],
  events: readonly ReportEvent[],
): ReportScript | null {
  const { runbook, steps } = fold.state;
  if (!runbook.roles.some((role) => role === 'custodian' || role === 'witness')) return null;
  const rows = steps.map((view) => ({
    view,
    entries: (fold.byStep.get(view.step.id) ?? [])
      .filter(isHand)
      .flatMap((record) => entriesOf(view, record, operator)),
  }));
  const took = tookPart(
    rows.flatMap(({ entries }) => entries),
    operator,
    people,
  );
  const find = (name: string | undefined) =>
    name === undefined ? undefined : took.find((person) => isPerson(person, name))?.initials;
  const signed = (entry: Entry): ScriptEntry => {
    const initials = find(entry.name);
    return initials === undefined ? entry : { ...entry, initials };
  };
  return {
    purpose: runbook.summary,
    people: took,
    phases: runbook.phases.map(({ title }, phase) => ({
      title,
      rows: rows
        .filter(({ view }) => view.phase === phase)
        .map(({ view, entries }) => ({
          number: view.index + 1,
          id: view.step.id,
          kind: view.step.kind,
          title: view.step.title,
          state: view.status.state,
          entries: entries.map(signed),
        })),
    })),
    exceptions: events
      .filter((event) => isException(event, fold.records[event.line - 1]))
      .map((event) => {
        const hand = rows.flatMap(({ entries }) => entries).find(({ line }) => line === event.line);
        const initials = find(event.by ?? hand?.name);
        return initials === undefined ? event : { ...event, initials };
      }),
  };
}

/** Records of somebody who did something at a step. */
const HANDS = [
  'step.result',
  'custodian.turn',
  'attest',
  'decision',
  'hold.pass',
  'notify',
  'measure',
  'wait.end',
  'step.skip',
  'step.override',
  'step.retry',
] as const;
type HandRecord = Extract<JournalRecord, { readonly type: (typeof HANDS)[number] }>;

function isHand(record: JournalRecord): record is HandRecord {
  return HANDS.some((type) => type === record.type);
}

/** What one record says about who did something at this step. */
function entriesOf(view: StepView, record: HandRecord, operator: Operator): readonly Entry[] {
  const entry = (who: Who | undefined, said: string, ok: boolean): readonly Entry[] => [
    { at: record.t, line: lineOf(record), said, ok, ...who },
  ];
  const desk: Who = { name: operator.name, role: 'operator' };
  switch (record.type) {
    case 'step.result': {
      const { state } = record.d;
      // The fold is asked whether it holds: a record alone passes nothing.
      if (state === 'passed')
        return view.status.state === 'passed' ? entry(desk, passedWords(view), true) : [];
      return entry(desk, state === 'failed' ? 'failed' : 'outcome unknown', false);
    }
    case 'custodian.turn': {
      const attempt = view.attempts.find(({ n }) => n === record.d.attempt);
      if (attempt?.custodian === undefined) return [];
      const done = record.d.state === 'passed' && sawExpectationsHold(attempt);
      const who: Who = { name: attempt.custodian, role: 'custodian' };
      return entry(who, done ? 'passed' : turnWords[record.d.state], done);
    }
    case 'attest':
      return entry(
        { name: record.d.by, role: record.d.role },
        record.d.ok ? 'attested' : 'attested a value outside its limits',
        record.d.ok,
      );
    case 'decision':
      return entry(
        { name: record.d.by, role: view.step.kind === 'decide' ? view.step.by : 'operator' },
        `chose ${choiceText(view.step, record.d.choice)}`,
        true,
      );
    case 'hold.pass':
      return record.d.signers.flatMap(({ name, role, basis }) =>
        entry({ name, role }, basis === 'signed' ? 'passed, signed with their key' : 'passed', true),
      );
    case 'notify':
      return entry(
        { name: record.d.by, role: record.d.role },
        `sent by ${channelWords[record.d.channel]}`,
        true,
      );
    case 'measure':
      return entry(desk, record.d.ok ? 'within its limit' : 'outside its limit', record.d.ok);
    case 'wait.end':
      return entry(undefined, 'the time was over', true);
    case 'step.skip':
      return entry({ name: record.d.by, role: 'operator' }, 'skipped', false);
    case 'step.override':
      return entry({ name: record.d.by, role: 'operator' }, 'accepted as it was', false);
    case 'step.retry':
      return entry({ name: record.d.by, role: 'operator' }, 'begun again', false);
    default:
      return assertNever(record);
  }
}

const turnWords = {
  passed: 'did not pass',
  failed: 'did not pass',
  unknown: 'ended without an outcome that is known',
} as const;

function passedWords({ step }: StepView): string {
  return step.kind === 'custodians' ? 'seen by the probe: enough have passed' : 'passed';
}

/** Everybody who has an entry, the operator first, then in the order in which they came. */
function tookPart(
  entries: readonly Entry[],
  operator: Operator,
  known: readonly ReportPerson[],
): readonly ScriptPerson[] {
  const all: { name: string; roles: Role[] }[] = [{ name: operator.name, roles: ['operator'] }];
  for (const { name, role } of entries) {
    if (name === undefined || role === undefined) continue;
    const person = namesOperator(name, operator) ? all[0] : all.find((one) => samePerson(one.name, name));
    if (person === undefined) all.push({ name, roles: [role] });
    else if (!person.roles.includes(role)) person.roles.push(role);
  }
  const initials = initialsOf(all.map(({ name }) => name));
  return all.map(({ name, roles }, index) => {
    const own = known.filter((person) => person.part !== 'approver' && samePerson(person.name, name));
    const signature = own.find(({ basis }) => basis === 'signed');
    return {
      name,
      roles,
      initials: initials[index] ?? '?',
      basis: signature?.basis ?? (index === 0 ? 'desk' : 'named'),
      ...(signature?.fingerprint === undefined ? {} : { fingerprint: signature.fingerprint }),
    };
  });
}

function isPerson(person: ScriptPerson, name: string): boolean {
  return samePerson(person.name, name);
}

/** What does not go as written, and what people have noted. A message that was sent has its own step. */
function isException(event: ReportEvent, record: JournalRecord | undefined): boolean {
  if (event.kind === 'note') return record?.type !== 'notify';
  return event.kind !== 'anchor' && event.kind !== 'host-key';
}
