/**
 * The report as Markdown for a ticket (GitHub flavour). Nothing that somebody else wrote can become markup: text is
 * escaped character by character, code stands in fences longer than any run of backticks in it, and there is no HTML.
 */
import { ownAttempt } from '../run/turn.ts';
import { blockRows } from './blockRows.ts';
import type { OutputPreview, Report, ReportAttempt, ReportEvent, ReportStep } from './model.ts';
import { mdScript } from './mdScript.ts';
import { mdBlock, mdCode, mdText, row, table } from './mdText.ts';
import { shownOutput } from './safeText.ts';
import { timelineText } from './timelineSvg.ts';
import {
  basisWords,
  count,
  eventWords,
  kindWords,
  plural,
  proofText,
  questionWords,
  resultText,
  span,
  stateSigns,
  stateWords,
  utc,
} from './words.ts';

/** Lines of an output that are quoted in a ticket. */
const TICKET_LINES = 20;

export function renderMarkdown(report: Report): string {
  return `${[
    ...head(report),
    ...verification(report),
    ...changeRecord(report),
    ...kindBlock(report),
    ...people(report),
    ...mdScript(report.script),
    ...events(report),
    ...phases(report),
  ].join('\n')}\n`;
}

function head({ head: h, counts, targets, timeline }: Report): readonly string[] {
  const when =
    h.startedAt === undefined
      ? 'not started'
      : `${utc(h.startedAt)} to ${h.endedAt === undefined ? 'not ended' : utc(h.endedAt)}${
          h.durationMs === undefined ? '' : `, ${span(h.durationMs)}`
        }${h.plannedMs === undefined ? '' : ` (planned ${span(h.plannedMs)})`}`;
  return [
    `# ${h.rehearsal ? 'REHEARSAL: ' : ''}${mdText(h.title)}`,
    '',
    `**${resultText(h.result)}**${h.reason === undefined ? '' : ` (${mdText(h.reason)})`} · ${count(counts.done)} of ${plural(counts.steps, 'step')} done · ${count(counts.checksHeld)} of ${plural(counts.checks, 'check')} held · ${count(counts.failed)} failed · ${count(counts.skipped)} skipped · ${count(counts.overridden)} overridden · ${plural(counts.deviations, 'deviation')}`,
    '',
    ...table(
      ['', ''],
      [
        row('Run', mdCode(h.runId)),
        row('Runbook', `${mdCode(h.runbook.id)} ${mdText(h.runbook.version)}`),
        row('Operator', `${mdText(h.operator.name)} (${mdCode(h.operator.principal)})`),
        row('Ticket', mdText(h.ticket)),
        row('Reason', mdText(h.changeReason)),
        row('When', when),
        row(
          'Where',
          targets.map((target) => `${mdText(target.title)} (${mdCode(target.address)})`).join(', '),
        ),
      ],
    ),
    ...(timeline === null ? [] : [mdText(timelineText(timeline)), '']),
  ];
}

function verification({ verification: v, unverified }: Report): readonly string[] {
  if (v === null) {
    return [
      '## How it was verified',
      '',
      `**Not verified.** ${mdText(unverified ?? 'The run is not sealed')}`,
      '',
    ];
  }
  const { verdict, bundle, signatures, timestamp } = v;
  const level = (name: string, state: string, rests: readonly string[]) =>
    row(name, `**${state}**`, rests.map(mdText).join('; '));
  return [
    '## How it was verified',
    '',
    ...table(
      ['Level', '', 'Rests on'],
      [
        level('L1 intact and attributed', verdict.l1, verdict.rests.l1),
        level('L2 consistent', verdict.l2, verdict.rests.l2),
        level('L3 externally witnessed', verdict.l3, verdict.rests.l3),
      ],
    ),
    ...signatures.map((one) => `- ${mdText(one.role)}: ${mdCode(one.principal)} ${mdCode(one.fingerprint)}`),
    ...(timestamp === undefined
      ? []
      : [`- timestamp: ${mdText(timestamp.at)} by ${mdText(timestamp.authority)}`]),
    ...(bundle === undefined ? [] : [`- bundle ${mdCode(bundle.name)}, SHA-256 ${mdCode(bundle.sha256)}`]),
    ...verdict.findings.map(
      (finding) =>
        `- **${mdText(finding.level)}** ${mdCode(finding.id)} ${mdCode(finding.place)}: ${mdText(finding.message)}`,
    ),
    '',
  ];
}

function changeRecord({ changeRecord: questions }: Report): readonly string[] {
  const rows = questions.map((one) =>
    row(
      mdText(`${one.framework} ${one.clause}`),
      mdText(one.question),
      questionWords[one.state],
      mdText(one.answer),
      [...new Set(one.proof.map(proofText))].map(mdCode).join(' '),
    ),
  );
  return ['## Change record', '', ...table(['Clause', 'Question', '', 'Answer', 'Proven in'], rows)];
}

