/** The tables of the report: change record, facts of its kind, people, hosts, what happened besides the plan. */
import { assertNever } from '../../contract/result.ts';
import { code, line, own, proofs, prose } from './htmlText.ts';
import type { ChangeQuestion, Report, ReportEvent, ReportPerson, ReportTarget } from './model.ts';
import { blockRows } from './blockRows.ts';
import { pinText } from './targets.ts';
import { basisWords, count, eventWords, plural, questionWords, utc } from './words.ts';

const QUESTION_LOOK: Readonly<Record<ChangeQuestion['state'], string>> = {
  yes: 'is-pass',
  partly: 'is-hold',
  no: 'is-fail',
  'not-recorded': 'dim',
};

/** The questions of three frameworks, each with answer and proof. */
export function changeRecord({ changeRecord: questions }: Report): string {
  let framework = '';
  const rows = questions.map((one) => {
    const name = `${one.framework} ${one.clause}`;
    const group = name === framework ? '' : `<tr class="group"><td colspan="3">${own(name)}</td></tr>`;
    framework = name;
    return `${group}<tr><td>${own(one.question)}</td><td class="state ${QUESTION_LOOK[one.state]}">${own(questionWords[one.state])}</td><td>${prose(one.answer)}<br>${proofs(one.proof)}</td></tr>`;
  });
  return `<section><h2 class="new-page">Change record</h2><p class="lead">What auditors ask about a change, answered from this run. The questions are put in our own words; your compliance owner decides what satisfies a clause.</p><table><tbody>${rows.join('')}</tbody></table></section>`;
}

/** Facts of the kind of change; nothing when the kind has none. */
export function kindSection(report: Report): string {
  const rows = blockRows(report);
  if (rows.length === 0) return '';
  const body = rows.map(([name, value]) => `<dt>${own(name)}</dt><dd>${prose(value)}</dd>`).join('');
  return `<section><h2>Facts of this ${own(KIND_TITLES[report.block?.kind ?? 'upgrade'])}</h2><dl class="facts">${body}</dl></section>`;
}

const KIND_TITLES = {
  keyRotation: 'key rotation',
  drTest: 'recovery test',
  upgrade: 'upgrade',
  rollback: 'rollback',
} as const;

export function people({ people: all }: Report): string {
  return `<section><h2>People</h2><table><thead><tr><th>Part</th><th>Name</th><th>On what it rests</th><th>When</th></tr></thead><tbody>${all.map(personRow).join('')}</tbody></table></section>`;
}

function personRow(person: ReportPerson): string {
  const principal =
    person.principal === undefined || person.principal === person.name
      ? ''
      : `<br><span class="dim">${line(person.principal)}</span>`;
  const key = person.fingerprint === undefined ? '' : `<br>${code(person.fingerprint)}`;
  const note = person.note === undefined ? '' : `<br><span class="dim">${prose(person.note)}</span>`;
  const look = person.basis === 'signed' ? '' : ' class="is-hold"';
  const at = person.at === undefined ? '' : utc(person.at);
  return `<tr><td>${line(person.what)}</td><td>${line(person.name)}${principal}</td><td><span${look}>${own(basisWords[person.basis])}</span>${key}${note}<br>${proofs(person.proof)}</td><td class="num">${own(at)}</td></tr>`;
}

export function hosts({ targets }: Report): string {
  return `<section><h2>Hosts</h2><table><thead><tr><th>Host</th><th>Host key</th><th>Made sure that it is the right one</th></tr></thead><tbody>${targets.map(hostRow).join('')}</tbody></table></section>`;
}

function hostRow(target: ReportTarget): string {
  const keys = target.hostKeys.map(
    (one) =>
      `${code(one.key)}<br><span class="dim">${own(pinText(one.pin))}</span> ${proofs([{ file: 'journal.jsonl', line: one.line }])}`,
  );
  const via =
    target.via.length === 0 ? '' : `<br><span class="dim">via</span> ${target.via.map(code).join(', ')}`;
  const legacy =
    target.legacy === undefined
      ? ''
      : `<br><span class="is-hold">Old algorithms allowed:</span> ${prose(target.legacy)}`;
  const server =
    target.server === undefined
      ? ''
      : `<br><span class="dim">${line(target.server)}, ${own(plural(target.connections, 'connection'))}</span>`;
  return `<tr><td>${line(target.title)}<br>${code(target.address)}${via}${server}${legacy}</td><td>${keys.length === 0 ? '<span class="dim">never connected</span>' : keys.join('<br>')}</td><td>${identity(target)}</td></tr>`;
}

