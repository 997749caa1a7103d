import { describe, expect, it } from 'vitest';
import { isAlive } from '../../../scripts/lib/alive.mjs';
import { run, runNode } from '../../../scripts/lib/child.mjs';

describe('run', () => {
  it('gives the exit code and what was said on both streams', async () => {
    const script = 'process.stdout.write("out\\n"); process.stderr.write("err\\n"); process.exitCode = 7;';
    const ended = await run(process.execPath, ['-e', script]);
    expect(ended).toMatchObject({ code: 7, timedOut: false });
    expect(ended.output).toContain('out\n');
    expect(ended.output).toContain('err\n');
  });

  it('says what could not be started', async () => {
    const ended = await run('/nonexistent/program', []);
    expect(ended.code).toBe(127);
    expect(ended.output).toContain('/nonexistent/program');
  });

  it.skipIf(process.platform === 'win32')('leaves nothing behind when the time is up', async () => {
    const script =
      'const c = require("child_process").spawn("sleep", ["600"]); console.log(c.pid); setInterval(() => {}, 1e6);';
    const ended = await run(process.execPath, ['-e', script], { timeoutMs: 1500 });
    expect(ended).toMatchObject({ code: 128, timedOut: true });
    const pid = Number(ended.output);
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('ends what a finished child left running', async () => {
    const script =
      'const c = require("child_process").spawn("sleep", ["600"], { stdio: "inherit" }); console.log(c.pid); c.unref();';
    const ended = await run(process.execPath, ['-e', script]);
    expect(ended.code).toBe(0);
    await expect.poll(() => isAlive(Number(ended.output))).toBe(false);
  });

  it('is told from one that is still at work', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(2_147_483_647)).toBe(false);
  });

  it('refuses an unknown part of the tests before it does anything', async () => {
    const ended = await runNode('scripts/test.mjs', ['nonsense']);
    expect(ended.code).toBe(2);
    expect(ended.output).toContain('There is no part "nonsense"');
  });
});
