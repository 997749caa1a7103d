/** The two shipped runbooks on the rehearsal platform, well and with every fault. */
import { describe, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Client } from 'ssh2';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import { connect, exec, startHost } from './client.ts';
import { linkShipped, readRunbook, runOnce, walk } from './walk.ts';

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

/** Collects the probes that say the same before their step as after it. */
function watchProbes() {
  const asked: string[] = [];
  const wrong: string[] = [];
  const saw = (id: string, before: boolean | null, after: boolean) => {
    asked.push(id);
    if (before === true) wrong.push(`${id} is done before it was run`);
    if (!after) wrong.push(`${id} is not done after it was run`);
  };
  return { asked, wrong, saw };
}

describe.each([upgradeId, rollbackId])('%s', (id) => {
  test('parses without any finding', async () => {
    expect((await linkShipped(id)).diagnostics).toEqual([]);
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
      .filter((step) =>
        step.kind === 'run'
          ? step.confirm !== undefined
          : step.kind === 'attest' ||
            step.kind === 'decide' ||
            step.kind === 'hold' ||
            step.kind === 'notify',
      );
    expect(Object.keys(answers.steps)).toEqual(asked.map((step) => step.id));
  });
});

describe('upgrade', () => {
  test('goes through, and each probe tells after its step from before it', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const runbook = await readRunbook(upgradeId);
    const probes = watchProbes();
    const done = await walk(client, runbook, { probed: probes.saw });
    expect(done.failed).toBeUndefined();
    expect(probes.wrong).toEqual([]);
    expect(probes.asked).toEqual(
      expect.arrayContaining([
        'dr-suspend',
        'kept',
        'scratch-create',
        'scratch-restore',
        'scratch-drop',
        'upgrade',
      ]),
    );
    expect(done.notApplicable).toEqual([
      'chart-copied',
      'verification-containers',
      'verification-container-restarts-before',
      'verification-license-offline',
      'verification-container-restarts-after',
    ]);
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
    const file = done.values['backup_file'] ?? '';
    const { stdout } = await exec(
      client,
      `find backups -name '*.partial'; find ${file} ${file}.values.yaml -perm 600`,
    );
    expect(stdout.toString()).toBe(`${file}\n${file}.values.yaml\n`);
  });

  test('the probe does not call an upgrade done whose migration failed', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    await host.setFault('migration-error', true);
    const runbook = await readRunbook(upgradeId);
    const failed = await walk(client, runbook);
    expect(failed.failed?.id).toBe('upgrade');
    expect((await runOnce(client, probeOf(runbook, 'upgrade'), failed.values)).problems).not.toEqual([]);
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
  });
});

describe('rollback', () => {
  test('from the defaults, over the shipped older backup', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const runbook = await readRunbook(rollbackId);
    const probes = watchProbes();
    const done = await walk(client, runbook, { probed: probes.saw });
    expect(done.failed).toBeUndefined();
    expect(probes.wrong).toEqual([]);
    expect(probes.asked).toEqual(
      expect.arrayContaining(['stop', 'new-database', 'restore', 'swap', 'roll-back', 'dr-resume']),
    );
    expect(await state(client)).toMatch(
      /"status":"deployed","chart":"mazevault-1.0.15".*"description":"Rollback to 11".*\n45\nmazevault\nmazevault_failed\npostgres\n$/,
    );
  });
});
