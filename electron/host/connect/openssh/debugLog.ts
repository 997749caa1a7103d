/**
 * Reads what `ssh -v` writes while it connects: how far it is, what was agreed on, and what it complains about. Facts
 * of the key exchange are taken only before a server can put text of its own into the log (its login banner).
 */
import { cleanLine } from '../serverText.ts';

export interface LogFacts {
  /** Identification string of the server. */
  readonly server: string;
  readonly kex: string;
  readonly cipher: string;
  readonly hostKey: { readonly type: string; readonly fingerprint: string } | undefined;
  /** The key counts because known_hosts has it, or because an authority there signed it. */
  readonly known: 'key' | 'certificate' | undefined;
}

export interface LoginFacts {
  /** Methods that the server offers now. */
  readonly offered: readonly string[];
  /** The method being tried. */
  readonly current: string | undefined;
  readonly tried: readonly string[];
  /** Keys shown to the server. */
  readonly keysShown: number;
  /** Proofs that were accepted, as one of several or as the last. */
  readonly accepted: readonly string[];
}

export type LogStep =
  | 'reached'
  | 'identified'
  | 'host-key'
  /** Words of the other side came before it has proven its key: ssh lets them hold line breaks, so they can be anything. */
  | 'spoken'
  | 'proven'
  | 'signing'
  | 'answered'
  | 'listening';

const keptLines = 60;
const longestLine = 4096;

const debug = {
  identified: /^debug1: Remote protocol version (\S+), remote software version (.*)$/,
  kex: /^debug1: kex: algorithm: (\S+)/,
  cipher: /^debug1: kex: client->server cipher: (\S+)/,
  hostKey: /^debug1: Server host key: (\S+) (SHA256:\S+)/,
  hostCertificate: /^debug1: Server host certificate: (\S+) (SHA256:[^\s,]+)/,
  known: /^debug1: Host '.*' is known and matches the \S+ host (key|certificate)\./,
  offered: /^debug1: Authentications that can continue: (.*)$/,
  next: /^debug1: Next authentication method: (\S+)/,
  shown: /^debug1: Offering public key: /,
  takes: /^debug1: Server accepts key: (.*)$/,
  partial: /^(?:debug1: )?Authenticated (?:using "([^"]*)" )?with partial success/,
  done: /^(?:Authenticated to .* using "([^"]*)"\.|debug1: Authentication succeeded \(([^)]*)\)\.)/,
} as const;

export class DebugLog {
  #held = '';
  #said: string[] = [];
  #sinceDebug: string[] = [];
  #server = '';
  #kex = '';
  #cipher = '';
  #hostKey: { type: string; fingerprint: string } | undefined;
  #known: LogFacts['known'];
  #proven = false;
  #spoken = false;
  #offered: readonly string[] = [];
  #current: string | undefined;
  #tried: string[] = [];
  #keysShown = 0;
  #accepted: string[] = [];
  #taken = '';
  readonly #onStep: (step: LogStep) => void;

  constructor(onStep: (step: LogStep) => void) {
    this.#onStep = onStep;
  }

  get facts(): LogFacts {
    return {
      server: this.#server,
      kex: this.#kex,
      cipher: this.#cipher,
      hostKey: this.#hostKey,
      known: this.#known,
    };
  }

  get login(): LoginFacts {
    return {
      offered: this.#offered,
      current: this.#current,
      tried: this.#tried,
      keysShown: this.#keysShown,
      accepted: this.#accepted,
    };
  }

  /** The last lines that are not debugging: complaints of ssh, words of the server, output of a ProxyCommand. */
  get said(): readonly string[] {
    return this.#said;
  }

  /** Takes the words that came since the last debugging line: the server's, when it asks something. */
  takeRecentWords(): string {
    return this.#sinceDebug.splice(0).join('\n');
  }

