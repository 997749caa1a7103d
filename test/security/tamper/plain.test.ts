/**
 * The tamper list against the commands that docs/evidence.md gives to an auditor without our verifier. What they catch
 * stands in a table there, which this test keeps true: HOLDPOINT_WRITE_DOCS=1 writes it anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DOCS, firstWrongPart, runProcedure } from '../../fixtures/evidence/auditor.ts';
import { type FullRun, fullRuns, type FullRuns } from '../../fixtures/evidence/fullRun.ts';
import { groups } from './cases.ts';
import { retold, type TamperCase } from './kit.ts';

let runs: FullRuns;
let good: FullRun;
beforeAll(async () => {
  runs = await fullRuns();
  good = await runs.make();
});
afterAll(() => runs.close());

test('the good bundle passes every command', async () => {
  const { bytes, trust } = retold(good);
  const printed = await runProcedure(bytes, trust);
  expect(printed).toHaveLength(12);
  expect({ part: firstWrongPart(printed), printed }).toMatchObject({ part: null });
});

/** The part of the commands that shows it, or a dash. */
async function caught({ make }: TamperCase): Promise<string> {
  const { bytes, trust } = await make({ runs, good });
  return String(firstWrongPart(await runProcedure(bytes, trust)) ?? '–');
}

/** A table as prettier would lay it out. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...body.map((row) => line(row)),
  ].join('\n');
}

const BEGIN = '<!-- tamper:begin -->';
const END = '<!-- tamper:end -->';

function tableIn(text: string): string {
  return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)).trim();
}

async function writeTable(rows: string): Promise<void> {
  const text = await readFile(DOCS, 'utf8');
  const [before, after] = [text.slice(0, text.indexOf(BEGIN)), text.slice(text.indexOf(END))];
  await writeFile(DOCS, `${before}${BEGIN}\n\n${rows}\n\n${after}`);
}

test('the table of what the commands catch is true', async () => {
  const parts = new Map<TamperCase, string>();
  const waiting = groups.flatMap(({ cases }) => cases);
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift())
      parts.set(one, await caught(one));
  };
  await Promise.all([work(), work(), work(), work()]);
  const rows = groups.flatMap(({ name, cases }) => [
    ['', `**${name}**`, '', ''],
    ...cases.map((one) => [String(one.n), one.title, `\`${one.id}\``, parts.get(one) ?? '']),
  ]);
  const should = table([['', 'What was done', 'Finding', 'Part'], ...rows]);
  if (process.env['HOLDPOINT_WRITE_DOCS'] === '1') await writeTable(should);
  expect(tableIn(await readFile(DOCS, 'utf8'))).toBe(should);
});
