/** Plans that are approved before they become runs: with keys of people who have nothing but stock OpenSSH. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { proveFolder } from '../../fixtures/runs/desk.ts';
import { failureOf, must } from '../../fixtures/runs/desk.ts';
import { run as shell } from '../../fixtures/evidence/shell.ts';
import {
  approvalOf,
  endAndVerify,
  makePerson,
  realRequest,
  signElsewhere,
  siteDesk,
  trustIn,
  trustLine,
} from '../../fixtures/people/people.ts';
import { sha256 } from '../../../electron/host/files/hash.ts';

const steps = `      - id: act
        run: echo done
        mode: exec
        risk: reversible
        expect: { exit: 0 }
`;

describe('a plan that needs approvals', () => {
  test('is not started without them, and starts byte for byte as it was approved by as many people', async () => {
    const [bob, carol] = await Promise.all([makePerson('bob@example.com'), makePerson('carol@example.com')]);
    const desk = await siteDesk({
      steps,
      policy: { approvals: 2 },
      trust: trustLine(bob, 'approve') + trustLine(carol, 'approve', 'review'),
    });
    const request = await realRequest(desk);
    expect(must(await desk.client.call('start.check', request)).policy).toEqual({
      signatures: ['seal', 'operator'],
      approvals: 2,
    });
    expect(failureOf(await desk.client.call('start.run', request))).toMatchObject({
      code: 'refused',
      hint: 'Prepare the plan and have it approved.',
    });

    const prepared = must(await desk.client.call('plan.prepare', request));
    expect(prepared).toMatchObject({ state: 'waiting', needed: 2, approvals: [], operator: 'Alice Meyer' });
    const { runId } = prepared;
    expect(must(await signElsewhere(desk, approvalOf(runId), bob))).toMatchObject({
      role: 'approve',
      principal: 'bob@example.com',
      fingerprint: bob.fingerprint,
    });
    expect(failureOf(await desk.client.call('plan.start', { runId })).message).toContain(
      '1 of the 2 approvals',
    );
    must(await signElsewhere(desk, approvalOf(runId), carol));
    const [listed] = must(await desk.client.call('plan.list', {}));
    expect(listed).toMatchObject({ runId, state: 'approved' });
    expect(listed?.approvals.map(({ principal }) => principal)).toEqual([
      'bob@example.com',
      'carol@example.com',
    ]);

    must(await desk.client.call('plan.start', { runId }));
    const run = await desk.follow(runId);
    const [start] = run.of('run.start');
    expect(start?.d.planSha256).toBe(prepared.planSha256);
    expect(sha256(await readFile(join(run.dir, 'plan/plan.json')))).toBe(prepared.planSha256);
    expect(start?.d.approvals?.map(({ principal }) => principal)).toEqual([
      'bob@example.com',
      'carol@example.com',
    ]);
    for (const { statement, signature } of start?.d.approvals ?? []) {
      for (const ref of [statement, signature]) {
        const content = await readFile(join(run.dir, ref.file));
        expect({ bytes: content.byteLength, sha256: sha256(content) }).toEqual({
          bytes: ref.bytes,
          sha256: ref.sha256,
        });
      }
    }
    expect(must(await desk.client.call('plan.list', {}))).toEqual([]);
    // What an auditor types: stock ssh-keygen accepts what is in the run's folder.
    const trust = join(desk.home, 'data', 'trust', 'allowed_signers');
    const checked = await shell(
      'ssh-keygen',
      [
        '-Y',
        'verify',
        '-f',
        trust,
        '-I',
        'bob@example.com',
        '-n',
        'approve.evidence-v1@holdpoint',
        '-s',
      ].concat(join(run.dir, 'plan/approval-1.json.sig')),
      { input: await readFile(join(run.dir, 'plan/approval-1.json')) },
    );
    expect(checked.code, checked.stderr).toBe(0);
    await run.ready();
    expect(await run.run('act')).toBe('passed');
    const { verdict, policy } = await endAndVerify(desk, run);
    expect(verdict).toMatchObject({ l1: 'holds', l2: 'holds', findings: [], result: 'success' });
    expect(policy).toEqual({ signatures: ['seal', 'operator'], approvals: 2 });
    await proveFolder(run.dir);
  });

  test('keeps its approvals when the app goes away in between, and judges them by the trust of the moment', async () => {
    const bob = await makePerson('bob@example.com');
    const trust = trustLine(bob, 'approve');
    const desk = await siteDesk({ steps, policy: { approvals: 1 }, trust });
    const { runId } = must(await desk.client.call('plan.prepare', await realRequest(desk)));
    const wanted = approvalOf(runId);
    const request = must(await desk.client.call('request.get', { wanted }));
    await desk.close();

    const again = await siteDesk({ steps, home: desk.home, policy: { approvals: 1 } });
    // Through a mailer: other line ends, blanks around it.
    const armor = `\ufeff\r\n  ${(await bob.answer(request)).replaceAll('\n', '\r\n')}\r\n`;
    const given = must(await again.client.call('request.import', { wanted, sha256: request.sha256, armor }));
    expect(given.principal).toBe('bob@example.com');
    const kept = await readFile(join(again.home, 'data', 'plans', runId, 'approval-1.sig'), 'utf8');
    expect(kept).toMatch(
      /^-----BEGIN SSH SIGNATURE-----\n(?:[A-Za-z0-9+/=]{1,70}\n)+-----END SSH SIGNATURE-----\n$/,
    );

    await trustIn(again.home, trust, `${bob.publicKey}\n`);
    expect(must(await again.client.call('plan.get', { runId })).prepared).toMatchObject({
      state: 'waiting',
      approvals: [],
    });
    const refused = failureOf(await again.client.call('plan.start', { runId }));
    expect(refused.message).toContain('0 of the 1 approvals');
    expect(refused.hint).toContain('is revoked');
    await trustIn(again.home, trust);
    must(await again.client.call('plan.start', { runId }));
  });

  test('that is discarded is gone, and cannot be signed any more', async () => {
    const bob = await makePerson('bob@example.com');
    const desk = await siteDesk({ steps, policy: { approvals: 1 }, trust: trustLine(bob, 'approve') });
    const { runId } = must(await desk.client.call('plan.prepare', await realRequest(desk)));
    must(await desk.client.call('plan.discard', { runId }));
    expect(must(await desk.client.call('plan.list', {}))).toEqual([]);
    expect(failureOf(await desk.client.call('request.get', { wanted: approvalOf(runId) })).code).toBe(
      'not-found',
    );
    expect(failureOf(await desk.client.call('plan.start', { runId })).code).toBe('not-found');
  });

  test('is started inside its window only, and by the operator it names', async () => {
    const desk = await siteDesk({ steps });
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const later = { from: at(2), to: at(4) } as never;
    const request = await realRequest(desk, { window: later });
    expect(failureOf(await desk.client.call('start.run', request)).message).toContain(
      `from ${at(2).slice(0, 13).replace('T', ' ')}:`,
    );
    const over = await realRequest(desk, { window: { from: at(-4), to: at(-2) } as never });
    expect(must(await desk.client.call('start.check', over)).problems).toEqual([
      { field: 'window', message: 'The window is over.' },
    ]);
    const open = await realRequest(desk, { window: { from: at(-1), to: at(2) } as never });
    const { runId } = must(await desk.client.call('plan.prepare', open));
    must(await desk.client.call('desk.update-settings', { operatorPrincipal: 'mallory@example.com' }));
    expect(failureOf(await desk.client.call('plan.start', { runId })).message).toContain(
      'alice@example.com’s',
    );
    must(await desk.client.call('desk.update-settings', { operatorPrincipal: 'alice@example.com' }));
    must(await desk.client.call('plan.start', { runId }));
  });

  test('does not start when the site demands more than when it was made', async () => {
    const desk = await siteDesk({ steps });
    const { runId } = must(await desk.client.call('plan.prepare', await realRequest(desk)));
    must(await desk.client.call('desk.update-settings', { policy: { holds: 'signed' } }));
    expect(failureOf(await desk.client.call('plan.start', { runId })).message).toContain('demands more');
  });

  test('keeps the names of its secrets alone, and asks for their values again at the start', async () => {
    const bob = await makePerson('bob@example.com');
    const desk = await siteDesk({
      steps: `      - id: act
        run: cat >/dev/null; echo done
        stdin: \${token}
        mode: exec
        risk: reversible
        expect: { exit: 0 }
`,
      head: `parameters:
  token: { title: Token, type: secret, required: true }
`,
      policy: { approvals: 1 },
      trust: trustLine(bob, 'approve'),
    });
    const value = 'kp-7Hq2-vault-unseal-93';
    const without = await realRequest(desk);
    expect(must(await desk.client.call('start.check', without)).problems).toEqual([
      { field: 'parameters.token', message: 'Token is required.' },
    ]);
    const request = await realRequest(desk, { secrets: { token: value } as never });
    const { runId, secrets } = must(await desk.client.call('plan.prepare', request));
    expect(secrets).toEqual(['token']);
    must(await signElsewhere(desk, approvalOf(runId), bob));
    expect(failureOf(await desk.client.call('plan.start', { runId })).message).toContain('again: token');
    const found = await shell('grep', ['-rlF', value, desk.home]);
    expect(found.stdout).toBe('');
    must(await desk.client.call('plan.start', { runId, secrets: { token: value } as never }));
    const run = await desk.follow(runId);
    await run.ready();
    expect(await run.run('act')).toBe('passed');
    expect(run.of('step.start')[0]?.d.fed).toEqual(['token']);
    expect((await shell('grep', ['-rlF', value, desk.home])).stdout).toBe('');
  });

  test('that cannot be read any more is told of, and stands in no list', async () => {
    const desk = await siteDesk({ steps });
    const { runId } = must(await desk.client.call('plan.prepare', await realRequest(desk)));
    const notices: string[] = [];
    desk.client.onEvent((event) => {
      if (event.type === 'notice') notices.push(event.failure.message);
    });
    await writeFile(join(desk.home, 'data/plans', runId, 'plan.json'), '{}\n');
    for (const _ of [1, 2]) expect(must(await desk.client.call('plan.list', {}))).toEqual([]);
    expect(notices).toEqual([expect.stringContaining(`The prepared plan ${runId} cannot be used`)]);
    must(await desk.client.call('plan.discard', { runId }));
  });
});