function identity({ identity: seen, clock }: ReportTarget): string {
  const offset =
    clock === undefined
      ? ''
      : `<br><span class="dim">its clock was ${String(clock.offsetMs)} ms off ours</span> ${proofs([{ file: 'journal.jsonl', line: clock.line }])}`;
  if (seen === undefined) return `<span class="dim">nothing was declared or checked</span>${offset}`;
  const held = seen.checks.filter((check) => check.ok).length;
  const look = seen.ok ? 'is-pass' : 'is-fail';
  const list = seen.checks.map(
    (check) => `<li>${check.ok ? '✓' : '✗'} ${line(check.name)}: ${line(check.actual)}</li>`,
  );
  return `<span class="state ${look}">${own(`${count(held)} of ${plural(seen.checks.length, 'check')} held`)}</span> ${proofs([{ file: 'journal.jsonl', line: seen.line }])}<ul class="plain dim">${list.join('')}</ul>${offset}`;
}

/** Everything that was not simply a step that passed. */
export function events({ events: all, sealNotes }: Report): string {
  const rows = all.map(
    (event) =>
      `<tr><td class="num">${own(utc(event.at))}</td><td class="state ${eventLook(event)}">${own(eventWords[event.kind])}</td><td>${eventText(event)} ${proofs([{ file: 'journal.jsonl', line: event.line }])}</td></tr>`,
  );
  const notes = sealNotes.map(
    (note) =>
      `<tr><td>at the seal</td><td class="state ${note.kind === 'secret-given-again' ? 'is-hold' : 'is-fail'}">${line(note.kind)}</td><td>${line(note.message)} <span class="proof">${line(note.file)}</span></td></tr>`,
  );
  const body = [...rows, ...notes];
  const lead =
    'Failures, decisions of people, deviations, lost contact and whatever else was not simply a step that passed.';
  if (body.length === 0)
    return `<section><h2>What happened besides</h2><p class="lead">${lead} There was nothing.</p></section>`;
  return `<section><h2>What happened besides</h2><p class="lead">${lead}</p><table><tbody>${body.join('')}</tbody></table></section>`;
}

function eventText(event: ReportEvent): string {
  const step =
    event.step === undefined ? '' : `<a href="#s${String(event.step)}">Step ${String(event.step)}</a>: `;
  return `${step}${eventBody(event)}`;
}

/** An event without the step it belongs to. */
export function eventBody(event: ReportEvent): string {
  const by = event.by === undefined ? '' : ` <span class="dim">by ${line(event.by)}</span>`;
  const reason =
    event.reason === undefined ? '' : `<br><span class="dim">Reason:</span> ${prose(event.reason)}`;
  return `${prose(event.text)}${by}${reason}`;
}

export function eventLook({ kind }: ReportEvent): string {
  switch (kind) {
    case 'failure':
    case 'lost':
      return 'is-fail';
    case 'unknown':
    case 'recovered':
    case 'gap':
      return 'is-unknown';
    case 'override':
    case 'skip':
    case 'deviation':
    case 'retry':
    case 'stop':
    case 'rollback':
    case 'signal':
    case 'redaction':
      return 'is-hold';
    case 'note':
    case 'continue':
    case 'clock':
    case 'host-key':
    case 'anchor':
      return 'dim';
    default:
      return assertNever(kind);
  }
}

export function parameters({ head }: Report): string {
  if (head.parameters.length === 0) return '';
  const rows = head.parameters.map(
    (one) => `<tr><td>${line(one.title)}</td><td>${code(one.name)}</td><td>${code(one.value)}</td></tr>`,
  );
  return `<section><h2>Parameters of the plan</h2><table><tbody>${rows.join('')}</tbody></table></section>`;
}
