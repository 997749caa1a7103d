/**
 * Keeps the host process alive: starts it, restarts it a few times when it dies, hands it the pages' ports. It must
 * never restart for ever, and never hide that a restart happened.
 */
import type { MessagePortMain, UtilityProcess } from 'electron';
import { type Failure, type Result, fail, ok } from '../contract/result.ts';
import type { SecretBox } from '../host/ports.ts';
import type { PdfPrinter } from '../host/reports/pdfPrinter.ts';
import type { FromHost, HostStart, ToHost } from './hostMessages.ts';

/** Restarts within the window before the supervisor gives up: a host that dies this often would only die again. */
export const MAX_RESTARTS = 5;
export const RESTART_WINDOW_MS = 10 * 60_000;
/** How long the host may take to close its journals. */
const CLOSE_MS = 10_000;

export interface SupervisorOptions {
  /** Starts one host process. */
  readonly fork: () => UtilityProcess;
  readonly start: Omit<HostStart, 'type' | 'notices' | 'protection'>;
  readonly secrets: SecretBox;
  readonly pdf: PdfPrinter;
  readonly onOpenRuns: (count: number) => void;
  /** The host cannot go on; a person must decide. */
  readonly onGivenUp: (failure: Failure) => void;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

export interface HostSupervisor {
  /** Connects a page as soon as the host is ready. False, and the port closed, when there will be no host any more. */
  connectPage(port: MessagePortMain): boolean;
  /** Lets the host close its journals, then ends it. Resolves when it has ended. */
  close(): Promise<void>;
}

/** Starts the host and keeps it running until `close`. */
export function superviseHost(options: SupervisorOptions): HostSupervisor {
  let child: UtilityProcess | null = null;
  let ready = false;
  let closing = false;
  let waiting: MessagePortMain[] = [];
  let restarts: number[] = [];

  const startHost = (notices: readonly Failure[]): void => {
    const host = options.fork();
    child = host;
    ready = false;
    host.on('message', (message: FromHost) => {
      receive(host, message);
    });
    host.on('exit', () => {
      if (child !== host) return;
      child = null;
      options.onOpenRuns(0);
      if (!closing) restart();
    });
    send(host, { type: 'start', ...options.start, protection: options.secrets.protection, notices });
  };

  const restart = (): void => {
    const now = options.now();
    restarts = [...restarts.filter((time) => now - time < RESTART_WINDOW_MS), now];
    if (restarts.length > MAX_RESTARTS) {
      giveUp(hostGone(MAX_RESTARTS));
      return;
    }
    startHost([hostRestarted()]);
  };

  const giveUp = (failure: Failure): void => {
    closing = true;
    for (const port of waiting) port.close();
    waiting = [];
    options.onGivenUp(failure);
  };

  const receive = (host: UtilityProcess, message: FromHost): void => {
    switch (message.type) {
      case 'ready':
        ready = true;
        for (const port of waiting) send(host, { type: 'page' }, [port]);
        waiting = [];
        return;
      case 'failed':
        giveUp(message.failure);
        return;
      case 'open-runs':
        options.onOpenRuns(message.count);
        return;
      case 'print':
        void options.pdf.print(message.html).then((result) => {
          if (child === host) send(host, { type: 'printed', id: message.id, result });
        });
        return;
      case 'seal':
      case 'unseal':
        void useBox(options.secrets, message).then((result) => {
          if (child === host) send(host, { type: 'sealed', id: message.id, result });
        });
        return;
    }
  };

  startHost([]);
  return {
    connectPage(port) {
      if (closing) {
        port.close();
        return false;
      }
      if (child !== null && ready) send(child, { type: 'page' }, [port]);
      else waiting.push(port);
      return true;
    },
    close() {
      closing = true;
      const host = child;
      if (host === null) return Promise.resolve();
      return new Promise((resolve) => {
        const impatience = setTimeout(() => {
          host.kill();
        }, CLOSE_MS);
        host.once('exit', () => {
          clearTimeout(impatience);
          resolve();
        });
        send(host, { type: 'close' });
      });
    },
  };
}

function send(host: UtilityProcess, message: ToHost, ports: MessagePortMain[] = []): void {
  host.postMessage(message, ports);
}

async function useBox(
  secrets: SecretBox,
  message: Extract<FromHost, { type: 'seal' | 'unseal' }>,
): Promise<Result<Uint8Array>> {
  try {
    return message.type === 'seal'
      ? ok(await secrets.seal(message.bytes))
      : await secrets.open(message.bytes);
  } catch {
    return fail('auth', "This account's keyring refused to protect the key.", {
      hint: 'Unlock the keyring of this desktop session and try again.',
    });
  }
}

function hostRestarted(): Failure {
  return fail('internal', 'The part of Holdpoint that runs steps stopped and was started again.', {
    kept: 'Every record up to that moment is on disk. A step that was running has the outcome unknown.',
    hint: 'Open the run to resume it.',
  }).error;
}

function hostGone(times: number): Failure {
  return fail(
    'internal',
    `The part of Holdpoint that runs steps stopped ${String(times + 1)} times in a short while.`,
    {
      kept: 'Every record up to that moment is on disk and the run can be resumed.',
      hint: 'Close Holdpoint, look at the disk and the log, and start it again.',
    },
  ).error;
}
