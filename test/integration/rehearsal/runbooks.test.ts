/** The two shipped runbooks on the rehearsal platform, well and with every fault. */
import { describe, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Client } from 'ssh2';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import { parseRunbook } from '../../../electron/domain/runbook/parse.ts';
import { connect, exec, startHost } from './client.ts';
import { readRunbook, runOnce, walk, type Walk } from './walk.ts';

const upgradeId = 'mazevault-upgrade-kubernetes';
const rollbackId = 'mazevault-rollback-kubernetes';

async function state(client: Client): Promise<string> {
  const command =
    'helm history mazevault -n mazevault --max 1 -o json; cat .platform/state/databases/mazevault/schema_version; ls .platform/state/databases';
  return (await exec(client, command)).stdout.toString();
}

function probeOf(runbook: Runbook, id: string) {
  const step = runbook.phases.flatMap((phase) => phase.steps).find((one) => one.id === id);
  if (step?.kind !== 'run' || step.probe === undefined) throw new Error(`step ${id} has no probe`);
  return step.probe;
}

/** What a rollback is prefilled with: what the failed run recorded under the same name. */
function prefill(rollback: Runbook, failed: Walk): Record<string, string> {
  const names: ReadonlySet<string> = new Set(rollback.parameters.map((parameter) => parameter.name));
  return Object.fromEntries(Object.entries(failed.values).filter(([name]) => names.has(name)));
}

describe.each([upgradeId, rollbackId])('%s', (id) => {
  test('parses without any finding', async () => {
    const name = `${id}.runbook.yaml`;
    const path = fileURLToPath(new URL(`../../../runbooks/${name}`, import.meta.url));
    expect(parseRunbook(await readFile(path, 'utf8'), name).diagnostics).toEqual([]);
  });

  test('every change can be settled by a read-only probe, and every step says what it expects', async () => {
    const steps = (await readRunbook(id)).phases.flatMap((phase) => phase.steps);
    for (const step of steps) {
      if (step.kind !== 'run') continue;
      expect(step.expect.length, step.id).toBeGreaterThan(0);
      expect(step.plannedMs, step.id).toBeGreaterThan(0);
      if (step.risk === 'disruptive' || step.risk === 'irreversible')
        expect(step.probe, step.id).toBeDefined();
      expect(step.run.source, step.id).not.toMatch(
        /curl [^|]*(-k|--insecure)|exec -\w*t\b|helm rollback \S+ -/,
      );
    }
  });

  test('the answers file answers every step of a person and no other', async () => {
    const short = id.includes('upgrade') ? 'upgrade' : 'rollback';
    const path = fileURLToPath(new URL(`../../fixtures/answers/${short}.yaml`, import.meta.url));
    const answers = parse(await readFile(path, 'utf8')) as { steps: Record<string, object> };
    const asked = (await readRunbook(id)).phases
      .flatMap((phase) => phase.steps)
      .filter((step) => (step.kind === 'run' ? step.confirm !== undefined : step.kind !== 'observe'));
    expect(Object.keys(answers.steps)).toEqual(asked.map((step) => step.id));
  });
});

