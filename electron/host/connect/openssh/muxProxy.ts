/**
 * Talks to an OpenSSH master over its control socket in proxy mode (PROTOCOL.mux section 9): one socket carries the
 * connection protocol for all channels. Must never send a channel message for a channel that is closed.
 */
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import { cleanLine } from '../serverText.ts';
import { MuxChannel } from './muxChannel.ts';
import type { DataListener } from './muxChannel.ts';
import {
  channelMessage,
  localPacket,
  localWindow,
  message,
  PacketCutter,
  PacketFields,
  PacketWriter,
} from './packets.ts';

/** Numbers of PROTOCOL.mux section 11; the proxy pair is missing in the list there but stands in mux.c. */
const muxHello = 0x00000001;
const muxProxyRequest = 0x1000000f;
const muxProxyReply = 0x8000000f;
const muxVersion = 4;

/** Why the server did not open a channel (RFC 4254 section 5.1). */
export interface OpenRefusal {
  readonly reason: number;
  readonly text: string;
}

export type Opened =
  | { readonly kind: 'open'; readonly channel: MuxChannel }
  | { readonly kind: 'refused'; readonly refusal: OpenRefusal }
  | { readonly kind: 'lost' };

interface Opening {
  readonly onData: DataListener;
  readonly done: (opened: Opened) => void;
}

type Slot =
  | { readonly state: 'opening'; readonly opening: Opening }
  | { readonly state: 'open'; readonly channel: MuxChannel };

export interface MuxProxy {
  /** Opens a session channel. Nothing runs on it yet. */
  openSession(onData: DataListener): Promise<Opened>;
  /** Whether the server answered anything asked of it within so many ms. */
  alive(timeoutMs: number): Promise<boolean>;
  /** Resolves once the socket is closed; channels stay as they are until `lose`. `error`: the peer spoke nonsense. */
  readonly closed: Promise<{ readonly error?: string }>;
  /** Ends every channel that is still open as lost. */
  lose(why: string): void;
  close(): void;
}

/** Connects to a control socket. `code` of the failure is Node's own when the socket is not there yet. */
export function openMuxProxy(path: string): Promise<Result<MuxProxy, { readonly why: string }>> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const cutter = new PacketCutter();
    let proxy: Proxy | undefined;
    let greeted = false;
    const refuse = (why: string): void => {
      socket.destroy();
      resolve({ ok: false, error: { why } });
    };
    const onBody = (body: Buffer): void => {
      if (proxy !== undefined) {
        proxy.receive(body);
        return;
      }
      const fields = new PacketFields(body);
      const type = fields.uint32();
      if (!greeted) {
        const version = type === muxHello ? fields.uint32() : 0;
        if (version !== muxVersion) throw new Error(`mux version ${String(version)}`);
        greeted = true;
        socket.write(new PacketWriter().uint32(muxProxyRequest).uint32(0).packet());
        return;
      }
      if (type !== muxProxyReply) throw new Error(`no proxy mode (${type.toString(16)})`);
      proxy = new Proxy(socket);
      resolve(ok(proxy));
    };
    socket.on('data', (chunk) => {
      try {
        cutter.push(chunk, onBody);
      } catch (error) {
        const why = cleanLine(error instanceof Error ? error.message : String(error), 120);
        if (proxy === undefined) refuse(why);
        else proxy.fail(why);
      }
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (proxy === undefined) refuse(error.code ?? error.message);
    });
    socket.once('close', () => {
      if (proxy === undefined) refuse('closed');
      else proxy.end();
    });
    socket.once('connect', () => {
      socket.write(new PacketWriter().uint32(muxHello).uint32(muxVersion).packet());
    });
  });
}

class Proxy implements MuxProxy {
  readonly closed: Promise<{ readonly error?: string }>;
  readonly #socket: Socket;
  readonly #slots = new Map<number, Slot>();
  #nextId = 0;
  #settle: (end: { error?: string }) => void = () => undefined;
  #error: string | undefined;
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  openSession(onData: DataListener): Promise<Opened> {
    if (this.#isClosed) return Promise.resolve({ kind: 'lost' });
    const id = this.#nextId;
    this.#nextId = (this.#nextId + 1) % 0x7fffffff;
    return new Promise((resolve) => {
      this.#slots.set(id, { state: 'opening', opening: { onData, done: resolve } });
      this.#send(
        message(channelMessage.open)
          .string('session')
          .uint32(id)
          .uint32(localWindow)
          .uint32(localPacket)
          .packet(),
      );
    });
  }

  async alive(timeoutMs: number): Promise<boolean> {
    if (this.#isClosed) return false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, false);
    });
    try {
      return await Promise.race([this.#roundTrip(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A request that no server knows is answered all the same, without any effect (RFC 4254 section 5.4). */
  async #roundTrip(): Promise<boolean> {
    for (const slot of this.#slots.values()) {
      if (slot.state !== 'open' || !slot.channel.isOpen) continue;
      if ((await slot.channel.ask('keepalive@openssh.com', (packet) => packet)) !== undefined) return true;
    }
    const opened = await this.openSession(() => undefined);
    if (opened.kind === 'open') opened.channel.close();
    return opened.kind !== 'lost';
  }

  receive(body: Buffer): void {
    const fields = new PacketFields(body);
    fields.byte();
    const type = fields.byte();
    if (type < channelMessage.open || type > channelMessage.failure) return;
    const id = fields.uint32();
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    if (slot.state === 'open') slot.channel.receive(type, fields);
    else this.#opened(id, slot.opening, type, fields);
  }

  #opened(id: number, opening: Opening, type: number, fields: PacketFields): void {
    if (type === channelMessage.openConfirmation) {
      const remote = { id: fields.uint32(), window: fields.uint32(), packet: fields.uint32() };
      const wire = {
        send: (packet: Buffer) => {
          this.#send(packet);
        },
        release: () => {
          this.#slots.delete(id);
        },
      };
      const channel = new MuxChannel(wire, remote, opening.onData);
      this.#slots.set(id, { state: 'open', channel });
      opening.done({ kind: 'open', channel });
    } else if (type === channelMessage.openFailure) {
      this.#slots.delete(id);
      const refusal = { reason: fields.uint32(), text: cleanLine(fields.text(), 200) };
      opening.done({ kind: 'refused', refusal });
    }
  }

  fail(why: string): void {
    this.#error ??= why;
    this.#socket.destroy();
  }

  end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#settle(this.#error === undefined ? {} : { error: this.#error });
    for (const [id, slot] of this.#slots) {
      if (slot.state !== 'opening') continue;
      this.#slots.delete(id);
      slot.opening.done({ kind: 'lost' });
    }
  }

  lose(why: string): void {
    for (const slot of this.#slots.values()) {
      if (slot.state === 'open') slot.channel.lose(why);
      else slot.opening.done({ kind: 'lost' });
    }
    this.#slots.clear();
  }

  close(): void {
    this.#socket.destroySoon();
  }

  #send(packet: Buffer): void {
    if (!this.#isClosed && this.#socket.writable) this.#socket.write(packet);
  }
}

/** What to say of a channel that the server did not open. */
export function refusedChannel(address: string, refusal: OpenRefusal): Result<never> {
  const text = refusal.text === '' ? `reason ${String(refusal.reason)}` : refusal.text;
  return fail('refused', `${address} refuses another channel: ${text}`, {
    hint: 'The host limits open sessions on a connection (MaxSessions, often 10). Close a shell and try again.',
  });
}
