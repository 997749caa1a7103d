/** The first page of the report: what was done, by whom, when, with which result, and how that was verified. */
import type { Verdict } from '../../contract/views.ts';
import type { RunResult } from '../../contract/records.ts';
import { code, line, own, prose } from './htmlText.ts';
import type { Report } from './model.ts';
import { timelineSvg } from './timelineSvg.ts';
import { count, plural, resultText, runbookKindWords, span, utc } from './words.ts';

export function frontPage(report: Report): string {
  const { head } = report;
  return [
    `<header><div class="eyebrow"><span><b>Completion evidence</b> · ${own(runbookKindWords[head.kind])} · ${line(head.service)}</span>${code(head.runId)}</div>`,
    head.rehearsal ? '<p class="stamp">REHEARSAL</p>' : '',
    `<h1>${line(head.title)}</h1>`,
    `<p class="summary">${prose(head.summary)}</p>`,
    resultLine(report),
    head.reason === undefined ? '' : `<p class="why">${prose(head.reason)}</p>`,
    `${facts(report)}</header>`,
    `<section><h2>How it was verified</h2>${verified(report)}</section>`,
    picture(report),
  ].join('\n');
}

const RESULT_CLASS: Readonly<Record<RunResult, string>> = {
  success: 'is-pass',
  'success-with-deviations': 'is-hold',
  failed: 'is-fail',
  'rolled-back': 'is-hold',
  aborted: 'is-fail',
  crashed: 'is-unknown',
};
const RESULT_SIGN: Readonly<Record<RunResult, string>> = {
  success: '✓',
  'success-with-deviations': '!',
  failed: '✗',
  'rolled-back': '↩',
  aborted: '✗',
  crashed: '?',
};

function resultLine({ head, counts }: Report): string {
  const look = head.result === null ? 'is-unknown' : RESULT_CLASS[head.result];
  const sign = head.result === null ? '…' : RESULT_SIGN[head.result];
  const parts = [
    `${count(counts.done)} of ${plural(counts.steps, 'step')} done`,
    `${count(counts.checksHeld)} of ${plural(counts.checks, 'check')} held`,
    ...(counts.failed > 0 ? [`${count(counts.failed)} failed`] : []),
    ...(counts.unknown > 0 ? [`${count(counts.unknown)} with unknown outcome`] : []),
    ...(counts.skipped > 0 ? [`${count(counts.skipped)} skipped`] : []),
    ...(counts.overridden > 0 ? [`${count(counts.overridden)} overridden`] : []),
    ...(counts.retries > 0 ? [plural(counts.retries, 'retry', 'retries')] : []),
    ...(counts.deviations > 0 ? [plural(counts.deviations, 'deviation')] : []),
  ];
  return `<p class="result ${look}"><span class="sign" aria-hidden="true">${sign}</span><b>${own(resultText(head.result))}</b><span class="dim">${own(parts.join(' · '))}</span></p>`;
}

function facts(report: Report): string {
  const { head } = report;
  // The operator stands first already, also where they passed a hold themselves.
  const others = report.people.filter((person) => person.part !== 'operator' && person.basis !== 'desk');
  const rows: [string, readonly string[]][] = [
    ['Who', whoLines(report, others)],
    [
      'What',
      [
        `${line(head.runbook.id)} <span class="dim">version</span> ${line(head.runbook.version)}`,
        head.ticket === '' ? '<span class="dim">No ticket given</span>' : `Ticket ${line(head.ticket)}`,
        head.changeReason === '' ? '<span class="dim">No reason given</span>' : prose(head.changeReason),
        ...(head.origin === undefined ? [] : [`Rolls back run ${code(head.origin)}`]),
        ...(head.rollback === undefined ? [] : [`Followed by rollback ${code(head.rollback.runId)}`]),
      ],
    ],
    [
      'Where',
      report.targets
        .slice(0, 8)
        .map((target) => `${line(target.title)} <span class="dim">at</span> ${code(target.address)}`)
        .concat(
          report.targets.length > 8
            ? [`<span class="dim">and ${String(report.targets.length - 8)} more, see Hosts</span>`]
            : [],
        ),
    ],
    ['When', whenLines(report)],
  ];
  return `<dl class="facts">${rows
    .map(([name, lines]) => `<dt>${name}</dt><dd>${lines.map((one) => `<span>${one}</span>`).join('')}</dd>`)
    .join('')}</dl>`;
}

function whoLines(report: Report, others: Report['people']): readonly string[] {
  const { head } = report;
  const names = [...new Set(others.map((person) => `${person.name}\u0000${person.part}`))].slice(0, 8);
  return [
    `${line(head.operator.name)} <span class="dim">${line(head.operator.principal)}, operator</span>`,
    ...names.map((entry) => {
      const [name = '', part = ''] = entry.split('\u0000');
      const of = others.filter((person) => person.name === name && person.part === part);
      const signed = of.every((person) => person.basis === 'signed');
      return `${line(name)} <span class="dim">${own(part)}${signed ? '' : ', named, not signed'}</span>`;
    }),
  ];
}

