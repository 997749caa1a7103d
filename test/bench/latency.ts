/**
 * How long one step takes from the end of the one before: sent, run, state carried, judged, every record durable.
 * Peers: a command over a shared OpenSSH connection, and a task of a pipelined Ansible play.
 */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Figure, median, ms } from './report.ts';
import { ANSWERS, createWorld, run, runbookOf, type World } from './world.ts';

const STEPS = 80;
const TASKS: readonly [number, number] = [10, 50];

export async function latency(): Promise<readonly Figure[]> {
  const shared = await sharedConnection();
  const openssh = await ourStep('openssh');
  const ssh2 = await ourStep('ssh2');
  const ansible = await ansibleTask();
  const line = (engine: string, ours: number): readonly Figure[] => [
    {
      what: `a step, state carried, record durable (${engine})`,
      value: ms(ours),
      peer: `ssh -S ctl: ${ms(shared)}`,
      ratio: shared / ours,
      goal: 'not slower',
      met: ours <= shared,
    },
    {
      what: `the same (${engine})`,
      value: ms(ours),
      peer: ansible === null ? 'Ansible is not installed' : `Ansible task, pipelined: ${ms(ansible)}`,
      ratio: ansible === null ? null : ansible / ours,
      goal: '15 times faster',
      met: ansible !== null && ansible / ours >= 15,
    },
  ];
  return [...line('openssh', openssh), ...line('ssh2', ssh2)];
}

/** Median time from one step.result to the next, in ms, by the journal's own clock. */
async function ourStep(engine: string): Promise<number> {
  const world = await createWorld();
  try {
    const steps = Array.from({ length: STEPS }, (_, at) => ({
      id: `step-${String(at)}`,
      yaml: "run: 'true'\nmode: exec\nrisk: read\nexpect: { exit: 0 }",
    }));
    await world.addRunbook('bench-steps', runbookOf('bench-steps', steps));
    const answers = join(world.home, 'answers.yaml');
    await writeFile(answers, ANSWERS);
    await run(
      process.execPath,
      [
        ...[resolve('dist/cli.mjs'), 'run', 'bench-steps', '--answers', answers],
        ...['--target', `host=${world.address}`, '--engine', engine],
      ],
      { env: world.env },
    );
    const results = (await world.journal()).filter((record) => record.type === 'step.result');
    if (results.length !== STEPS)
      throw new Error(`${String(results.length)} of ${String(STEPS)} steps ended`);
    return median(results.slice(1).map((record, at) => (record.mono - (results[at]?.mono ?? 0)) / 1000));
  } finally {
    await world.stop();
  }
}

/** `ssh -S ctl host true` over a master that is up. */
async function sharedConnection(): Promise<number> {
  const world = await createWorld();
  const control = join(world.home, 'ctl');
  const master = spawn('ssh', [...world.ssh, '-M', '-N', '-S', control, '127.0.0.1'], { stdio: 'ignore' });
  try {
    await untilUp(world, control);
    const times: number[] = [];
    for (let n = 0; n < STEPS; n += 1) {
      const from = performance.now();
      await run('ssh', [...world.ssh, '-S', control, '127.0.0.1', 'true']);
      times.push(performance.now() - from);
    }
    return median(times);
  } finally {
    master.kill();
    await world.stop();
  }
}

async function untilUp(world: World, control: string): Promise<void> {
  for (let n = 0; n < 200; n += 1) {
    const up = await run('ssh', [...world.ssh, '-S', control, '-O', 'check', '127.0.0.1']).catch(() => null);
    if (up !== null) return;
    await delay(50);
  }
  throw new Error('the shared connection did not come up');
}

/** One more task of a play, in ms: the difference between a long and a short play. Null without Ansible. */
async function ansibleTask(): Promise<number | null> {
  const there = await run('ansible-playbook', ['--version']).catch(() => null);
  if (there === null) return null;
  const world = await createWorld();
  try {
    const time = async (tasks: number): Promise<number> => {
      const play = join(world.home, `play-${String(tasks)}.yml`);
      const list = Array.from({ length: tasks }, () => '    - command: "true"').join('\n');
      await writeFile(play, `- hosts: all\n  gather_facts: false\n  tasks:\n${list}\n`);
      const from = performance.now();
      await run('ansible-playbook', ['-i', `127.0.0.1,`, play], {
        env: {
          ...world.env,
          ANSIBLE_PIPELINING: 'True',
          ANSIBLE_HOST_KEY_CHECKING: 'False',
          ANSIBLE_REMOTE_PORT: String(world.sshd.port),
          ANSIBLE_REMOTE_USER: world.sshd.user,
          ANSIBLE_PRIVATE_KEY_FILE: world.sshd.clientKeyFile,
          ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
          ANSIBLE_LOCAL_TEMP: join(world.home, 'ansible'),
        },
      });
      return performance.now() - from;
    };
    await time(1);
    const [few, many] = TASKS;
    const short = await time(few);
    const long = await time(many);
    return (long - short) / (many - few);
  } finally {
    await world.stop();
  }
}
