/**
 * The host process from the inside: makes the host, connects the ports that pages send, reports how many runs are
 * open. What it needs of Electron is two small interfaces, so that it runs in any test.
 */
import type { RunSummary } from '../contract/views.ts';
import type { Failure, Result } from '../contract/result.ts';
import type { Host, HostClient } from '../host/host.ts';
import { openPageSession } from '../host/page/session.ts';
import type { SecretBox } from '../host/ports.ts';
import type { PdfPrinter } from '../host/reports/pdfPrinter.ts';
import type { FromHost, HostStart, ToHost } from './hostMessages.ts';
import { logProblem } from './log.ts';

/** A page's port, as Electron's MessagePortMain. */
export interface PagePort {
  on(event: 'message', listener: (message: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** The line to the shell, as Electron's ParentPort. */
export interface ShellPort {
  on(
    event: 'message',
    listener: (message: { readonly data: ToHost; readonly ports: readonly PagePort[] }) => void,
  ): unknown;
  postMessage(message: FromHost): void;
}

/** Makes the host from what the shell said at the start. */
export type ComposeHost = (start: HostStart, secrets: SecretBox, pdf: PdfPrinter) => Promise<Result<Host>>;

/** Serves the shell until it says `close`; then closes the host and calls `exit`. */
export function serveShell(shell: ShellPort, compose: ComposeHost, exit: (code: number) => void): void {
  let host: Host | null = null;
  let secrets: RemoteSecrets | null = null;
  const printer = remotePrinter(shell);

  const begin = async (start: HostStart): Promise<void> => {
    secrets = remoteSecrets(shell, start.protection);
    const made = await compose(start, secrets.box, printer.pdf);
    if (!made.ok) {
      shell.postMessage({ type: 'failed', failure: made.error });
      return;
    }
    host = made.value;
    watchOpenRuns(host, (count) => {
      shell.postMessage({ type: 'open-runs', count });
    });
    shell.postMessage({ type: 'ready' });
  };

  const end = async (): Promise<void> => {
    await host?.close();
    exit(0);
  };

  shell.on('message', ({ data, ports }) => {
    switch (data.type) {
      case 'start':
        void begin(data).catch((problem: unknown) => {
          logProblem('the host could not be started', problem);
          shell.postMessage({ type: 'failed', failure: cannotStart() });
        });
        return;
      case 'page':
        for (const port of ports) connectPort(host, port);
        return;
      case 'sealed':
        secrets?.settle(data.id, data.result);
        return;
      case 'printed':
        printer.settle(data.id, data.result);
        return;
      case 'close':
        void end().catch((problem: unknown) => {
          logProblem('the host did not close cleanly', problem);
          exit(1);
        });
        return;
    }
  });
}

/** Serves one page over its port. Without a host the port is closed, and the page asks again. */
function connectPort(host: Host | null, port: PagePort): void {
  if (host === null) {
    port.close();
    return;
  }
  const session = openPageSession(host, {
    text: (frame) => {
      port.postMessage(frame);
    },
    binary: (frame) => {
      port.postMessage(frame);
    },
  });
  port.on('message', ({ data }) => {
    const received = typeof data === 'string' ? session.receive(data) : null;
    if (received?.ok === true) return;
    session.close();
    port.close();
  });
  port.on('close', () => {
    session.close();
  });
  port.start();
}

/** Tells how many runs are open, now and whenever that changes, through the same calls a page uses. */
function watchOpenRuns(host: Host, report: (count: number) => void): void {
  let asking = false;
  let again = false;
  // Assigned below: `connect` may send an event before it returns.
  let client: HostClient | null = null;
  const ask = async (): Promise<void> => {
    if (client === null) return;
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    const reply = await client.call('run.list', {});
    asking = false;
    if (reply.ok)
      report((reply.value as readonly RunSummary[]).filter((run) => run.status === 'open').length);
    if (again) {
      again = false;
      await ask();
    }
  };
  client = host.connect({
    event: (event) => {
      if (event.type === 'runs.changed') void ask();
    },
    stream: () => undefined,
  });
  void ask();
}

interface RemoteSecrets {
  readonly box: SecretBox;
  settle(id: number, result: Result<Uint8Array>): void;
}

/** The shell's secret box from here: the keyring can be reached from the main process only. */
function remoteSecrets(shell: ShellPort, protection: SecretBox['protection']): RemoteSecrets {
  const waiting = new Map<number, (result: Result<Uint8Array>) => void>();
  let last = 0;
  const ask = (type: 'seal' | 'unseal', bytes: Uint8Array) =>
    new Promise<Result<Uint8Array>>((resolve) => {
      const id = ++last;
      waiting.set(id, resolve);
      shell.postMessage({ type, id, bytes });
    });
  return {
    box: {
      protection,
      async seal(secret) {
        const sealed = await ask('seal', secret);
        if (!sealed.ok) throw new Error(sealed.error.message);
        return sealed.value;
      },
      open: (sealed) => ask('unseal', sealed),
    },
    settle(id, result) {
      waiting.get(id)?.(result);
      waiting.delete(id);
    },
  };
}

interface RemotePrinter {
  readonly pdf: PdfPrinter;
  settle(id: number, result: Result<Uint8Array>): void;
}

/** The shell's printer from here: only the main process has windows. The shell always answers, if only that it failed. */
function remotePrinter(shell: ShellPort): RemotePrinter {
  const waiting = new Map<number, (result: Result<Uint8Array>) => void>();
  let last = 0;
  return {
    pdf: {
      print: (html) =>
        new Promise((resolve) => {
          const id = ++last;
          waiting.set(id, resolve);
          shell.postMessage({ type: 'print', id, html });
        }),
    },
    settle(id, result) {
      waiting.get(id)?.(result);
      waiting.delete(id);
    },
  };
}

function cannotStart(): Failure {
  return {
    code: 'internal',
    message: 'Holdpoint cannot start: its host failed.',
    kept: 'Everything recorded so far is on disk.',
    hint: 'Start it again. If it comes back, the log of this app says more.',
  };
}
