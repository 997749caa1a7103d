/** The annotated script of a ceremony in Markdown: step, activity, initials, time; participants; exceptions. */
import { mdCode, mdText, row, table } from './mdText.ts';
import type { ReportScript, ScriptEntry } from './model.ts';
import { basisWords, eventWords, stateSigns, stateWords, utc } from './words.ts';

export function mdScript(script: ReportScript | null): readonly string[] {
  if (script === null) return [];
  return [
    '## Annotated script',
    '',
    ...table(
      ['Initials', 'Participant', 'Part', 'Basis'],
      script.people.map((person) =>
        row(
          mdText(person.initials),
          mdText(person.name),
          mdText(person.roles.join(', ')),
          `${basisWords[person.basis]}${person.fingerprint === undefined ? '' : ` ${mdCode(person.fingerprint)}`}`,
        ),
      ),
    ),
    ...script.phases.flatMap((phase) => [
      `### Script: ${mdText(phase.title)}`,
      '',
      ...table(['Step', 'Activity', 'Initials', 'Time (UTC)'], phase.rows.flatMap(rowsOf)),
    ]),
    '### Script: exceptions',
    '',
    ...(script.exceptions.length === 0
      ? ['None.', '']
      : table(
          ['Step', 'What did not go as written', 'Initials', 'Time (UTC)'],
          script.exceptions.map((event) =>
            row(
              event.step === undefined ? '' : String(event.step),
              `${eventWords[event.kind]}: ${mdText(event.text)}${event.reason === undefined ? '' : `; reason: ${mdText(event.reason)}`}`,
              mdText(event.initials ?? ''),
              stampOf(event.at),
            ),
          ),
        )),
  ];
}

function rowsOf(one: ReportScript['phases'][number]['rows'][number]): readonly string[] {
  const activity = `${mdText(one.title)} (${stateSigns[one.state]} ${stateWords[one.state]})`;
  const [only] = one.entries;
  if (one.entries.length === 1 && only !== undefined && only.ok)
    return [row(String(one.number), activity, mdText(only.initials ?? '–'), stampOf(only.at))];
  return [row(String(one.number), activity, '', ''), ...one.entries.map(entryRow)];
}

function entryRow(entry: ScriptEntry): string {
  const who = entry.name === undefined ? '' : `${mdText(entry.name)}, ${entry.role ?? ''}: `;
  return row('', `${who}${mdText(entry.said)}`, mdText(entry.initials ?? '–'), stampOf(entry.at));
}

/** The column says that it is UTC. */
function stampOf(at: string): string {
  return utc(at).replace(' UTC', '');
}
