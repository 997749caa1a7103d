/** The two shipped runbooks are read without a finding of severity error. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseRunbook } from '../../../electron/domain/runbook/parse.ts';

const folder = fileURLToPath(new URL('../../../runbooks/', import.meta.url));

test.each(['mazevault-upgrade-kubernetes', 'mazevault-rollback-kubernetes'])('%s parses clean', async (id) => {
  const name = `${id}.runbook.yaml`;
  const parsed = parseRunbook(await readFile(`${folder}${name}`, 'utf8'), name);
  expect(parsed.diagnostics).toEqual([]);
  expect(parsed.runbook?.id).toBe(id);
});
