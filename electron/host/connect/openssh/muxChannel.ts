/**
 * One session channel over the multiplexing socket as a CommandChannel, with RFC 4254 flow control. Must never turn
 * the absence of an exit status into an exit, nor resolve `ended` while output is undelivered, nor send anything on a
 * channel after its CLOSE.
 */
import type { ChannelEnd, CommandChannel, TerminalSize } from '../connection.ts';
import { cleanLine } from '../serverText.ts';
import { channelMessage, localPacket, localWindow, message } from './packets.ts';
import type { PacketFields, PacketWriter } from './packets.ts';

export type DataListener = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;

export interface ChannelWire {
  send(packet: Buffer): void;
  /** The channel is closed on both sides: its number is free again. */
  release(): void;
}

interface Piece {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

export class MuxChannel implements CommandChannel {
  readonly ended: Promise<ChannelEnd>;
  readonly #wire: ChannelWire;
  readonly #remoteId: number;
  readonly #remotePacket: number;
  #onData: DataListener;
  #settle: (end: ChannelEnd) => void = () => undefined;
  #settled = false;
  #end: ChannelEnd | undefined;
  /** Set when nothing can come any more; what is queued still has to be delivered. */
  #finish: ChannelEnd | undefined;
  #paused = false;
  #delivering = false;
  #queue: Piece[] = [];
  #toGrant = 0;
  /** What the other side may still send. */
  #room = localWindow;
  #remoteWindow: number;
  #outgoing: Buffer[] = [];
  #inputEnded = false;
  #eofSent = false;
  #closeSent = false;
  #closeReceived = false;
  #hasPty = false;
  #replies: ((ok: boolean) => void)[] = [];

  constructor(
    wire: ChannelWire,
    remote: { readonly id: number; readonly window: number; readonly packet: number },
    onData: DataListener,
  ) {
    this.#wire = wire;
    this.#remoteId = remote.id;
    this.#remoteWindow = remote.window;
    this.#remotePacket = Math.max(1, Math.min(remote.packet, localPacket));
    this.#onData = onData;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get isOpen(): boolean {
    return !this.#closeSent && !this.#closeReceived && this.#finish === undefined;
  }

