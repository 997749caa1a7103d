/**
 * The way to a host: jump hosts nearest first, each evaluated under its own name, and the host itself last. Goes the
 * way ssh would go (ssh_config(5), ProxyJump), and never round in a circle.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { AskMatchExec, ConfigDesk, Evaluation } from './config/configDesk.ts';
import type { HostConfig } from './config/hostConfig.ts';
import { type HopText, parseHops, showHop } from './config/hopText.ts';

/** Jump hosts at the most. */
export const MAX_JUMPS = 8;

export interface Way {
  /** Nearest first; the host itself is last. */
  readonly hops: readonly Evaluation[];
  readonly destination: Evaluation;
  readonly jumps: readonly Evaluation[];
}

/** Asks on behalf of one of the hosts on the way. */
export type AskOnWay = (alias: string, ...question: Parameters<AskMatchExec>) => ReturnType<AskMatchExec>;

/**
 * The way to `to`. `via` are the jump hosts that were named with it: they win over the configuration of the host, and
 * an empty list means none.
 */
export async function findWay(
  desk: ConfigDesk,
  to: HopText,
  via: readonly HopText[] | undefined,
  ask: AskOnWay,
): Promise<Result<Way>> {
  const hops = await chain(desk, to, via, askOnce(ask), []);
  if (!hops.ok) return hops;
  const destination = hops.value.at(-1);
  if (destination === undefined) return fail('internal', 'A way without a host was found.');
  return ok({ hops: hops.value, destination, jumps: hops.value.slice(0, -1) });
}

/** The same question is put once for a whole way: every host on it is evaluated with the same files. */
function askOnce(ask: AskOnWay): AskOnWay {
  const answers = new Map<string, ReturnType<AskMatchExec>>();
  return (alias, question) => {
    const key = JSON.stringify(question);
    const answer = answers.get(key) ?? ask(alias, question);
    answers.set(key, answer);
    return answer;
  };
}

async function chain(
  desk: ConfigDesk,
  to: HopText,
  via: readonly HopText[] | undefined,
  ask: AskOnWay,
  behind: readonly string[],
): Promise<Result<readonly Evaluation[]>> {
  const query = {
    alias: to.host,
    ...(to.user === undefined ? {} : { user: to.user }),
    ...(to.port === undefined ? {} : { port: to.port }),
  };
  const evaluated = await desk.evaluate(query, (question) => ask(to.host, question));
  if (!evaluated.ok) return evaluated;
  const here = showHop(evaluated.value.config);
  if (behind.includes(here)) {
    return refuse(`the way goes round in a circle: ${[here, ...behind].join(' behind ')}`);
  }
  if (behind.length > MAX_JUMPS) return refuse(`more than ${String(MAX_JUMPS)} jump hosts on the way`);
  const jumps = via === undefined ? jumpsOf(evaluated.value.config) : ok(via);
  if (!jumps.ok) return jumps;
  const last = jumps.value.at(-1);
  if (last === undefined) return ok([evaluated.value]);
  // As ssh does: the last jump host is reached through those named before it, the first by its own configuration.
  const before = jumps.value.slice(0, -1);
  const rest = await chain(desk, last, before.length === 0 ? undefined : before, ask, [here, ...behind]);
  if (!rest.ok) return rest;
  // A named jump host takes the place of a command.
  const own: Evaluation = { ...evaluated.value, config: { ...evaluated.value.config, proxyCommand: '' } };
  return ok([...rest.value, own]);
}

function jumpsOf(config: HostConfig): Result<readonly HopText[]> {
  if (config.proxyJump === '') return ok([]);
  const hops = parseHops(config.proxyJump);
  return hops.ok ? hops : refuse(`ProxyJump ${config.proxyJump} of ${config.alias}: ${hops.error.message}`);
}

function refuse(why: string): Result<never> {
  return fail('bad-request', `No way to the host: ${why}.`, {
    kept: 'Nothing was sent to any host.',
    hint: 'Mend ProxyJump in the OpenSSH configuration, or name the jump hosts yourself.',
  });
}
