/** The two documents of the customers, imported as they are. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constantOf } from '../../../../electron/domain/runbook/template.ts';
import { imported, lost } from './account.ts';

function source(name: string) {
  const text = readFileSync(new URL(`../../../fixtures/sources/${name}`, import.meta.url), 'utf8');
  return { text, ...imported(text, `docs/${name}`) };
}

describe('the MazeVault document, which has lost its Markdown', () => {
  const { imported: draft, runbook, lines, text } = source('mazevault-maintenance.md');

  it('loses no line and no word', () => {
    expect(lost({ imported: draft, runbook, lines })).toEqual([]);
    expect(draft.notImported).toEqual([]);
  });

  it('keeps the commands of the vendor to the letter', () => {
    const steps = runbook.phases.flatMap((phase) => phase.steps);
    const runs = steps.flatMap((step) => (step.kind === 'run' ? [constantOf(step.run)] : []));
    const block = (from: number, to: number) =>
      text
        .split('\n')
        .slice(from - 1, to)
        .join('\n');
    expect(runs).toEqual([
      block(54, 68),
      block(70, 84),
      block(96, 102),
      block(105, 108),
      block(110, 110),
      block(112, 114),
      block(148, 149),
    ]);
    expect(steps.filter((step) => step.kind === 'run').map((step) => step.source?.line)).toEqual([
      54, 70, 96, 105, 110, 112, 147,
    ]);
  });

  it('finds the sections, and the chapters they stand in', () => {
    const titles = runbook.phases.map((phase) => phase.title);
    expect(titles).toContain('1. Maintenance Schedule › Pre-Upgrade Checklist');
    expect(titles).toContain('3. Database Maintenance › Reindex (if needed)');
    expect(titles).toContain('7. Automated System Jobs › Backend Jobs › Licensing');
    expect(titles).toContain('7. Automated System Jobs › Agent Jobs');
    expect(runbook.title).toBe('Maintenance');
  });

  it('puts rows together whose cells stand on lines of their own', () => {
    const rows = draft.document.blocks.filter((block) => block.kind === 'row');
    expect(rows.find((row) => row.at.line === 10)?.text).toBe(
      'Platform upgrade | As released | Yes (rolling for K8s) | High',
    );
    expect(rows.find((row) => row.at.line === 274)?.text).toContain('19 | Gateway health monitor | 30 sec');
    expect(rows).toHaveLength(10 + 5 + 4 + 6 + 4 + 3 + 3 + 2 + 4 + 5 + 5 + 4);
  });

  it('makes checklists of task lists, with words that were set on a line of their own', () => {
    const step = runbook.phases.flatMap((phase) => phase.steps).find((one) => one.source?.line === 86);
    expect(step?.kind === 'attest' && step.input.kind === 'checklist' ? step.input.items : []).toEqual([
      'All containers/pods running',
      'Health endpoint returns healthy',
      'Database migrations applied successfully',
      'Secret access verified (read a test secret)',
      'Certificate operations verified',
      'Agent heartbeats resuming',
      'Audit log recording events',
      'License validation successful',
    ]);
  });

  it('gives every command to the linter with its place, and its findings to the step', () => {
    const dump = draft.commands[0];
    expect(dump?.place(dump.text.indexOf('pg_dump'))).toEqual({ line: 61, column: 1 });
    expect(dump?.place(dump.text.indexOf('-sk'))).toEqual({ line: 68, column: 6 });
    const upgrade = runbook.phases.flatMap((phase) => phase.steps).find((one) => one.source?.line === 54);
    for (const rule of ['shell.pipefail', 'tls.insecure', 'shell.local-expansion']) {
      expect(draft.findings.map((one) => one.rule)).toContain(rule);
      expect(upgrade?.note).toContain(rule);
    }
  });

  it('says that it guessed, and assumes nothing it does not say', () => {
    expect(draft.findings[0]).toMatchObject({ rule: 'import.flattened', line: 1 });
    const said = draft.findings.filter((one) => one.rule === 'import.command');
    expect(said.map((one) => one.line)).toEqual([54, 70, 96, 105, 110, 112, 148]);
    expect(said.every((one) => one.severity === 'error' && one.hint !== undefined)).toBe(true);
  });
});

describe('the Naksha document, which is Markdown', () => {
  const { imported: draft, runbook, lines } = source('naksha-maintenance-schedule.md');

  it('loses no line and no word', () => {
    expect(lost({ imported: draft, runbook, lines })).toEqual([]);
    expect(draft.notImported).toEqual([{ from: 258, to: 258 }]);
    expect(draft.findings.map((one) => [one.rule, one.line])).toContainEqual(['import.not-imported', 258]);
  });

  it('takes fences that hold lists for lists, not for commands', () => {
    expect(draft.commands).toEqual([]);
    const steps = runbook.phases.flatMap((phase) => phase.steps);
    expect(steps.every((step) => step.kind === 'attest')).toBe(true);
    const step = steps.find((one) => one.source?.line === 10);
    expect(step?.title).toBe('🔑 Credentials to Rotate:');
    expect(step?.note).toContain('📅 Next Due: January 23, 2026');
    expect(step?.kind === 'attest' && step.input.kind === 'checklist' ? step.input.items : []).toEqual([
      'Cosign signing keys (container images)',
      'Vault unseal keys (3 shares, 2 threshold)',
      'S3 access credentials (primary + DR regions)',
      'Service account tokens (all namespaces)',
      'Database passwords (Postgres, application users)',
    ]);
  });

  it('keeps the numbers of a procedure and the levels of an escalation', () => {
    const items = draft.document.blocks.filter((block) => block.kind === 'item');
    expect(items.find((item) => item.at.line === 20)?.text).toBe(
      '1. Generate new keys using rotation scripts',
    );
    expect(items.find((item) => item.at.line === 206)?.text).toBe('+2hrs: Emergency Response Team');
    expect(items.find((item) => item.at.line === 206)?.under).toEqual([
      'Naksha Cloud Maintenance Schedule',
      '📞 Maintenance Contacts',
      'Escalation for Maintenance Issues',
    ]);
  });
});
