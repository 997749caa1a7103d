/** The shipped upgrade with its faults through the whole host: an unknown step settled, failures answered by the rollback. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAnswers } from '../../../electron/cli/answers.ts';
import { driveRun, type Person } from '../../../electron/cli/driver.ts';
import type { Output } from '../../../electron/cli/output.ts';
import { scriptedPerson } from '../../../electron/cli/scripted.ts';
import type { RunId } from '../../../electron/contract/ids.ts';
import { ok } from '../../../electron/contract/result.ts';
import type { RunState } from '../../../electron/domain/run/state.ts';
import { APP_DIR, type Desk, must, openDesk, proveRun, type Run } from '../../fixtures/runs/desk.ts';

const UPGRADE = 'mazevault-upgrade-kubernetes';
const ROLLBACK = 'mazevault-rollback-kubernetes';

const silent: Output = {
  json: false,
  line: () => undefined,
  data: () => undefined,
  note: () => undefined,
  failure: () => 1,
  paint: (_, text) => text,
};

/** The answers file's person, who has an unknown outcome probed and lets go of a run that has failed. */
async function person(name: 'upgrade' | 'rollback'): Promise<Person> {
  const scripted = scriptedPerson(
    must(await readAnswers(join(APP_DIR, 'test/fixtures/answers', `${name}.yaml`))),
    silent,
    'leave',
  );
  return {
    ...scripted,
    move(view, state, preview, message) {
      if (view.status.state !== 'unknown') return scripted.move(view, state, preview, message);
      return Promise.resolve(
        ok({ kind: 'intent' as const, intent: { kind: 'probe' as const, step: view.step.id } }),
      );
    },
  };
}

/** The shipped runbook with less patience for the health of the service. */
async function impatient(): Promise<string> {
  const text = await readFile(join(APP_DIR, 'runbooks', `${UPGRADE}.runbook.yaml`), 'utf8');
  const at = text.indexOf('- id: healthy');
  const rest = text.slice(at).replace('every: 5s', 'every: 1s').replace('for: ${health_wait}', 'for: 2s');
  return text.slice(0, at) + rest;
}

async function upgrade(desk: Desk, fault: string): Promise<{ readonly run: Run; readonly state: RunState }> {
  must(await desk.client.call('rehearsal.set-fault', { id: fault, on: true }));
  const run = await desk.start(UPGRADE);
  const state = must(await driveRun(desk.client, run.runId, await person('upgrade')));
  return { run, state };
}

describe('the upgrade in rehearsal', () => {
  test('whose connection drops is unknown, is settled by its probe, and goes on to the end', async () => {
    const desk = await openDesk({});
    const { run, state } = await upgrade(desk, 'drop-connection');
    expect(state.end?.result).toBe('success-with-deviations');
    await run.until('ended', ({ end }) => end !== null);
    const story = run.records.flatMap((record) =>
      record.type === 'step.result' && record.d.step === 'upgrade'
        ? [`${record.d.state} by ${record.d.via}`]
        : [],
    );
    expect(story).toEqual(['unknown by contact-lost', 'passed by probe']);
    expect(run.of('net.lost')).toHaveLength(1);
    expect(run.of('step.start').filter(({ d }) => d.step === 'upgrade' && d.purpose === 'run')).toHaveLength(
      1,
    );
    await proveRun(desk, run.runId);
  });

  test('with health-degraded fails at “healthy”, and the linked rollback runs to its end with its origin', async () => {
    const desk = await openDesk({ runbooks: { [UPGRADE]: await impatient() } });
    const { run, state } = await upgrade(desk, 'health-degraded');
    expect(state.current).toBe('healthy');
    expect(run.step('healthy').status.state).toBe('failed');
    expect(run.state().runbook.rollback).toBe(ROLLBACK);
    const head = run.records.length;
    const back = await desk.start(ROLLBACK, { origin: run.runId });
    must(await run.intent({ kind: 'start-rollback', runbook: ROLLBACK, runId: back.runId }));
    expect(run.records.slice(head).map(({ type }) => type)).toContain('rollback.start');
    expect(run.state()).toMatchObject({ end: { result: 'failed' }, rollback: { runId: back.runId } });
    await proveRun(desk, run.runId);
    const done = must(await driveRun(desk.client, back.runId, await person('rollback')));
    expect(done.end?.result).toBe('success');
    const { plan } = must(await desk.client.call('run.open', { runId: back.runId }));
    expect(plan.origin?.runId).toBe(run.runId satisfies RunId);
    expect(plan.parameters).toMatchObject({ rollback_revision: run.state().captures['rollback_revision'] });
    await proveRun(desk, back.runId);
  });
});
