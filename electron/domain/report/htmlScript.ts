/** The annotated script of a ceremony as a document of its own inside the page: step, activity, initials, time; exceptions; signatures. */
import { eventBody } from './htmlSections.ts';
import { code, line, own, proofs, prose, stateClass } from './htmlText.ts';
import type { Report, ReportScript, ScriptEntry, ScriptPerson } from './model.ts';
import { basisWords, eventWords, stateSigns, stateWords, utc } from './words.ts';

export function script(report: Report): string {
  const { script: it, head } = report;
  if (it === null) return '';
  const when =
    head.startedAt === undefined
      ? 'not started'
      : `${utc(head.startedAt)} to ${head.endedAt === undefined ? 'not ended' : utc(head.endedAt)}`;
  return [
    '<section class="script"><h2 class="new-page">Annotated script</h2>',
    '<p class="lead">Every step with who did it and when, filled in from the journal. All times are UTC.</p>',
    `<dl class="facts"><dt>Ceremony</dt><dd>${line(head.title)}</dd><dt>Purpose</dt><dd>${prose(it.purpose)}</dd>`,
    `<dt>Script</dt><dd>${line(head.runbook.id)} ${line(head.runbook.version)}<br>${code(head.runbook.sha256)}</dd>`,
    `<dt>Held</dt><dd class="num">${own(when)}</dd></dl>`,
    participants(it),
    ...it.phases.map(
      (phase) =>
        `<h3>${line(phase.title)}</h3><table class="hands"><thead><tr><th>Step</th><th>Activity</th><th>Initials</th><th>Time (UTC)</th></tr></thead><tbody>${phase.rows.map(rowsOf).join('')}</tbody></table>`,
    ),
    exceptions(it),
    signatures(it),
    '</section>',
  ].join('\n');
}

function participants({ people }: ReportScript): string {
  const rows = people.map(
    (person) =>
      `<tr><td><b>${line(person.initials)}</b></td><td>${line(person.name)}</td><td>${own(person.roles.join(', '))}</td><td>${own(basisWords[person.basis])}${keyOf(person)}</td></tr>`,
  );
  return `<h3>Participants</h3><table><thead><tr><th>Initials</th><th>Name</th><th>Part</th><th>On what it rests</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function keyOf({ fingerprint }: ScriptPerson): string {
  return fingerprint === undefined ? '' : `<br>${code(fingerprint)}`;
}

/** The step, then a line for each hand at it. */
function rowsOf(row: ReportScript['phases'][number]['rows'][number]): string {
  const state = `<span class="state ${stateClass(row.state)}">${stateSigns[row.state]} ${own(stateWords[row.state])}</span>`;
  const [only] = row.entries;
  const one = row.entries.length === 1 && only !== undefined && only.ok ? only : undefined;
  const first = `<tr><td><a href="#s${String(row.number)}">${String(row.number)}</a></td><td>${line(row.title)} ${state}</td><td>${one === undefined ? '' : initials(one)}</td><td class="num">${one === undefined ? '' : own(stampOf(one.at))}</td></tr>`;
  return one === undefined ? [first, ...row.entries.map(entryRow)].join('') : first;
}

function entryRow(entry: ScriptEntry): string {
  const who = entry.name === undefined ? '' : `${line(entry.name)}, ${own(entry.role ?? '')}: `;
  const look = entry.ok ? 'dim' : 'is-fail';
  return `<tr class="hand"><td></td><td><span class="${look}">${who}${line(entry.said)}</span></td><td>${initials(entry)}</td><td class="num">${own(stampOf(entry.at))}</td></tr>`;
}

function initials(entry: ScriptEntry): string {
  return entry.initials === undefined ? '–' : `<b>${line(entry.initials)}</b>`;
}

/** The column says that it is UTC. */
function stampOf(at: string): string {
  return utc(at).replace(' UTC', '');
}

function exceptions({ exceptions: all }: ReportScript): string {
  if (all.length === 0) return '<h3>Exceptions</h3><p class="lead">None.</p>';
  const rows = all.map(
    (event) =>
      `<tr><td>${event.step === undefined ? '' : `<a href="#s${String(event.step)}">${String(event.step)}</a>`}</td><td>${own(eventWords[event.kind])}: ${eventBody(event)} ${proofs([{ file: 'journal.jsonl', line: event.line }])}</td><td>${event.initials === undefined ? '' : `<b>${line(event.initials)}</b>`}</td><td class="num">${own(stampOf(event.at))}</td></tr>`,
  );
  return `<h3>Exceptions</h3><table class="hands"><thead><tr><th>Step</th><th>What did not go as written</th><th>Initials</th><th>Time (UTC)</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** For the printed copy; what was signed with keys stands among the participants. */
function signatures({ people }: ReportScript): string {
  const rows = people.map(
    (person) =>
      `<tr><td><b>${line(person.initials)}</b></td><td>${line(person.name)}</td><td>${own(person.roles.join(', '))}</td><td></td><td></td></tr>`,
  );
  return `<h3>Signatures on the printed copy</h3><p class="lead">I took part as written above, and I know of no other exception.</p><table class="sign"><thead><tr><th>Initials</th><th>Name</th><th>Part</th><th>Signature</th><th>Date (UTC)</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}
