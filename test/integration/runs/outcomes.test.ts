/** A run on a real server: what is passed, what has failed, what is unknown, and that the evidence holds each time. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';
import { attachTerminal, eventually, failureOf, openDesk, runbookText } from '../../fixtures/runs/desk.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const riskOf = (body: string) => (body.startsWith('observe:') ? 'read' : 'reversible');

const expecting = (body: string) => (body.includes('expect:') ? body : `${body}\nexpect: { exit: 0 }`);

function step(id: string, body: string, more = ''): string {
  return `      - id: ${id}
        title: ${id}
        risk: ${riskOf(body)}
${expecting(body).replace(/^/gm, '        ')}
${more.replace(/^/gm, '        ')}
`;
}

describe('a run', () => {
  test('passes on what was seen, carries directory and variables, and skips what does not apply', async () => {
    const desk = await openDesk({
      sshd,
      runbooks: {
        good: runbookText(
          'good',
          step('not-here', 'run: "false"', 'when: variant.site == "b"') +
            step('enter', 'run: cd /usr/share && export GREETING="hello "${who}\nmode: exec') +
            step(
              'look',
              'run: pwd; echo "$GREETING"; echo apart >&2\nmode: exec\nexpect:\n  exit: 0\n  stdout: { contains: hello }\n  stderr: { contains: apart }\ncapture:\n  place: { match: "^(/usr.*)$" }',
            ) +
            step(
              'again',
              'run: test "$PWD" = ${place} && echo same\nexpect: { stdout: { contains: same } }',
            ) +
            step('never-b', 'run: "false"', 'when: variant.site == "b"'),
          'variants:\n  site:\n    title: Site\n    options: { a: A, b: B }\n    default: a\nparameters:\n  who: { title: Who, type: name, required: true, default: world }',
        ),
      },
    });
    const run = await desk.start('good');
    expect(run.step('not-here').status.state).toBe('not-applicable');
    expect(await run.run('enter')).toBe('passed');
    expect(await run.run('look')).toBe('passed');
    expect(run.state().captures).toEqual({ place: '/usr/share' });
    expect(await run.run('again')).toBe('passed');
    expect(run.step('never-b').status.state).toBe('not-applicable');
    expect((await run.finish()).end?.result).toBe('success');
    const [, look] = run.of('step.end');
    expect(await readFile(join(run.dir, look?.d.stdout?.file ?? ''), 'utf8')).toBe(
      '/usr/share\nhello world\n',
    );
    expect(await readFile(join(run.dir, look?.d.stderr?.file ?? ''), 'utf8')).toBe('apart\n');
  });

  test('fails on what was seen, is retried by decision only, and numbers its attempts', async () => {
    const desk = await openDesk({
      sshd,
      runbooks: {
        bad: runbookText(
          'bad',
          step('flag', `run: test -e ${sshd.dir}/flag || { touch ${sshd.dir}/flag; exit 3; }`, 'rerun: safe'),
        ),
      },
    });
    const run = await desk.start('bad');
    expect(await run.run('flag')).toBe('failed');
    expect(run.of('check').at(-1)?.d).toMatchObject({ ok: false, actual: 'exit 3' });
    expect(failureOf(await run.send('flag')).message).toContain('is failed');
    expect((await run.intent({ kind: 'retry', step: 'flag', reason: 'flag is set now' })).ok).toBe(true);
    expect(await run.run('flag')).toBe('passed');
    expect(run.of('step.start').map(({ d }) => [d.attempt, d.command.file])).toEqual([
      [1, 'outputs/01-flag.cmd'],
      [2, 'outputs/02-flag.cmd'],
    ]);
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
  });

  test('is unknown when the session dies, and its probe settles it', async () => {
    const server = await startSshd();
    try {
      const desk = await openDesk({
        sshd: server,
        runbooks: {
          cut: runbookText(
            'cut',
            step(
              'long',
              `run: touch ${server.dir}/done; echo begun; sleep 60`,
              `rerun: check-first\nprobe: { run: 'test -e ${server.dir}/done', expect: { exit: 0 } }`,
            ),
          ),
        },
      });
      const run = await desk.start('cut');
      const page = await attachTerminal(desk, run);
      expect((await run.send('long')).ok).toBe(true);
      await eventually('output is on the screen', () => page.text().includes('begun\r\n') || undefined);
      await server.killSessions();
      expect(await run.settled('long')).toBe('unknown');
      expect(run.of('step.end').at(-1)?.d.end.how).toBe('lost');
      expect(failureOf(await run.send('long')).message).toContain('is unknown');
      expect(failureOf(await run.intent({ kind: 'retry', step: 'long', reason: 'again' })).message).toContain(
        'probe',
      );
      expect((await run.intent({ kind: 'probe', step: 'long' })).ok).toBe(true);
      expect(await run.settled('long')).toBe('passed');
      expect(run.of('net.lost')).toHaveLength(1);
      expect(run.of('step.start').map(({ d }) => `${d.purpose} ${String(d.attempt)}`)).toEqual([
        'run 1',
        'probe 2',
      ]);
      expect((await run.finish()).end?.result).toBe('success-with-deviations');
    } finally {
      await server.stop();
    }
  });

  test('is unknown when the whole server dies, refuses to go on without it, and is settled by a person', async () => {
    const server = await startSshd();
    const { port, hostKeyFiles } = server;
    const desk = await openDesk({
      sshd: server,
      runbooks: { gone: runbookText('gone', step('long', 'run: echo begun; sleep 60', 'rerun: never')) },
    });
    const run = await desk.start('gone');
    const page = await attachTerminal(desk, run);
    expect((await run.send('long')).ok).toBe(true);
    await eventually('output is on the screen', () => page.text().includes('begun\r\n') || undefined);
    expect(hostKeyFiles.length).toBe(1);
    await server.killSessions();
    await server.stop();
    expect(await run.settled('long')).toBe('unknown');
    await eventually('lost', () => run.links()[0]?.state === 'lost' || undefined);
    expect(failureOf(await run.intent({ kind: 'connect', target: 'ops' }))).toMatchObject({
      code: 'network',
    });
    expect(port).toBeGreaterThan(0);
    expect(failureOf(await run.intent({ kind: 'retry', step: 'long', reason: 'again' })).message).toContain(
      'never sent twice',
    );
    expect((await run.intent({ kind: 'declare-failed', step: 'long', reason: 'the host is off' })).ok).toBe(
      true,
    );
    expect((await run.finish()).end?.result).toBe('failed');
  });

  test('watches until something holds, and gives up at its deadline', async () => {
    const desk = await openDesk({
      sshd,
      runbooks: {
        watch: runbookText(
          'watch',
          step(
            'comes',
            `observe: 'echo x >>${sshd.dir}/tries; wc -l <${sshd.dir}/tries'\nevery: 1s\nfor: 20s\ntimes: 2\nexpect: { stdout: { number: { at-least: 2 } } }`,
          ) + step('never', 'observe: echo no; exit 4\nevery: 1s\nfor: 2s'),
        ),
      },
    });
    const run = await desk.start('watch');
    expect(await run.run('comes')).toBe('passed');
    expect(run.of('observe.try').map(({ d }) => d.n)).toEqual([1, 2]);
    expect(await run.run('never')).toBe('failed');
    expect(run.of('check').at(-1)?.d).toMatchObject({ name: 'deadline', expected: 'holds within 2 s' });
    expect((await run.finish()).end?.result).toBe('failed');
  });

  test('is interrupted when its time is over, and an end that is seen then does not pass it', async () => {
    const desk = await openDesk({
      sshd,
      runbooks: {
        slow: runbookText(
          'slow',
          step(
            'polite',
            'run: trap "exit 0" INT TERM; while true; do sleep 0.1; done',
            'timeout: 1s\nrerun: safe',
          ) +
            step(
              'stubborn',
              "run: trap '' INT TERM; while true; do sleep 0.1; done\nmode: exec",
              'timeout: 1s\nrerun: safe',
            ),
        ),
      },
    });
    const run = await desk.start('slow');
    expect(await run.run('polite')).toBe('failed');
    expect(run.of('check').at(-1)?.d).toMatchObject({ name: 'time limit', ok: false });
    expect(run.of('step.end').at(-1)?.d.end).toEqual({ how: 'exit', code: 0 });
    expect((await run.intent({ kind: 'skip', step: 'polite', reason: 'shown' })).ok).toBe(true);
    const stubborn = await run.run('stubborn');
    const end = run.of('step.end').at(-1)?.d.end;
    expect(end?.how === 'exit' ? end.code : end?.how).not.toBe(0);
    expect(['failed', 'unknown']).toContain(stubborn);
    await run.finish();
  });

  test('on a host that is not the right one refuses to send anything', async () => {
    const desk = await openDesk({
      sshd,
      runbooks: {
        wrong: runbookText(
          'wrong',
          step('any', `run: touch ${sshd.dir}/wrong`),
          '',
          '    identity:\n      - { title: Name, run: echo host-a, equals: host-b }',
        ),
      },
    });
    const run = await desk.start('wrong');
    await run.ready();
    const refused = failureOf(await run.send('any'));
    expect(refused.message).toContain('has not proven to be the right host');
    expect(run.state().targets['ops']?.identity).toBe('refuted');
    await expect(readFile(join(sshd.dir, 'wrong'))).rejects.toThrow('ENOENT');
    expect((await run.finish()).end?.result).toBe('aborted');
  });
});
