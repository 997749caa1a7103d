/**
 * A logged-in ssh2 client as a Connection: channels, and why contact was lost. Must never reconnect by itself, nor
 * leave a jump host open behind a connection that is gone.
 */
import type { ClientChannel } from 'ssh2';
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import type { Closed, CommandChannel, Connection } from '../connection.ts';
import { cleanLine } from '../serverText.ts';
import { adoptChannel, ptyOf } from './ssh2Channel.ts';
import { answersPing } from './ssh2Internals.ts';
import type { OpenHop } from './ssh2Link.ts';

/** Longest exec request: beyond it Linux refuses the argument, and far beyond it servers drop the connection. */
export const longestExecBytes = 120_000;

type OnData = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;

/** `via`: the jump hosts on the way, nearest first; they are closed with the connection. */
export function openConnection(host: OpenHop, via: readonly OpenHop[]): Connection {
  const { client, link, facts } = host;
  const closeJumps = async (): Promise<void> => {
    for (const jump of [...via].reverse()) await jump.link.close();
  };
  link.onClosed(() => {
    void closeJumps();
  });
  const channels = new Set<CommandChannel>();
  const adopted = (channel: CommandChannel): CommandChannel => {
    channels.add(channel);
    void channel.ended.then(() => channels.delete(channel));
    return channel;
  };

  function open(
    what: string,
    hasPty: boolean,
    onData: OnData,
    request: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
  ): Promise<Result<CommandChannel>> {
    return new Promise((resolve) => {
      const refuse = (error: unknown): void => {
        resolve(channelFailure(facts.address, what, error, link.lost()));
      };
      const done = (error: Error | undefined, channel: ClientChannel): void => {
        if (error !== undefined) refuse(error);
        else resolve(ok(adopted(adoptChannel(client, channel, hasPty, onData, () => link.lost()?.why))));
      };
      try {
        request(done);
      } catch (error) {
        refuse(error);
      }
    });
  }

  return {
    facts: { ...facts, engine: 'ssh2', via: via.map((jump) => jump.facts) },
    exec: (request) => {
      const bytes = Buffer.byteLength(request.command);
      if (bytes > longestExecBytes) {
        const message = `The command for ${facts.address} is ${String(bytes)} bytes; at most ${String(longestExecBytes)} can be sent. Nothing was sent.`;
        return Promise.resolve(
          fail('bad-request', message, { hint: 'Put it into a file on the host and run that.' }),
        );
      }
      const options = request.pty === undefined ? {} : { pty: ptyOf(request.pty) };
      return open('run commands', request.pty !== undefined, request.onData, (done) => {
        client.exec(request.command, options, done);
      });
    },
    shell: (size, onData) =>
      open(
        'open a shell',
        true,
        (_stream, bytes) => {
          onData(bytes);
        },
        (done) => {
          client.shell(ptyOf(size), done);
        },
      ),
    subsystem: (name, onData) =>
      open(`start the subsystem ${cleanLine(name, 40)}`, false, onData, (done) => {
        client.subsys(name, done);
      }),
    alive: (timeoutMs) =>
      link.lost() === undefined ? answersPing(client, timeoutMs) : Promise.resolve(false),
    onClosed: link.onClosed,
    close: async () => {
      // What the host makes of being hung up on must not count as how a command ended.
      for (const channel of channels) channel.close();
      await link.close();
      await closeJumps();
    },
  };
}

function channelFailure(
  address: string,
  what: string,
  error: unknown,
  lost: Closed | undefined,
): Result<never> {
  if (lost !== undefined) {
    return fail('network', `${address}: no connection. ${lost.why}.`, { hint: 'Connect again.' });
  }
  const text = cleanLine(error instanceof Error ? error.message : String(error), 200);
  if (text.includes('Channel open failure')) {
    return fail('refused', `${address} refuses another channel: ${text}`, {
      hint: 'The host limits open sessions on a connection (MaxSessions, often 10). Close a shell and try again.',
    });
  }
  if (text.includes('No response') || text.includes('Not connected')) {
    return fail('network', `${address}: the connection was lost before the command could be sent.`, {
      hint: 'Connect again. Whether the host has received the command is not known.',
    });
  }
  return fail('refused', `${address} does not ${what} on this login: ${text}`, {
    hint: 'The account may be restricted (ForceCommand, no pty, no subsystem). Nothing was run.',
  });
}