  push(chunk: string): void {
    const lines = (this.#held + chunk).split('\n');
    this.#held = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) this.#line(line.replace(/\r$/, '').slice(0, longestLine));
  }

  /** Standard error has ended: the last line may be without an end. */
  end(): void {
    if (this.#held !== '') this.#line(this.#held);
    this.#held = '';
  }

  #line(line: string): void {
    if (this.#spoken) return;
    if (!this.#proven && line.startsWith('debug1: Remote: ')) {
      this.#spoken = true;
      this.#onStep('spoken');
      return;
    }
    if (!this.#proven && this.#exchangeLine(line)) return;
    if (this.#loginLine(line)) return;
    if (/^debug[123]: /.test(line)) {
      this.#sinceDebug = [];
      return;
    }
    if (line.trim() === '') return;
    for (const list of [this.#said, this.#sinceDebug]) {
      list.push(line);
      if (list.length > keptLines) list.shift();
    }
  }

  /** Lines up to the end of the key exchange. */
  #exchangeLine(line: string): boolean {
    let found: RegExpExecArray | null;
    if (line.startsWith('debug1: Connection established.')) this.#onStep('reached');
    else if ((found = debug.identified.exec(line)) !== null) {
      this.#server = cleanLine(`SSH-${found[1] ?? ''}-${found[2] ?? ''}`, 255);
      this.#onStep('identified');
    } else if ((found = debug.kex.exec(line)) !== null) this.#kex = cleanLine(found[1] ?? '', 80);
    else if ((found = debug.cipher.exec(line)) !== null) this.#cipher = cleanLine(found[1] ?? '', 80);
    else if ((found = debug.hostKey.exec(line) ?? debug.hostCertificate.exec(line)) !== null) {
      this.#hostKey = { type: cleanLine(found[1] ?? '', 64), fingerprint: found[2] ?? '' };
      this.#onStep('host-key');
    } else if ((found = debug.known.exec(line)) !== null) {
      this.#known = found[1] === 'certificate' ? 'certificate' : 'key';
    } else if (line.startsWith('debug1: SSH2_MSG_NEWKEYS received')) {
      this.#proven = true;
      this.#onStep('proven');
    } else return false;
    this.#sinceDebug = [];
    return true;
  }

  #loginLine(line: string): boolean {
    let found: RegExpExecArray | null;
    if ((found = debug.offered.exec(line)) !== null) {
      this.#offered = namesIn(found[1] ?? '');
      this.#onStep('answered');
    } else if ((found = debug.next.exec(line)) !== null) {
      this.#current = cleanLine(found[1] ?? '', 40);
      if (!this.#tried.includes(this.#current)) this.#tried.push(this.#current);
    } else if (debug.shown.test(line)) this.#keysShown += 1;
    else if ((found = debug.takes.exec(line)) !== null) {
      this.#taken = found[1] ?? '';
      this.#onStep('signing');
    } else if ((found = debug.partial.exec(line)) !== null) this.#accept(found[1] ?? this.#current ?? '');
    else if ((found = debug.done.exec(line)) !== null) this.#accept(found[1] ?? found[2] ?? '');
    else if (line.startsWith('debug1: Entering interactive session.')) this.#onStep('listening');
    else return false;
    this.#sinceDebug = [];
    return true;
  }

  #accept(method: string): void {
    this.#accepted.push(
      method === 'publickey' ? `publickey (${keyOrigin(this.#taken)})` : cleanLine(method, 40),
    );
    this.#onStep('answered');
  }
}

/** Where an accepted key came from, as `Server accepts key: FILE TYPE FINGERPRINT [explicit] [agent|token]` says. */
function keyOrigin(taken: string): string {
  const certificate = / \S+-CERT SHA256:/.test(taken) ? 'certificate, ' : '';
  const words = taken
    .slice(taken.lastIndexOf(' SHA256:') + 1)
    .split(' ')
    .slice(1);
  const place = words.includes('agent') ? 'agent' : words.includes('token') ? 'token' : 'file';
  const hardware = / \S+-SK(-CERT)? SHA256:/.test(taken) ? 'security key, ' : '';
  return `${certificate}${hardware}${place}`;
}

function namesIn(list: string): readonly string[] {
  return list
    .split(',')
    .map((name) => cleanLine(name, 40))
    .filter((name) => name !== '')
    .slice(0, 12);
}
