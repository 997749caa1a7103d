/** Shows a verification. Text of a bundle becomes text nodes and nothing else. */
import { findings } from '../../domain/verify/findings.ts';
import { printable } from '../../domain/verify/report.ts';
import type { Verification } from '../../domain/verify/verify.ts';

const LEVELS = [
  ['l1', 'L1 Intact and attributed'],
  ['l2', 'L2 Consistent'],
  ['l3', 'L3 Externally witnessed'],
] as const;

const WORDS: Readonly<Record<string, string>> = {
  holds: 'holds',
  fails: 'fails',
  none: 'no witness',
  'not-checked': 'not checked',
};

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text = '',
  className = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (text !== '') made.textContent = printable(text, 2000);
  if (className !== '') made.className = className;
  return made;
}

export function showProgress(outcome: HTMLElement, text: string): void {
  outcome.replaceChildren(element('p', text));
}

export function showFailure(outcome: HTMLElement, message: string, hint?: string): void {
  const said = element('p', message, 'fails');
  said.setAttribute('role', 'alert');
  outcome.replaceChildren(said, ...(hint === undefined ? [] : [element('p', hint)]));
}

export function showVerification(outcome: HTMLElement, name: string, verification: Verification): void {
  const { verdict } = verification;
  const stamp = verdict.rehearsal === true ? ', a rehearsal' : '';
  const title = element('h2', name);
  const run = element(
    'p',
    `Run ${verdict.runId ?? 'unknown'}, result ${verdict.result ?? 'unknown'}${stamp}`,
  );
  outcome.replaceChildren(
    title,
    run,
    ...LEVELS.flatMap(([level, label]) => levelOf(verification, level, label)),
  );
  if (verdict.findings.length > 0) outcome.append(tableOf(verification));
}

function levelOf(
  { verdict }: Verification,
  level: 'l1' | 'l2' | 'l3',
  label: string,
): readonly HTMLElement[] {
  const state = verdict[level];
  const heading = element('h2', `${label}: ${WORDS[state] ?? state}`, state);
  heading.dataset['level'] = level;
  heading.dataset['state'] = state;
  const rests = element('ul');
  rests.append(...verdict.rests[level].map((line) => element('li', line)));
  return [heading, rests];
}

function tableOf({ verdict }: Verification): HTMLElement {
  const table = element('table');
  const caption = element('caption', `${String(verdict.findings.length)} findings`);
  const head = element('tr');
  head.append(...['Level', 'Finding', 'Place', 'What was found'].map((text) => element('th', text)));
  const means = new Map<string, string>(Object.entries(findings).map(([id, [, sentence]]) => [id, sentence]));
  const rows = verdict.findings.map(({ level, id, place, message }) => {
    const row = element('tr');
    const name = element('td', id, 'finding');
    name.title = means.get(id) ?? '';
    row.append(element('td', level), name, element('td', place, 'place'), element('td', message));
    return row;
  });
  table.append(caption, head, ...rows);
  return table;
}
