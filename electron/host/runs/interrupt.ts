/** Signals to a running command. Servers refuse them in different cases, so the process group is signalled as well. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandChannel } from '../connect/connection.ts';
import type { LiveLink } from './link.ts';

/** Before each further try: soon at first, then for a minute, because a host in trouble may take that long to begin. */
const PAUSES_MS: readonly number[] = [...Array<number>(10).fill(200), ...Array<number>(60).fill(1000)];

export type SignalName = 'INT' | 'TERM' | 'KILL';

/**
 * Signals the command on this channel. On a pty the interrupt goes through the terminal, as from a keyboard; anything
 * else goes to the process group over a second channel (OpenSSH 9.2 refuses channel signals for root).
 */
export function interrupt(
  live: LiveLink,
  channel: CommandChannel,
  mode: 'pty' | 'exec',
  name: SignalName,
): void {
  if (mode === 'pty') channel.signal(name);
  if (mode === 'pty' && name === 'INT') return;
  const command = live.prepared.signalCommand(name);
  if (command === null) {
    // No process group can be named there: the protocol's own signal is all there is.
    if (mode === 'exec') channel.signal(name);
    return;
  }
  void signalGroup(live, channel, command, mode === 'exec' ? name : null);
}

/**
 * A command that has only just been sent may have no process yet: the host says that it found none, and is asked again
 * as long as the command runs, for a minute. `instead`: the protocol's own signal, when there is no second channel.
 */
async function signalGroup(
  live: LiveLink,
  channel: CommandChannel,
  command: string,
  instead: SignalName | null,
): Promise<void> {
  const over = channel.ended.then(() => 'over' as const);
  for (const pause of PAUSES_MS) {
    const second = await live.connection.exec({ command, onData: () => undefined });
    if (!second.ok) {
      if (instead !== null) channel.signal(instead);
      return;
    }
    second.value.endInput();
    const end = await Promise.race([over, second.value.ended]);
    if (end === 'over' || (end.how === 'exit' && end.code === 0)) return;
    if ((await Promise.race([over, delay(pause, undefined, { ref: false })])) === 'over') return;
  }
}