describe('upgrade', () => {
  test('goes through, and its probes then say that it has happened', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const runbook = await readRunbook(upgradeId);
    const done = await walk(client, runbook);
    expect(done.failed).toBeUndefined();
    expect(done.notApplicable).toEqual([]);
    expect(done.values).toMatchObject({
      rollback_revision: '12',
      previous_version: '1.0.16',
      schema_before: '46',
      rows_before: '18422',
      backup_entries: '318',
    });
    expect(await state(client)).toMatch(
      /"revision":13,.*"status":"deployed","chart":"mazevault-1.0.17".*\n47\n/,
    );
    for (const id of ['kept', 'upgrade']) {
      expect((await runOnce(client, probeOf(runbook, id), done.values)).problems, id).toEqual([]);
    }
    const file = done.values['backup_file'] ?? '';
    const { stdout } = await exec(
      client,
      `find backups -name '*.partial'; find ${file} ${file}.values.yaml -perm 600`,
    );
    expect(stdout.toString()).toBe(`${file}\n${file}.values.yaml\n`);
  }, 60_000);

  test('at an air-gapped site nothing is asked of a registry', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    await exec(client, ': >mazevault-1.0.17.tgz');
    const done = await walk(client, await readRunbook(upgradeId), {
      variants: { connectivity: 'air-gapped' },
      parameters: { chart: './mazevault-1.0.17.tgz' },
      before: 'healthy',
    });
    expect(done.failed).toBeUndefined();
    expect(done.notApplicable).toEqual(['repository']);
  }, 60_000);

  test('the probe of the upgrade does not hold before it', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const runbook = await readRunbook(upgradeId);
    const before = await walk(client, runbook, { before: 'upgrade' });
    expect(before.failed).toBeUndefined();
    expect((await runOnce(client, probeOf(runbook, 'upgrade'), before.values)).problems).not.toEqual([]);
  }, 60_000);

  test('on the wrong cluster nothing is run', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const done = await walk(client, await readRunbook(upgradeId), {
      parameters: { kube_context: 'prod-cz-2' },
    });
    expect(done).toMatchObject({ passed: [], failed: { id: 'Context of kubectl' } });
  });

  test('a dump that dies fails its step, though its first half lists well', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    await host.setFault('dump-fails', true);
    const done = await walk(client, await readRunbook(upgradeId));
    expect(done.failed?.id).toBe('dump');
    expect(await state(client)).toContain('"revision":12');
    const listed = await exec(
      client,
      "set -o pipefail; pg_restore -l backups/*.partial | grep -cv '^;'; ls backups",
    );
    expect(listed.stdout.toString()).toMatch(/^318\n(.*\n)*.*\.dump\.partial\n$/);
    await host.setFault('dump-fails', false);
    expect((await walk(client, await readRunbook(upgradeId), { before: 'off-host' })).failed).toBeUndefined();
  }, 60_000);
});

describe('rollback', () => {
  test('from the defaults, over the shipped older backup', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const runbook = await readRunbook(rollbackId);
    const done = await walk(client, runbook);
    expect(done.failed).toBeUndefined();
    expect(await state(client)).toMatch(
      /"status":"deployed","chart":"mazevault-1.0.15".*"description":"Rollback to 11".*\n45\nmazevault\nmazevault_failed\npostgres\n$/,
    );
    for (const id of ['swap', 'roll-back']) {
      expect((await runOnce(client, probeOf(runbook, id), done.values)).problems, id).toEqual([]);
    }
  }, 60_000);

  test.each([
    ['health-degraded', 'healthy'],
    ['migration-error', 'upgrade'],
  ] as const)(
    'after %s the upgrade fails at “%s”, and the linked rollback brings everything back',
    async (fault, at) => {
      const { host } = await startHost();
      const client = await connect(host);
      await host.setFault(fault, true);
      const upgrade = await readRunbook(upgradeId);
      const failed = await walk(client, upgrade);
      expect(failed.failed?.id).toBe(at);
      if (fault === 'migration-error') {
        expect((await runOnce(client, probeOf(upgrade, 'upgrade'), failed.values)).problems).not.toEqual([]);
      }
      const rollback = await readRunbook(rollbackId);
      expect(upgrade.rollback).toBe(rollback.id);
      const done = await walk(client, rollback, { parameters: prefill(rollback, failed) });
      expect(done.failed).toBeUndefined();
      expect(done.notApplicable).toEqual([]);
      expect(await state(client)).toMatch(/"chart":"mazevault-1.0.16".*"Rollback to 12".*\n46\n/);
    },
    60_000,
  );

  test('without a migration the database is left alone', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const rollback = await readRunbook(rollbackId);
    const failed = await walk(client, await readRunbook(upgradeId), { before: 'upgrade' });
    const done = await walk(client, rollback, { parameters: prefill(rollback, failed) });
    expect(done.failed).toBeUndefined();
    expect(done.notApplicable).toContain('swap');
    expect(done.notApplicable).toContain('stop');
    expect(await state(client)).toMatch(/"Rollback to 12".*\n46\nmazevault\npostgres\n$/);
  }, 60_000);

  test('a backup that is not the recorded one stops it before the outage', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    await exec(client, 'echo x >>backups/mazevault-20261003T020512Z.dump');
    const done = await walk(client, await readRunbook(rollbackId));
    expect(done.failed?.id).toBe('backup-intact');
    expect(await state(client)).toContain('"revision":12');
  }, 60_000);
});
