/** Runbook files on their own: read with those beside them and with the shipped ones, and linted by what they come to. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lintRunbook } from '../../../../electron/domain/lint/lint.ts';
import { createBesideReader } from '../../../../electron/host/library/readBeside.ts';
import { runbookText } from '../../../fixtures/runs/desk.ts';
import { temporary } from '../runs/temporary.ts';

const PAGE = `reference: 1
id: jobs
title: Jobs
service: Test
summary: Jobs.
source: { document: manual }
entries: [{ id: gateway, title: Gateway, lines: 1, values: { interval: { duration: 60s } } }]
`;

test('calls and reference values are found beside the file, else in the folders that are named', async () => {
  const dir = await temporary();
  const own = join(dir, 'own');
  const shipped = join(dir, 'shipped');
  for (const folder of [own, shipped, join(own, 'reference')]) await mkdir(folder);
  await writeFile(join(own, 'reference', 'jobs.reference.yaml'), PAGE);
  const part = '      - { id: a, run: hostname -f, risk: read, expect: { stdout: { contains: x } } }';
  await writeFile(join(shipped, 'part.runbook.yaml'), runbookText('part', part));
  const text = runbookText(
    'whole',
    '      - { id: do, call: { runbook: part } }',
    'parameters: { beat: { title: Beat, type: duration, from: jobs.gateway.interval } }',
  );
  const file = join(own, 'whole.runbook.yaml');

  const read = await createBesideReader([shipped]).read(text, file);
  expect(read.diagnostics).toEqual([]);
  expect(read.runbook?.parameters[0]?.default).toBe('60s');
  const rules = (found: ReturnType<typeof lintRunbook>) => found.map(({ rule }) => rule);
  expect(rules(lintRunbook(text, file))).toContain('call.unlinked');
  expect(rules(lintRunbook(text, file, { read }))).not.toContain('call.unlinked');

  const alone = await createBesideReader().read(text, file);
  expect(alone.runbook).toBeNull();
  expect(alone.diagnostics).toMatchObject([{ rule: 'call.unknown', file, line: 18 }]);
});
