/** Steps on this computer: run like any others, and in a real run only where the runbook asks for it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Address } from '../../../electron/contract/plan.ts';
import {
  attachTerminal,
  deskFolder,
  eventually,
  failureOf,
  must,
  openDesk,
  runbookText,
} from '../../fixtures/runs/desk.ts';

const here = { ops: { kind: 'local' } satisfies Address } as never;
const steps = `      - id: exec
        run: cd /usr/share && export GREETING=hello; echo out; echo err >&2
        mode: exec
        risk: reversible
        expect: { exit: 0, stdout: { contains: out }, stderr: { contains: err } }
      - id: pty
        run: test -t 0 && test "$PWD $GREETING" = "/usr/share hello" && printf "go %s? " on; read -r x; echo "said $x"
        risk: reversible
        expect: { exit: 0, stdout: { contains: said yes } }
      - id: killed
        run: kill -9 $$
        risk: reversible
        rerun: safe
        expect: { exit: 0 }
`;

describe('this computer', () => {
  test('runs steps with and without a terminal, carries state, and knows no success that was not seen', async () => {
    const desk = await openDesk({ runbooks: { here: runbookText('here', steps, '', '    local: true') } });
    const run = await desk.start('here', { rehearsal: false, targets: here });
    expect(await run.run('exec')).toBe('passed');
    const page = await attachTerminal(desk, run);
    must(await run.send('pty'));
    await eventually('it asks', () => page.text().includes('go on? ') || undefined);
    await page.type('yes\r');
    expect(await run.settled('pty')).toBe('passed');
    expect(await run.run('killed')).toBe('failed');
    expect(run.of('step.end').at(-1)?.d.end).toMatchObject({ how: 'signal', signal: 'KILL' });
    expect(run.of('host.connect')[0]?.d).toMatchObject({ engine: 'local', shell: 'bash' });
    const [exec] = run.of('step.end');
    expect(await readFile(join(run.dir, exec?.d.stdout?.file ?? ''), 'utf8')).toBe('out\n');
    expect(await readFile(join(run.dir, exec?.d.stderr?.file ?? ''), 'utf8')).toBe('err\n');
    must(await run.intent({ kind: 'override', step: 'killed', reason: 'it was meant to' }));
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
  });

  test.each(['pty', 'exec'])(
    'is hung up on when the app is closed, and what its command makes of that is no outcome: %s',
    async (mode) => {
      const long = `      - id: long
        run: trap 'exit 0' HUP; echo begun; sleep 300 & wait
        mode: ${mode}
        risk: reversible
        timeout: 5m
        expect: { exit: 0 }
`;
      const runbooks = { here: runbookText('here', long, '', '    local: true') };
      const home = await deskFolder();
      const first = await openDesk({ home, runbooks });
      const begun = await first.start('here', { rehearsal: false, targets: here });
      const page = await attachTerminal(first, begun);
      must(await begun.send('long'));
      await eventually('it has begun', () => /^begun/m.test(page.text()) || undefined);
      await first.close();
      const again = await openDesk({ home, runbooks });
      const run = await again.resume(begun.runId);
      expect(run.of('step.end').map(({ d }) => d.end.how)).toEqual(['lost']);
      expect(run.step('long').status.state).toBe('unknown');
    },
  );

  test('is refused in a real run that did not ask for it, and no other host does where it did', async () => {
    const desk = await openDesk({
      runbooks: {
        far: runbookText('far', steps),
        near: runbookText('near', steps, '', '    local: true'),
      },
    });
    const far = await desk.request('far', { rehearsal: false, targets: here });
    expect(failureOf(await desk.client.call('start.run', far)).message).toContain(
      'does not ask for this computer',
    );
    const ssh = { ops: { kind: 'ssh', host: '127.0.0.1', port: 22, user: 'ops' } } as never;
    const near = await desk.request('near', { rehearsal: false, targets: ssh });
    expect(failureOf(await desk.client.call('start.run', near)).message).toContain('no other host will do');
    expect(must(await desk.client.call('run.list', {}))).toEqual([]);
  });
});
