/** 200 MB of text through a terminal, recorded and hashed with the pane on show. Peer: `ssh -tt` into a pipe. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDesk } from './cockpit.ts';
import { type Figure, mb, ms } from './report.ts';
import { createWorld, runbookOf, type World } from './world.ts';

const BYTES = 200e6;
const MEMORY = 300e6;

export async function throughput(): Promise<readonly Figure[]> {
  const world = await createWorld();
  try {
    const file = join(world.sshd.dir, 'text');
    await writeFile(file, text(BYTES));
    const peers = [await sshTt(world, file), await sshTt(world, file)];
    const peer = Math.min(...peers);
    const yaml = `run: cat ${file}\nrisk: read\nexpect: { exit: 0 }\ntimeout: 5m`;
    await world.addRunbook('bench-text', runbookOf('bench-text', [{ id: 'text', yaml }]));
    const desk = await openDesk(world, () => Promise.resolve());
    await desk.page.keyboard.press('Alt+Enter');
    await desk.page
      .getByText(/Finish|All steps/)
      .first()
      .waitFor({ timeout: 120_000 });
    const memory = await desk.memory();
    await desk.close();
    const end = (await world.journal()).find((record) => record.type === 'step.end');
    if (end?.type !== 'step.end' || end.d.end.how !== 'exit') throw new Error('the step did not end');
    const ours = end.d.ms;
    return [
      {
        what: '200 MB through a terminal, recorded, hashed, on show',
        value: ms(ours),
        peer: `ssh -tt | cat: ${ms(peer)}`,
        ratio: peer / ours,
        goal: '0.9 of its speed',
        met: peer / ours >= 0.9,
      },
      ...(['host', 'page'] as const).map((part) => ({
        what: `memory of the ${part} at its highest`,
        value: mb(memory[part]),
        peer: '',
        ratio: null,
        goal: 'under 300 MB',
        met: memory[part] < MEMORY,
      })),
    ];
  } finally {
    await world.stop();
  }
}

function text(bytes: number): Buffer {
  const line = `${'The quick brown fox jumps over the lazy dog. '.repeat(2).slice(0, 79)}\n`;
  return Buffer.alloc(bytes, line);
}

function sshTt(world: World, file: string): Promise<number> {
  const from = performance.now();
  return new Promise((done, failed) => {
    const child = spawn('ssh', [...world.ssh, '-tt', '127.0.0.1', `cat ${file}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.resume();
    child.once('error', failed);
    child.once('close', () => {
      done(performance.now() - from);
    });
  });
}