function kindBlock(report: Report): readonly string[] {
  const rows = blockRows(report).map(([name, value]) => row(mdText(name), mdText(value)));
  return rows.length === 0 ? [] : ['## Facts', '', ...table(['', ''], rows)];
}

function people({ people: all }: Report): readonly string[] {
  const rows = all.map((person) =>
    row(
      mdText(person.what),
      mdText(person.name),
      basisWords[person.basis],
      person.fingerprint === undefined ? '' : mdCode(person.fingerprint),
      person.at === undefined ? '' : utc(person.at),
    ),
  );
  return ['## People', '', ...table(['Part', 'Name', 'Basis', 'Key', 'When'], rows)];
}

function events({ events: all, sealNotes }: Report): readonly string[] {
  const told = all.map((event) =>
    row(
      utc(event.at),
      event.step === undefined ? '' : String(event.step),
      eventWords[event.kind],
      eventText(event),
    ),
  );
  const notes = sealNotes.map((note) =>
    row('at the seal', '', mdText(note.kind), `${mdText(note.message)} (${mdCode(note.file)})`),
  );
  const rows = [...told, ...notes];
  return rows.length === 0
    ? ['## What happened besides', '', 'Nothing.', '']
    : ['## What happened besides', '', ...table(['When', 'Step', '', 'What'], rows)];
}

function eventText(event: ReportEvent): string {
  const by = event.by === undefined ? '' : ` by ${mdText(event.by)}`;
  const reason = event.reason === undefined ? '' : `; reason: ${mdText(event.reason)}`;
  return `${mdText(event.text)}${by}${reason} (${mdCode(`journal.jsonl:${String(event.line)}`)})`;
}

function phases({ phases: all }: Report): readonly string[] {
  return [
    '## Steps',
    '',
    ...all.flatMap((phase) => [
      `### ${mdText(phase.title)}`,
      '',
      ...table(['', 'Step', 'Kind', 'State', 'Took', 'Planned', 'Proven in'], phase.steps.map(stepRow)),
      ...phase.steps.filter(isTrouble).flatMap(trouble),
    ]),
  ];
}

function stepRow(step: ReportStep): string {
  const held = ownAttempt(step)?.checks ?? [];
  const checks =
    held.length === 0
      ? ''
      : `, ${String(held.filter((check) => check.ok).length)} of ${plural(held.length, 'check')}`;
  return row(
    String(step.number),
    mdText(step.title),
    kindWords[step.kind],
    `${stateSigns[step.state]} ${stateWords[step.state]}${checks}`,
    step.tookMs === undefined ? '' : span(step.tookMs),
    step.plannedMs === undefined ? '' : span(step.plannedMs),
    step.proof.map((proof) => mdCode(proofText(proof))).join(' '),
  );
}

function isTrouble(step: ReportStep): boolean {
  return ['failed', 'unknown', 'overridden'].includes(step.state);
}

/** What a reader of the ticket needs of a step that went wrong: command, end, checks, and the end of its output. */
function trouble(step: ReportStep): readonly string[] {
  return [
    `#### Step ${String(step.number)}: ${mdText(step.title)}`,
    '',
    mdText(`${step.outcome}${step.reason === undefined ? '' : ` Reason: ${step.reason}`}`),
    '',
    ...step.attempts.flatMap(attemptText),
  ];
}

function attemptText(attempt: ReportAttempt): readonly string[] {
  const { command, end, checks, outputs, withheld } = attempt;
  return [
    `Attempt ${String(attempt.n)} on ${mdText(attempt.target)}: ${mdText(end ?? 'no end on record')}`,
    '',
    ...(command.text === undefined ? [] : [mdBlock(command.text), '']),
    ...table(
      ['', 'Check', 'Expected', 'Seen'],
      checks.map((check) =>
        row(check.ok ? '✓' : '✗', mdText(check.name), mdText(check.expected), mdText(check.actual)),
      ),
    ),
    ...(withheld ? ['Output withheld by the runbook.', ''] : outputs.flatMap(quoteOutput)),
  ];
}

function quoteOutput(preview: OutputPreview): readonly string[] {
  const shown = shownOutput(preview);
  const lines = `${shown.head}${shown.tail === undefined ? '' : `\n${shown.tail}`}`.split('\n');
  const cut = lines.length > TICKET_LINES || shown.note !== undefined;
  const where = `${cut ? 'Last lines of' : 'All of'} ${mdCode(preview.path)}:`;
  return [where, '', mdBlock(lines.slice(-TICKET_LINES).join('\n')), ''];
}
