/** Holds that are passed with people's own keys: bound to what would be sent, and void when that changes. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { proveFolder } from '../../fixtures/runs/desk.ts';
import { failureOf, must } from '../../fixtures/runs/desk.ts';
import { chainLine, START } from '../../../electron/domain/evidence/chain.ts';
import { sha256 } from '../../../electron/host/files/hash.ts';
import {
  endAndVerify,
  holdOf,
  makePerson,
  signElsewhere,
  signHere,
  siteDesk,
  startReal,
  trustIn,
  trustLine,
} from '../../fixtures/people/people.ts';

/** A hold between what is reported and the command that uses it, and another report after it. */
const steps = `      - id: gate
        hold: { kind: point-of-no-return, signers: [operator, verifier] }
      - id: look
        run: echo looking
        mode: exec
        risk: read
        expect: { exit: 0 }
      - id: act
        run: echo done
        mode: exec
        risk: irreversible
        expect: { exit: 0, stdout: { contains: done } }
`;
const policy = { holds: 'signed' } as const;
const pass = { kind: 'pass-hold', step: 'gate', names: [], word: 'NO RETURN' };

describe('a signed hold', () => {
  test('is passed by the people it asks for, with the commands behind it in what they signed', async () => {
    const vera = await makePerson('vera@example.com');
    const desk = await siteDesk({ steps, policy, trust: trustLine(vera, 'verifier') });
    const run = await startReal(desk);
    await run.ready();
    expect(failureOf(await run.intent({ ...pass, names: ['Vera'] })).message).toContain(
      'none were asked for',
    );
    expect(
      failureOf(await desk.client.call('request.get', { wanted: holdOf(run, 'gate', 'verifier') })).hint,
    ).toContain('Ask for them');

    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    const head = run.of('hold.request')[0] as unknown as { readonly _prev: string };
    const request = must(await desk.client.call('request.get', { wanted: holdOf(run, 'gate', 'verifier') }));
    expect(request).toMatchObject({
      name: `${run.runId}.hold-gate.json`,
      namespace: 'verifier.evidence-v1@holdpoint',
      command: `ssh-keygen -Y sign -f KEY -n verifier.evidence-v1@holdpoint ${run.runId}.hold-gate.json`,
    });
    expect(JSON.parse(request.text)).toMatchObject({
      kind: 'hold',
      step: 'gate',
      head: head._prev,
      guards: [
        { step: 'look', target: 'ops', commandSha256: sha256('echo looking') },
        { step: 'act', target: 'ops', commandSha256: sha256('echo done') },
      ],
    });
    must(await signElsewhere(desk, holdOf(run, 'gate', 'verifier'), vera));
    expect(failureOf(await run.intent(pass)).message).toContain('1 of the 2 signatures');
    must(await signHere(desk, holdOf(run, 'gate', 'operator'), { kind: 'app' }));
    expect(failureOf(await run.intent({ ...pass, word: 'yes' })).message).toContain('NO RETURN');
    must(await run.intent(pass));
    expect(run.of('hold.pass')[0]?.d.signers).toEqual([
      {
        role: 'verifier',
        name: 'vera@example.com',
        basis: 'signed',
        principal: 'vera@example.com',
        fingerprint: vera.fingerprint,
      },
      {
        role: 'operator',
        name: 'Alice Meyer',
        basis: 'signed',
        principal: 'alice@example.com',
        fingerprint: expect.stringMatching(/^SHA256:/) as string,
      },
    ]);
    for (const { d } of run.of('hold.sign')) {
      const content = await readFile(join(run.dir, d.signature.file));
      expect(sha256(content)).toBe(d.signature.sha256);
    }
    expect(await run.run('look')).toBe('passed');
    expect(await run.run('act')).toBe('passed');
    const { verdict } = await endAndVerify(desk, run);
    expect(verdict).toMatchObject({ l1: 'holds', l2: 'holds', findings: [], result: 'success' });
    await proveFolder(run.dir);
  });

  test('voids what was signed before when it is asked for again', async () => {
    const vera = await makePerson('vera@example.com');
    const desk = await siteDesk({ steps, policy, trust: trustLine(vera, 'verifier') });
    const run = await startReal(desk);
    await run.ready();
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    const wanted = holdOf(run, 'gate', 'verifier');
    const first = must(await desk.client.call('request.get', { wanted }));
    must(await signElsewhere(desk, wanted, vera));
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    expect(run.step('gate').request?.signatures).toEqual([]);
    const old = await vera.answer(first);
    expect(
      failureOf(await desk.client.call('request.import', { wanted, sha256: first.sha256, armor: old }))
        .message,
    ).toContain('has changed since it was shown');
    const now = must(await desk.client.call('request.get', { wanted }));
    expect(
      failureOf(await desk.client.call('request.import', { wanted, sha256: now.sha256, armor: old })).message,
    ).toContain('not over this statement');
    must(await signElsewhere(desk, wanted, vera));
    expect(failureOf(await signElsewhere(desk, wanted, vera)).message).toContain('has signed already');
    // Passed, and then thought better of: open again as long as nothing was sent.
    must(await signHere(desk, holdOf(run, 'gate', 'operator'), { kind: 'app' }));
    must(await run.intent(pass));
    expect(run.state().current).toBe('look');
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    expect(run.state().current).toBe('gate');
    expect(run.step('look').status.state).toBe('waiting');
    must(await signElsewhere(desk, wanted, vera));
    must(await signHere(desk, holdOf(run, 'gate', 'operator'), { kind: 'app' }));
    must(await run.intent(pass));
    expect(await run.run('look')).toBe('passed');
    expect(failureOf(await run.intent({ kind: 'request-hold', step: 'gate' })).code).toBe('refused');
    const { verdict } = await endAndVerify(desk, run);
    expect(verdict).toMatchObject({ l1: 'holds', l2: 'holds', findings: [] });
  });

  test('is gone on with after the app went away between request and signature', async () => {
    const vera = await makePerson('vera@example.com');
    const desk = await siteDesk({ steps, policy, trust: trustLine(vera, 'verifier') });
    const run = await startReal(desk);
    await run.ready();
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    const wanted = holdOf(run, 'gate', 'verifier');
    const request = must(await desk.client.call('request.get', { wanted }));
    await desk.close();

    const again = await siteDesk({ steps, home: desk.home });
    // Readable before it is open, so that the request can be handed out once more.
    expect(must(await again.client.call('request.get', { wanted }))).toEqual(request);
    const armor = await vera.answer(request);
    expect(
      failureOf(await again.client.call('request.import', { wanted, sha256: request.sha256, armor })).hint,
    ).toContain('Resume it');
    const resumed = await again.resume(run.runId);
    must(await again.client.call('request.import', { wanted, sha256: request.sha256, armor }));
    must(await signHere(again, holdOf(run, 'gate', 'operator'), { kind: 'app' }));
    must(await resumed.intent(pass));
    expect(resumed.step('gate').status.state).toBe('held');
  });

  test('does not count a signature whose key was revoked before the hold is passed, nor one that was touched', async () => {
    const vera = await makePerson('vera@example.com');
    const trust = trustLine(vera, 'verifier');
    const desk = await siteDesk({ steps, policy, trust });
    const run = await startReal(desk);
    await run.ready();
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    must(await signElsewhere(desk, holdOf(run, 'gate', 'verifier'), vera));
    must(await signHere(desk, holdOf(run, 'gate', 'operator'), { kind: 'app' }));
    await trustIn(desk.home, trust, `${vera.publicKey}\n`);
    expect(failureOf(await run.intent(pass)).message).toMatch(/vera@example\.com does not count.*revoked/);
    await trustIn(desk.home, trust);
    const file = join(run.dir, run.of('hold.sign')[0]?.d.signature.file ?? '');
    const kept = await readFile(file, 'utf8');
    await writeFile(file, `${kept}\n`);
    expect(failureOf(await run.intent(pass))).toMatchObject({ code: 'corrupt' });
    await writeFile(file, kept);
    must(await run.intent(pass));
  });

  test('takes k of n people, roles more than once, and nobody twice', async () => {
    const people = await Promise.all(
      ['ona', 'otto', 'olga'].map((name) => makePerson(`${name}@example.com`)),
    );
    const [ona, otto, olga] = people;
    if (ona === undefined || otto === undefined || olga === undefined) throw new Error('three people');
    const many = steps.replace('[operator, verifier]', '[owner, owner, custodian], needs: 2');
    const desk = await siteDesk({
      steps: many,
      policy,
      trust:
        trustLine(ona, 'owner', 'custodian') +
        trustLine(otto, 'owner') +
        trustLine({ ...otto, principal: 'otto.two@example.com' }, 'custodian') +
        trustLine(olga, 'owner'),
    });
    const run = await startReal(desk);
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    must(await signElsewhere(desk, holdOf(run, 'gate', 'owner'), otto));
    expect(failureOf(await signElsewhere(desk, holdOf(run, 'gate', 'owner'), otto)).message).toContain(
      'already',
    );
    expect(failureOf(await signElsewhere(desk, holdOf(run, 'gate', 'custodian'), otto)).message).toMatch(
      /key of otto\.two@example\.com has signed already, as otto@example\.com/,
    );
    expect(
      failureOf(await desk.client.call('request.get', { wanted: holdOf(run, 'gate', 'witness') })).message,
    ).toContain('no signature of a witness');
    expect(failureOf(await run.intent(pass)).message).toContain('1 of the 2');
    must(await signElsewhere(desk, holdOf(run, 'gate', 'owner'), ona));
    expect(failureOf(await signElsewhere(desk, holdOf(run, 'gate', 'owner'), olga)).message).toContain(
      'a signature for each owner',
    );
    must(await run.intent(pass));
    expect(run.of('hold.pass')[0]?.d.signers.map(({ role, principal }) => [role, principal])).toEqual([
      ['owner', 'otto@example.com'],
      ['owner', 'ona@example.com'],
    ]);
  });

  test('asked for too long ago is not passed', async () => {
    const vera = await makePerson('vera@example.com');
    const desk = await siteDesk({ steps, policy, trust: trustLine(vera, 'verifier') });
    must(await desk.client.call('desk.update-settings', { requestHours: 2 }));
    const run = await startReal(desk);
    await run.ready();
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    must(await signElsewhere(desk, holdOf(run, 'gate', 'verifier'), vera));
    must(await signHere(desk, holdOf(run, 'gate', 'operator'), { kind: 'app' }));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * 3_600_000 });
    try {
      expect(failureOf(await run.intent(pass)).message).toContain('has expired');
      must(await run.intent({ kind: 'request-hold', step: 'gate' }));
      expect(failureOf(await run.intent(pass)).message).toContain('0 of the 2');
    } finally {
      vi.useRealTimers();
    }
  });

  test('does not let out another command than was signed, and is signed anew', async () => {
    const vera = await makePerson('vera@example.com');
    const desk = await siteDesk({
      steps: steps.replace('[operator, verifier]', '[verifier]'),
      policy,
      trust: trustLine(vera, 'verifier'),
    });
    const run = await startReal(desk);
    await run.ready();
    const wanted = holdOf(run, 'gate', 'verifier');
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    must(await signElsewhere(desk, wanted, vera));
    must(await run.intent(pass));
    await desk.close();
    // As if another command had been on the screen of those who signed.
    await rewriteJournal(run.dir, (line) => line.replace(sha256('echo done'), sha256('echo something else')));

    const again = await siteDesk({ home: desk.home });
    const resumed = await again.resume(run.runId);
    await resumed.ready();
    // What was signed for may go out; the other may not.
    const refused = failureOf(
      await resumed.send('act').then(async (early) => {
        expect(failureOf(early).message).toContain('not the turn');
        must(await resumed.intent({ kind: 'skip', step: 'look', reason: 'seen before' }));
        return resumed.send('act');
      }),
    );
    expect(refused).toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('Ask for the signatures') as string,
    });
    expect(refused.message).toContain('the command is not the one that was signed');
    expect(resumed.of('step.start')).toEqual([]);

    must(await resumed.intent({ kind: 'request-hold', step: 'gate' }));
    expect(resumed.state().current).toBe('gate');
    expect(failureOf(await resumed.send('act')).message).toContain('not the turn');
    expect(failureOf(await resumed.intent(pass)).message).toContain('0 of the 1');
    must(await signElsewhere(again, wanted, vera));
    must(await resumed.intent(pass));
    expect(await resumed.run('act')).toBe('passed');
    expect(failureOf(await resumed.intent({ kind: 'request-hold', step: 'gate' })).code).toBe('refused');
  });

  test('says which commands behind it nothing binds, because they are not known yet', async () => {
    const desk = await siteDesk({
      steps: steps
        .replace('[operator, verifier]', '[verifier]')
        .replace('expect: { exit: 0 }', 'expect: { exit: 0 }\n        capture: { seen: { match: "(.*)" } }')
        .replace('run: echo done', 'run: echo done ${seen}'),
      policy,
    });
    const run = await startReal(desk);
    must(await run.intent({ kind: 'request-hold', step: 'gate' }));
    expect(run.step('gate').request).toMatchObject({
      guards: [{ step: 'look', target: 'ops', commandSha256: sha256('echo looking') }],
      unguarded: ['act'],
    });
    const statement = await readFile(join(run.dir, run.step('gate').request?.statement.file ?? ''), 'utf8');
    expect(JSON.parse(statement)).toMatchObject({ unguarded: ['act'] });
  });
});

/** Changes the lines of a journal and chains them anew, as somebody could who owns the computer. */
async function rewriteJournal(dir: string, change: (line: string) => string): Promise<void> {
  const path = join(dir, 'journal.jsonl');
  const lines = (await readFile(path, 'utf8')).split(/(?<=\n)/).filter((line) => line !== '');
  let at = START;
  const rewritten = lines.map((line) => {
    const record = JSON.parse(change(line)) as Parameters<typeof chainLine>[1];
    const next = chainLine(at, record, sha256);
    at = next.next;
    return next.line;
  });
  await writeFile(path, rewritten.join(''));
}
