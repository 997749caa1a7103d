/**
 * Keeps the computer from sleeping while it is held, through the system's own program for that. The program ends with
 * this app, however that ends; where there is none, that is said and nothing is pretended.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { localEnvironment } from '../connect/local/localEnvironment.ts';
import { cleanLine } from '../connect/serverText.ts';

const START_MS = 5_000;
const HELD = 'held';

export interface AwakeState {
  readonly ok: boolean;
  /** For a person. */
  readonly text: string;
}

export interface KeepAwake {
  /** Asks for it; several times is the same as once. */
  hold(): Promise<AwakeState>;
  release(): void;
  /** What came of the last `hold`, or whether it could be tried. */
  state(): AwakeState;
}

interface Inhibitor {
  readonly program: string;
  readonly args: readonly string[];
}

/** What the platform has. Each says `held` when the hold is in force and ends when its standard input is closed. */
const inhibitors: Readonly<Partial<Record<NodeJS.Platform, Inhibitor>>> = {
  linux: {
    program: 'systemd-inhibit',
    args: [
      '--what=sleep:idle',
      '--who=Holdpoint',
      '--why=A maintenance run is open',
      '--mode=block',
      '/bin/sh',
      '-c',
      `echo ${HELD}; exec cat`,
    ],
  },
  darwin: { program: 'caffeinate', args: ['-i', '-s', '/bin/sh', '-c', `echo ${HELD}; exec cat`] },
};

/** For shells that have no means of their own. `env` is for finding the program. */
export function createKeepAwake(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): KeepAwake {
  const inhibitor = inhibitors[platform];
  let child: ChildProcess | null = null;
  let holding: Promise<AwakeState> | null = null;
  let last: AwakeState =
    inhibitor === undefined
      ? { ok: false, text: 'Nothing keeps this computer awake during a run: switch its sleep off yourself.' }
      : { ok: true, text: `While a run is open, ${inhibitor.program} keeps this computer awake.` };

  function start({ program, args }: Inhibitor): Promise<AwakeState> {
    return new Promise((resolve) => {
      const started = spawn(program, args, {
        env: localEnvironment(env),
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      child = started;
      let said = '';
      const settle = (state: AwakeState): void => {
        clearTimeout(timer);
        last = state;
        resolve(state);
      };
      const failed = (why: string): void => {
        if (child === started) child = null;
        settle({
          ok: false,
          text: `${program} does not keep this computer awake (${why}): switch its sleep off yourself.`,
        });
      };
      const timer = setTimeout(() => {
        started.kill();
        failed('it gave no answer');
      }, START_MS);
      started.once('error', (error) => {
        failed('code' in error && error.code === 'ENOENT' ? 'it is not installed' : error.message);
      });
      started.stdin.on('error', () => undefined);
      started.stdout.on('data', (bytes: Buffer) => {
        if (bytes.toString('latin1').includes(HELD)) {
          settle({ ok: true, text: `${program} keeps this computer awake while a run is open.` });
        }
      });
      started.stderr.on('data', (bytes: Buffer) => {
        said = `${said}${bytes.toString('utf8')}`.slice(0, 400);
      });
      started.once('close', (code) => {
        // Ended by `release`, or given up already.
        if (child !== started) return;
        failed(said.trim() === '' ? `it ended with ${String(code)}` : cleanLine(said, 200));
      });
      // It must not keep this app alive, nor outlive it: its standard input closes with us.
      started.unref();
    });
  }

  return {
    hold() {
      if (inhibitor === undefined) return Promise.resolve(last);
      if (holding !== null && (child !== null || !last.ok)) return holding;
      holding = start(inhibitor);
      return holding;
    },
    release() {
      const held = child;
      child = null;
      holding = null;
      held?.stdin?.end();
    },
    state: () => last,
  };
}