  /** Sends a channel request and says whether the server accepted it; undefined when the channel ended first. */
  ask(name: string, fill: (packet: PacketWriter) => PacketWriter): Promise<boolean | undefined> {
    if (!this.isOpen) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#replies.push(resolve);
      void this.ended.then(() => {
        resolve(undefined);
      });
      this.#sendRequest(name, true, fill);
    });
  }

  async askPty(size: TerminalSize): Promise<boolean | undefined> {
    const accepted = await this.ask('pty-req', (packet) =>
      packet
        .string('xterm-256color')
        .uint32(size.cols)
        .uint32(size.rows)
        .uint32(0)
        .uint32(0)
        .string(Uint8Array.of(0)),
    );
    this.#hasPty = accepted === true;
    return accepted;
  }

  onData(listener: DataListener): void {
    this.#onData = listener;
  }

  write(bytes: Uint8Array): void {
    if (!this.isOpen || this.#inputEnded || bytes.length === 0) return;
    this.#outgoing.push(Buffer.from(bytes));
    this.#flush();
  }

  endInput(): void {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    this.#flush();
  }

  resize(size: TerminalSize): void {
    this.#sendRequest('window-change', false, (packet) =>
      packet.uint32(size.cols).uint32(size.rows).uint32(0).uint32(0),
    );
  }

  signal(name: 'INT' | 'TERM' | 'KILL'): void {
    // Servers may refuse the signal message (OpenSSH does for root): on a pty its control character works.
    if (this.#hasPty && name !== 'TERM') this.write(Uint8Array.of(name === 'INT' ? 0x03 : 0x1c));
    this.#sendRequest('signal', false, (packet) => packet.string(name));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  close(): void {
    if (this.#settled) return;
    this.#paused = false;
    this.#finish ??= this.#end ?? {
      how: 'lost',
      why: 'The channel was closed from this side before the command ended',
    };
    this.#sendClose();
    this.#deliver();
  }

  /** The connection is gone. */
  lose(why: string): void {
    this.#closeSent = true;
    this.#finish ??= this.#end ?? { how: 'lost', why };
    this.#deliver();
  }

  /** A message for this channel; `fields` stand behind the channel number. */
  receive(type: number, fields: PacketFields): void {
    switch (type) {
      case channelMessage.data:
        this.#receiveData('stdout', fields.bytes());
        return;
      case channelMessage.extendedData: {
        const code = fields.uint32();
        const bytes = fields.bytes();
        if (code === 1) this.#receiveData('stderr', bytes);
        else this.#grant(bytes.length);
        return;
      }
      case channelMessage.windowAdjust:
        this.#remoteWindow += fields.uint32();
        this.#flush();
        return;
      case channelMessage.request:
        this.#receiveRequest(fields);
        return;
      case channelMessage.success:
      case channelMessage.failure:
        this.#replies.shift()?.(type === channelMessage.success);
        return;
      case channelMessage.close:
        this.#receiveClose();
        return;
      default:
        return;
    }
  }

  #receiveData(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    if (this.#finish !== undefined || bytes.length === 0) return;
    this.#room -= bytes.length;
    if (this.#room < 0) {
      this.#finish = { how: 'lost', why: 'The server sent more than it may; the channel was given up' };
      this.#sendClose();
      this.#deliver();
      return;
    }
    if (!this.#paused && !this.#delivering && this.#queue.length === 0) {
      this.#delivering = true;
      try {
        this.#onData(stream, bytes);
      } finally {
        this.#delivering = false;
      }
      this.#grant(bytes.length);
      // The reader may have closed the channel.
      this.#deliver();
      return;
    }
    this.#queue.push({ stream, bytes });
  }

  #receiveRequest(fields: PacketFields): void {
    const name = fields.text();
    const wantsReply = fields.bool();
    switch (name) {
      case 'exit-status':
        this.#end ??= { how: 'exit', code: fields.uint32() };
        return;
      case 'exit-signal':
        this.#end ??= { how: 'signal', signal: cleanLine(fields.text(), 32) };
        return;
      default:
        // Keep-alives of the server come this way: a channel that does not answer is taken for dead.
        if (wantsReply && !this.#closeSent) {
          this.#wire.send(message(channelMessage.failure).uint32(this.#remoteId).packet());
        }
    }
  }

  #receiveClose(): void {
    this.#closeReceived = true;
    this.#sendClose();
    this.#finish ??= this.#end ?? {
      how: 'lost',
      why: 'The server closed the channel without an exit status',
    };
    this.#wire.release();
    this.#deliver();
  }

  #sendClose(): void {
    if (this.#closeSent) return;
    this.#closeSent = true;
    this.#outgoing = [];
    this.#wire.send(message(channelMessage.close).uint32(this.#remoteId).packet());
  }

  /** Delivers what is queued, while the reader takes it, and then the end. */
  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (!this.#paused) {
        const piece = this.#queue.shift();
        if (piece === undefined) break;
        this.#onData(piece.stream, piece.bytes);
        this.#grant(piece.bytes.length);
      }
    } finally {
      this.#delivering = false;
    }
    if (this.#finish === undefined || this.#queue.length > 0 || this.#settled) return;
    this.#settled = true;
    this.#settle(this.#finish);
  }

  #grant(bytes: number): void {
    this.#toGrant += bytes;
    if (this.#toGrant < localWindow / 2 || !this.isOpen) return;
    this.#wire.send(
      message(channelMessage.windowAdjust).uint32(this.#remoteId).uint32(this.#toGrant).packet(),
    );
    this.#room += this.#toGrant;
    this.#toGrant = 0;
  }

  #flush(): void {
    if (!this.isOpen || this.#eofSent) return;
    while (this.#remoteWindow > 0) {
      const first = this.#outgoing[0];
      if (first === undefined) break;
      const piece = first.subarray(0, Math.min(first.length, this.#remoteWindow, this.#remotePacket));
      if (piece.length === first.length) this.#outgoing.shift();
      else this.#outgoing[0] = first.subarray(piece.length);
      this.#remoteWindow -= piece.length;
      this.#wire.send(message(channelMessage.data).uint32(this.#remoteId).string(piece).packet());
    }
    if (!this.#inputEnded || this.#outgoing.length > 0) return;
    this.#eofSent = true;
    this.#wire.send(message(channelMessage.eof).uint32(this.#remoteId).packet());
  }

  #sendRequest(name: string, wantReply: boolean, fill: (packet: PacketWriter) => PacketWriter): void {
    if (!this.isOpen) return;
    const head = message(channelMessage.request).uint32(this.#remoteId).string(name).bool(wantReply);
    this.#wire.send(fill(head).packet());
  }
}
