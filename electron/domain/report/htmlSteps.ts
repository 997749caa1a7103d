/** Phases and steps of the report, attempt by attempt. Recorded output is text and nothing else. */
import type { Purpose } from '../run/state.ts';
import { eventBody, eventLook } from './htmlSections.ts';
import { code, commandBlock, line, outputBlock, own, proofs, prose, stateClass } from './htmlText.ts';
import type { OutputPreview, Report, ReportAttempt, ReportPhase, ReportStep } from './model.ts';
import { shownOutput } from './safeText.ts';
import { basisWords, kindWords, plural, span, stateSigns, stateWords, utc, utcTime } from './words.ts';

export function steps({ phases }: Report): string {
  return `<section><h2 class="new-page">Steps</h2>${phases.map(phaseOf).join('\n')}</section>`;
}

const purposeWords: Readonly<Record<Purpose, string>> = {
  run: 'Attempt',
  observe: 'Attempt',
  probe: 'Probe',
  'dry-run': 'Dry run',
  custodian: 'Turn',
};

function phaseOf(phase: ReportPhase): string {
  const took = phase.tookMs === undefined ? 'not reached' : span(phase.tookMs);
  const planned = phase.plannedMs === undefined ? '' : ` of ${span(phase.plannedMs)} planned`;
  return `<h3 class="phase"><span>${line(phase.title)}</span><span class="dim num">${own(took + planned)}</span></h3>${phase.steps.map(stepOf).join('\n')}`;
}

function stepOf(step: ReportStep): string {
  const meta = [
    own(kindWords[step.kind]),
    ...(step.on === undefined ? [] : [`on ${line(step.on)}`]),
    ...(step.risk === 'read' ? [] : [own(step.risk)]),
    ...(step.turnAt === undefined ? [] : [`<span class="num">${utcTime(step.turnAt)}</span>`]),
    ...(step.tookMs === undefined ? [] : [own(timeText(step))]),
    proofs(step.proof),
  ].filter((part) => part !== '');
  return [
    `<article class="step" id="s${String(step.number)}"><div class="step-head"><span class="n">${String(step.number)}</span><h4>${line(step.title)}</h4><span class="state ${stateClass(step.state)}">${stateSigns[step.state]} ${own(stateWords[step.state])}</span></div>`,
    `<div class="step-body"><p class="meta">${meta.join(' · ')}</p>`,
    step.state === 'waiting' ? '' : `<p class="why">${prose(step.outcome)}${reasonOf(step)}</p>`,
    ...step.signers.map(
      (person) =>
        `<p class="why">◆ ${line(person.name)} <span class="dim">${own(person.what.split(' of ')[0] ?? '')}, ${own(basisWords[person.basis])}</span>${person.fingerprint === undefined ? '' : ` ${code(person.fingerprint)}`} ${proofs(person.proof)}</p>`,
    ),
    ...step.events.map(
      (event) =>
        `<div class="event${eventLook(event) === 'is-fail' ? ' bad' : ''}"><span class="dim num">${own(utc(event.at))}</span> ${eventBody(event)} ${proofs([{ file: 'journal.jsonl', line: event.line }])}</div>`,
    ),
    memberTable(step),
    ...step.attempts.map((attempt) => attemptOf(step, attempt)),
    captureTable(step),
    '</div></article>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function timeText(step: ReportStep): string {
  const planned = step.plannedMs === undefined ? '' : ` of ${span(step.plannedMs)} planned`;
  const worked =
    step.workedMs === undefined || step.tookMs === undefined || step.tookMs - step.workedMs < 1000
      ? ''
      : `, ${span(step.workedMs)} of it at work`;
  return `${span(step.tookMs ?? 0)}${planned}${worked}`;
}

function reasonOf(step: ReportStep): string {
  return step.reason === undefined ? '' : ` <span class="dim">Reason:</span> ${prose(step.reason)}`;
}

function memberTable({ members }: ReportStep): string {
  if (members.length === 0) return '';
  const rows = members.map(
    (member) =>
      `<tr><td></td><td>${line(member.target)}</td><td>${own(member.state)}</td><td>${member.reason === undefined ? '' : prose(member.reason)}</td></tr>`,
  );
  return `<table class="checks"><tbody>${rows.join('')}</tbody></table>`;
}

function attemptOf(step: ReportStep, attempt: ReportAttempt): string {
  const many = step.attempts.length > 1;
  const purpose = purposeWords[attempt.purpose];
  const meta = [
    ...(many ? [`<b>${purpose} ${String(attempt.n)}</b>`] : []),
    ...(attempt.group === undefined ? [] : [`on ${line(attempt.target)}`]),
    ...(many ? [`<span class="num">${utcTime(attempt.startedAt)}</span>`] : []),
    attempt.end === undefined ? 'no end on record' : prose(attempt.end),
    ...(attempt.ms === undefined ? [] : [own(span(attempt.ms))]),
    ...(attempt.tries > 1 ? [own(plural(attempt.tries, 'probe'))] : []),
    ...(attempt.observed ? ['only observed: this host cannot prove how commands end'] : []),
    ...(attempt.fed.length === 0 ? [] : [`secrets on standard input: ${attempt.fed.map(line).join(', ')}`]),
    proofs(attempt.proof),
  ];
  const { command } = attempt;
  return [
    `<div class="attempt"><p class="meta">${meta.join(' · ')}</p>`,
    command.text === undefined
      ? `<p class="cut">${code(command.file)} sha256 ${code(command.sha256)}</p>`
      : commandBlock(command.text),
    attempt.transfer === undefined ? '' : `<p class="why">${prose(attempt.transfer)}</p>`,
    checkTable(attempt),
    attempt.withheld
      ? '<p class="cut">Withheld: the runbook says that nothing of what comes back is kept.</p>'
      : attempt.outputs.map(outputOf).join('\n'),
    '</div>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function checkTable({ checks }: ReportAttempt): string {
  if (checks.length === 0) return '';
  const rows = checks.map(
    (check) =>
      `<tr><td class="${check.ok ? 'is-pass' : 'is-fail'}">${check.ok ? '✓' : '✗'}</td><td>${line(check.name)}</td><td>${prose(check.expected)}</td><td>${prose(check.actual)}</td></tr>`,
  );
  return `<table class="checks"><thead><tr><th></th><th>Check</th><th>Expected</th><th>Seen</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function outputOf(preview: OutputPreview): string {
  const shown = shownOutput(preview);
  const note = shown.note === undefined ? '' : `<p class="cut">${line(shown.note)}</p>`;
  const tail = shown.tail === undefined ? '' : outputBlock(shown.tail);
  return `<details open><summary>${code(shown.path)}</summary>${outputBlock(shown.head)}${note}${tail}</details>`;
}

function captureTable({ captures }: ReportStep): string {
  if (captures.length === 0) return '';
  const rows = captures.map(
    (one) =>
      `<tr><td></td><td>${code(one.name)}</td><td>${prose(one.value)}</td><td>${proofs([{ file: 'journal.jsonl', line: one.line }])}</td></tr>`,
  );
  return `<table class="checks"><thead><tr><th></th><th>Recorded value</th><th></th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}
