/** Signals to a running command. Servers refuse them in different cases, so the process group is signalled as well. */
import type { CommandChannel } from '../connect/connection.ts';
import type { LiveLink } from './link.ts';

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
  void live.connection
    .exec({ command: live.prepared.signalCommand(name), onData: () => undefined })
    .then((second) => {
      // No second channel: the protocol's own signal is all that is left to try.
      if (!second.ok && mode === 'exec') channel.signal(name);
    });
}
