/** A small runbook for tests, and a way to point at the place where a finding is expected. */
import { expect } from 'vitest';
import type { Diagnostic, Runbook } from '../../../../electron/contract/runbook.ts';
import type { Step } from '../../../../electron/contract/steps.ts';
import { parseRunbook } from '../../../../electron/domain/runbook/parse.ts';
import { findStep } from '../../../../electron/domain/runbook/describe.ts';

export const FILE = 'runbooks/example.runbook.yaml';

const HEAD = `runbook: 1
id: example
title: Example
version: 1.0.0
kind: maintenance
service: MazeVault
summary: For tests.
roles: [operator, verifier]
variants:
  link: { title: Link, options: { connected: Registry, air-gapped: Package } }
targets:
  ops: { title: Host }
parameters:
  namespace: { title: Namespace, type: name, default: mazevault }
  label: { title: Label, type: text }
  token: { title: Token, type: secret }
`;

export const GOOD_STEP = '{ id: fine, run: "true", risk: read, expect: { exit: 0 } }';

/** A whole runbook around the given steps (YAML of the list's items, each line without indentation). */
export function withSteps(steps: string, head = HEAD): string {
  const indented = steps
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `      ${line}`))
    .join('\n');
  return `${head}phases:\n  - id: main\n    steps:\n${indented}\n`;
}

/** The example with one more line at the top level. */
export function withTop(lines: string): string {
  return withSteps(`- ${GOOD_STEP}`, `${HEAD}${lines}\n`);
}

export function parseGood(text: string): Runbook {
  const { runbook, diagnostics } = parseRunbook(text, FILE);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  if (runbook === null) throw new Error('no runbook');
  return runbook;
}

export function stepOf(text: string, id: string): Step {
  const placed = findStep(parseGood(text), id);
  if (placed === undefined) throw new Error(`no step ${id}`);
  return placed.step;
}

/** Parses a text in which `▮` stands before the place of the expected finding; returns that finding. */
export function findingAt(marked: string, rule: string, file = FILE): Diagnostic {
  const at = marked.indexOf('▮');
  if (at === -1) throw new Error('the text has no mark');
  const before = marked.slice(0, at).split('\n');
  const { runbook, diagnostics } = parseRunbook(marked.replace('▮', ''), file);
  const finding = diagnostics.find((d) => d.rule === rule);
  expect(
    diagnostics.map((d) => `${d.file}:${String(d.line)}:${String(d.column)} ${d.rule}`),
    JSON.stringify(diagnostics),
  ).toContain(`${file}:${String(before.length)}:${String((before.at(-1)?.length ?? 0) + 1)} ${rule}`);
  if (finding === undefined) throw new Error(`no finding ${rule}`);
  expect(runbook === null).toBe(diagnostics.some((d) => d.severity === 'error'));
  return finding;
}