function whenLines({ head }: Report): readonly string[] {
  const { startedAt, endedAt, durationMs, plannedMs, window } = head;
  if (startedAt === undefined) return ['<span class="dim">Not started</span>'];
  const end = endedAt === undefined ? 'not ended' : utc(endedAt);
  const planned = plannedMs === undefined ? '' : ` <span class="dim">of ${span(plannedMs)} planned</span>`;
  return [
    `<span class="num">${utc(startedAt)}</span> to <span class="num">${end}</span>`,
    ...(durationMs === undefined ? [] : [`${span(durationMs)}${planned}`]),
    ...(window === undefined
      ? []
      : [`<span class="dim">Change window ${utc(window.from)} to ${utc(window.to)}</span>`]),
  ];
}

const LEVELS = [
  ['l1', 'L1 Intact and attributed'],
  ['l2', 'L2 Consistent'],
  ['l3', 'L3 Externally witnessed'],
] as const;

function verified({ verification, unverified }: Report): string {
  if (verification === null) {
    const why = unverified === undefined ? '' : ` ${prose(unverified)}.`;
    return `<p class="lead"><b class="is-fail">Not verified.</b>${why} Everything below is what the journal of the run says; nobody has vouched for it.</p>`;
  }
  const { verdict, bundle, signatures, timestamp } = verification;
  return [
    `<p class="lead">${own(`The strict verifier read ${plural(verdict.files, 'file')} and ${plural(verdict.records, 'record')} of the evidence, with the trust of the desk that made this report. A report is a reading aid: the evidence bundle is what counts.`)}</p>`,
    `<table class="levels"><tbody>${LEVELS.map(([level, title]) => levelRow(verdict, level, title)).join('')}</tbody></table>`,
    // When L1 holds, what it rests on names them already.
    signatures.length === 0 || verdict.l1 === 'holds'
      ? ''
      : `<h3>Signatures over the manifest</h3><table><thead><tr><th>Role</th><th>Principal</th><th>Key</th></tr></thead><tbody>${signatures
          .map(
            (one) =>
              `<tr><td>${own(one.role)}</td><td>${line(one.principal)}</td><td>${code(`${one.keyType} ${one.fingerprint}`)}</td></tr>`,
          )
          .join('')}</tbody></table>`,
    timestamp === undefined
      ? ''
      : `<p class="small">Timestamp over the operator’s signature: <span class="num">${line(timestamp.at.length >= 19 ? utc(timestamp.at) : timestamp.at)}</span> by ${line(timestamp.authority)}</p>`,
    bundle === undefined
      ? ''
      : `<p class="small dim">Evidence bundle ${code(bundle.name)}, ${own(count(bundle.bytes))} bytes, SHA-256 ${code(bundle.sha256)}</p>`,
    findings(verdict),
  ].join('\n');
}

const LEVEL_LOOK = {
  holds: { look: 'is-pass', words: '✓ holds' },
  fails: { look: 'is-fail', words: '✗ fails' },
  none: { look: 'is-hold', words: '– no outside witness' },
  'not-checked': { look: 'is-hold', words: '– not checked' },
} as const;

function levelRow(verdict: Verdict, level: 'l1' | 'l2' | 'l3', title: string): string {
  const state = verdict[level];
  const { look, words } = LEVEL_LOOK[state];
  const rests = verdict.rests[level].map((one) => `<li>${line(one)}</li>`).join('');
  return `<tr><td>${own(title)}<br><span class="state ${look}">${own(words)}</span></td><td><ul class="plain">${rests}</ul></td></tr>`;
}

function findings(verdict: Verdict): string {
  if (verdict.findings.length === 0) return '';
  const rows = verdict.findings.map(
    (finding) =>
      `<tr><td class="is-fail">${line(finding.level)}</td><td>${code(finding.id)}</td><td>${line(finding.message)}<br><span class="proof">${line(finding.place)}</span></td></tr>`,
  );
  return `<h3 class="is-fail">${own(plural(verdict.findings.length, 'finding'))} of the verifier</h3><table><tbody>${rows.join('')}</tbody></table>`;
}

function picture({ timeline }: Report): string {
  if (timeline === null) return '';
  return `<section><h2 class="new-page">Timeline</h2><figure>${timelineSvg(timeline)}<figcaption><span>Filled: a command ran</span><span>Tinted: people were asked</span><span>Line: waiting</span><span>Dashed: planned</span><span>✗ failure</span>${timeline.gaps.length === 0 ? '' : '<span>Shaded: the computer was not running</span>'}</figcaption></figure></section>`;
}
