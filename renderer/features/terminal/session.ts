/**
 * One xterm on one terminal of the host: bytes in with acknowledgement, keys out, size kept in step. It shows what it
 * is given; the record is the host's and does not depend on it.
 */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import type { RunId, TargetName } from '../../../electron/contract/ids.ts';
import { ACK_BYTES } from '../../../electron/contract/flow.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import type { Client } from '../../api/client.ts';
import { commandFor } from '../../app/keymap.ts';
import { createAcks } from './acks.ts';
import { judgeLink, provideLinks, type RemoteLink } from './links.ts';
import { guardReplies, isTyped } from './replies.ts';
import { terminalTheme } from './theme.ts';
import { remoteTitle } from './title.ts';

/** Longest piece of input in one call, in UTF-16 units: well under the contract's limit. */
const inputPiece = 16_384;

/** Soft reset, mouse and focus reports off, bracketed paste off, the normal screen, cursor on, plain text. */
const resetModes =
  '\u001b[!p\u001b[?9;1000;1001;1002;1003;1004;1005;1006;1015;1016;2004l\u001b[?47;1047;1049l\u001b[?25h\u001b[0m\u001b(B\u000f';

export interface TerminalSession {
  readonly element: HTMLElement;
  readonly search: SearchAddon;
  readonly focus: () => void;
  /** Types text as if at the keyboard. It has been through the paste gate. */
  type(text: string): void;
  paste(text: string): void;
  readonly selection: () => string;
  readonly clearSelection: () => void;
  /** Takes back whatever modes a program left on. What is on the screen stays. */
  readonly resetModes: () => void;
  setFontSize(px: number): void;
  readonly refreshTheme: () => void;
  readonly dispose: () => void;
}

export interface SessionOptions {
  readonly client: Client;
  readonly runId: RunId;
  readonly target: TargetName;
  readonly parent: HTMLElement;
  readonly fontSize: number;
  readonly label: string;
  readonly onFailure: (failure: Failure | null) => void;
  /** A title that the remote side asked for, made harmless; null when it took it back. */
  readonly onTitle: (title: string | null) => void;
  /** A person wants to follow an address (Ctrl and a click). */
  readonly onLink: (link: RemoteLink) => void;
}

/** Opens a terminal in `parent` and attaches it; attaches again after each reconnect. */
export function openSession(options: SessionOptions): TerminalSession {
  const { client, runId, target, parent } = options;
  let stream: number | null = null;
  const follow = (event: MouseEvent, text: string): void => {
    const link = event.ctrlKey || event.metaKey ? judgeLink(text) : null;
    if (link !== null) options.onLink(link);
  };
  const term = new Terminal({
    allowProposedApi: false,
    cursorBlink: false,
    fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    fontSize: options.fontSize,
    lineHeight: 1.25,
    scrollback: 10_000,
    screenReaderMode: false,
    rightClickSelectsWord: false,
    theme: terminalTheme(document.documentElement.dataset['theme']),
    // Not left undefined: a remote window query would then throw inside the parser.
    windowOptions: {},
    linkHandler: {
      allowNonHttpProtocols: false,
      activate: (event, text) => {
        follow(event, text);
      },
    },
    minimumContrastRatio: 4.5,
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  term.loadAddon(fit);
  term.loadAddon(search);
  const guards = [
    ...guardReplies({
      parser: term.parser,
      cursor: () => ({ row: term.buffer.active.cursorY + 1, column: term.buffer.active.cursorX + 1 }),
      send: (reply) => {
        send(reply, 'terminal');
      },
      now: () => performance.now(),
    }),
    provideLinks(term, follow),
    term.onTitleChange((title) => {
      options.onTitle(remoteTitle(title));
    }),
  ];
  term.open(parent);
  term.textarea?.setAttribute('aria-label', options.label);
  term.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown') return true;
    // Copy and paste by their own keys: the browser's native paste event goes through the gate.
    if (event.ctrlKey && event.shiftKey && (event.key === 'C' || event.key === 'V')) return false;
    if (event.shiftKey && event.key === 'Insert') return false;
    return commandFor(event, 'terminal') === null;
  });
  fit.fit();

  let stopListening: (() => void) | null = null;
  let disposed = false;
  let generation = 0;

  const send = (data: string, by: 'person' | 'terminal'): void => {
    for (let at = 0; at < data.length && stream !== null; at += inputPiece) {
      const piece = data.slice(at, at + inputPiece);
      void client.call('terminal.write', { stream, data: piece, by }).then((result) => {
        if (!result.ok && result.error.code !== 'network') options.onFailure(result.error);
      });
    }
  };

  const listen = (id: number): void => {
    const acks = createAcks(ACK_BYTES, (bytes) => void client.call('terminal.ack', { stream: id, bytes }));
    stopListening = client.onStream(id, (bytes) => {
      term.write(bytes, () => {
        acks.parsed(bytes.length);
      });
    });
  };

  const attach = async (): Promise<void> => {
    const mine = ++generation;
    const { cols, rows } = term;
    const result = await client.call('terminal.attach', { runId, target, cols, rows });
    if (disposed || mine !== generation) {
      if (result.ok) void client.call('terminal.detach', { stream: result.value.stream });
      return;
    }
    if (!result.ok) {
      options.onFailure(result.error);
      return;
    }
    options.onFailure(null);
    term.reset();
    stream = result.value.stream;
    listen(stream);
    if (term.cols !== cols || term.rows !== rows) resized();
  };

  const leave = (): void => {
    stopListening?.();
    stopListening = null;
    stream = null;
  };

  const resized = (): void => {
    if (stream !== null) void client.call('terminal.resize', { stream, cols: term.cols, rows: term.rows });
  };

  const onData = term.onData((data) => {
    if (isTyped(data)) send(data, 'person');
  });
  const onResize = term.onResize(resized);
  const observer = new ResizeObserver(() => {
    if (parent.offsetWidth > 0 && parent.offsetHeight > 0) fit.fit();
  });
  observer.observe(parent);
  const stopStatus = client.onStatus((status) => {
    if (status.state === 'open') void attach();
    else leave();
  });
  if (client.status().state === 'open') void attach();

  return {
    element: parent,
    search,
    focus: () => {
      term.focus();
    },
    type: (text) => {
      term.input(text, true);
    },
    paste: (text) => {
      term.paste(text);
    },
    selection: () => term.getSelection(),
    clearSelection: () => {
      term.clearSelection();
    },
    resetModes: () => {
      term.write(resetModes);
    },
    setFontSize: (px) => {
      term.options.fontSize = px;
      fit.fit();
    },
    refreshTheme: () => {
      term.options.theme = terminalTheme(document.documentElement.dataset['theme']);
    },
    dispose: () => {
      disposed = true;
      const open = stream;
      leave();
      if (open !== null) void client.call('terminal.detach', { stream: open });
      observer.disconnect();
      stopStatus();
      for (const each of [...guards, onData, onResize]) each.dispose();
      term.dispose();
    },
  };
}
