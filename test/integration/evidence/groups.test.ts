/** Evidence of runs over groups: sealed, bundled and verified, and what an insider with all keys would change in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Body, FETCHED, groupRun, MEMBERS } from '../../fixtures/evidence/groupRun.ts';
import { makeBundle, type MakeOptions } from '../../fixtures/evidence/makeRun.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdpoint-groups-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Changes the records that match, or takes them out. */
function change(type: string, match: object, to: Record<string, unknown> | null) {
  return (bodies: readonly Body[]): readonly Body[] => {
    const fits = (body: Body) =>
      body.type === type &&
      Object.entries(match).every(([key, value]) => (body.d as Record<string, unknown>)[key] === value);
    expect(bodies.some(fits), 'the test changes nothing').toBe(true);
    return bodies.flatMap((body) => {
      if (!fits(body)) return [body];
      return to === null ? [] : [{ type: body.type, d: { ...body.d, ...to } as Body['d'] }];
    });
  };
}

async function findings(options: MakeOptions) {
  const { bundle } = await makeBundle(root, options);
  return {
    verdict: bundle.verdict,
    found: bundle.verdict.findings.map(({ id, place }) => `${id} ${place}`),
    ids: bundle.verdict.findings.map(({ id }) => id),
  };
}

it('verifies a run over a group, with a fetched file and an observed host', async () => {
  const { bundle } = await makeBundle(root, groupRun());
  expect(bundle.verdict.findings).toEqual([]);
  expect(bundle.verdict).toMatchObject({ l1: 'holds', l2: 'holds', result: 'success-with-deviations' });
  expect(bundle.files.map(({ path }) => path)).toContain(FETCHED);
});

describe('an insider with all keys', () => {
  it.each<[string, (bodies: readonly Body[]) => readonly Body[], string]>([
    [
      'turns a member’s failed check into a passed result',
      change('check', { step: 'restart', attempt: 2 }, { actual: '1', ok: false }),
      'step.unproven',
    ],
    [
      'flips a member’s result to failed',
      change('target.result', { target: 'web-2' }, { state: 'failed' }),
      'target.result',
    ],
    [
      'flips a member’s result to not run, and hides its attempt',
      (bodies) =>
        change(
          'target.result',
          { target: 'web-2' },
          { state: 'not-run' },
        )(bodies).map((body) =>
          body.type === 'target.result' && body.d['target'] === 'web-2'
            ? { ...body, d: { step: 'restart', target: 'web-2', state: 'not-run' } }
            : body,
        ),
      'target.result',
    ],
    ['drops a member’s result', change('target.result', { target: 'web-3' }, null), 'target.missing'],
    [
      'drops a member with all that is said of it',
      (bodies) =>
        bodies.filter(
          ({ type, d }) =>
            type === 'run.start' ||
            !(d['step'] === 'restart' && (d['attempt'] === 3 || d['target'] === 'web-3')) ||
            type === 'step.result',
        ),
      'target.missing',
    ],
    [
      'drops a member from the group the run started with',
      change('run.start', {}, { groups: { web: MEMBERS.slice(0, 2) } }),
      'plan.mismatch',
    ],
    [
      'calls an observed step passed',
      (bodies) =>
        change(
          'step.result',
          { step: 'look' },
          { state: 'passed', via: 'checks' },
        )(bodies).filter(({ type }) => type !== 'step.override'),
      'step.observed',
    ],
    [
      'sends a member’s command to a host that is none',
      change('step.start', { step: 'restart', attempt: 3 }, { target: 'db' }),
      'group.mismatch',
    ],
    [
      'moves a host out of the plan',
      change('step.start', { step: 'look' }, { target: 'elsewhere' }),
      'plan.target',
    ],
  ])('%s', async (_, tamper, id) => {
    const { verdict, ids } = await findings(groupRun(tamper));
    expect(verdict.l2).toBe('fails');
    expect(ids).toContain(id);
  });

  it('changes a fetched file', async () => {
    const changed = groupRun();
    const { found } = await findings({ ...changed, files: { ...changed.files, [FETCHED]: 'listen 80;\n' } });
    expect(found).toContain(`file.not-as-recorded ${FETCHED}`);
    expect(found).toContain(`seal.tampered-at-rest ${FETCHED}`);
  });

  it('takes a fetched file out', async () => {
    const options = groupRun();
    const { found } = await findings({ ...options, files: { ...options.files, [FETCHED]: null } });
    expect(found).toContain(`file.missing ${FETCHED}`);
  });

  it('slips a file in that no record vouches for', async () => {
    const options = groupRun();
    const extra = 'files/09-more/secret.conf';
    const { found } = await findings({ ...options, files: { ...options.files, [extra]: 'x' } });
    expect(found).toContain(`file.uncited ${extra}`);
  });
});

describe('a detached command', () => {
  const detached = (bodies: readonly Body[]): readonly Body[] =>
    change(
      'step.start',
      { step: 'keep' },
      { mode: 'detached', job: 'job-1' },
    )(bodies).flatMap((body) => {
      if (body.type !== 'step.end' || body.d['step'] !== 'keep') return [body];
      return [
        { type: 'step.result', d: { step: 'keep', attempt: 1, state: 'unknown', via: 'contact-lost' } },
        { type: 'step.attach', d: { step: 'keep', attempt: 1, fromByte: 4 } },
        body,
      ];
    });

  it('verifies when it was taken up again', async () => {
    const { found } = await findings(groupRun(detached));
    expect(found).toEqual([]);
  });

  it('that was never taken up again is covered by the manifest, and stays unknown', async () => {
    const lost = (bodies: readonly Body[]): readonly Body[] => [
      ...detached(bodies).filter(
        ({ type, d }) =>
          d['step'] !== 'keep' ||
          type === 'step.start' ||
          (type === 'step.result' && d['state'] === 'unknown'),
      ),
    ];
    const overridden = (bodies: readonly Body[]) =>
      lost(bodies).flatMap((body) =>
        body.type === 'step.result' && body.d['step'] === 'keep'
          ? [body, { type: 'step.override', d: { step: 'keep', reason: 'seen by hand', by: 'Alice' } }]
          : [body],
      );
    const options = groupRun(overridden);
    const { found } = await findings({ ...options, files: { ...options.files, [FETCHED]: null } });
    expect(found).toEqual([]);
  });

  it('is found out when it is said to have been taken up after its end', async () => {
    const after = (bodies: readonly Body[]): readonly Body[] =>
      bodies.flatMap((body) =>
        body.type === 'step.end' && body.d['step'] === 'keep'
          ? [body, { type: 'step.attach', d: { step: 'keep', attempt: 1, fromByte: 4 } }]
          : [body],
      );
    const { ids } = await findings(groupRun(after));
    expect(ids).toContain('step.attach');
  });
});
