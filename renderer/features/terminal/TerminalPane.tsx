/** The live terminal of one target, with its header, its search and the one paste gate for every route. */
import { useEffect, useEffectEvent, useRef, useState, type ReactElement } from 'react';
import type { RunId, TargetName } from '../../../electron/contract/ids.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { copyText, FailureNote } from '../../ui/bits.tsx';
import { judgePaste, type Paste } from './paste.ts';
import { LinkDialog } from './LinkDialog.tsx';
import type { RemoteLink } from './links.ts';
import { PasteDialog } from './PasteDialog.tsx';
import { openSession, type TerminalSession } from './session.ts';
import { TerminalSearch } from './TerminalSearch.tsx';
import './terminal.css';

export interface TerminalHandle {
  /** Types a command into the live shell without a newline; several lines are shown first. */
  readonly insert: (paste: Paste) => void;
}

export function TerminalPane(props: {
  readonly runId: RunId;
  readonly target: TargetName;
  readonly env: string;
  /** Gets the handle when the terminal is there, and null when it is gone. */
  readonly onHandle: (handle: TerminalHandle | null) => void;
}): ReactElement {
  const { runId, target } = props;
  const app = useApp();
  const settings = useValue(app.settings);
  const fontSize = settings.value?.terminalFontSize ?? 14;
  const host = useRef<HTMLDivElement | null>(null);
  const [session, setSession] = useState<TerminalSession | null>(null);
  const [asked, setAsked] = useState<Paste | null>(null);
  const [finding, setFinding] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [title, setTitle] = useState<string | null>(null);
  const [link, setLink] = useState<RemoteLink | null>(null);
  const sizeNow = useEffectEvent(() => fontSize);
  const onHandle = useEffectEvent(props.onHandle);

  useEffect(() => {
    const parent = host.current;
    if (parent === null) return;
    const opened = openSession({
      client: app.client,
      runId,
      target,
      parent,
      fontSize: sizeNow(),
      label: t('terminal.label', { target }),
      onFailure: setFailure,
      onTitle: setTitle,
      onLink: setLink,
    });
    setSession(opened);
    const gate = (text: string): void => {
      const paste = judgePaste(text);
      if (paste.text === '') return;
      if (paste.ask) setAsked(paste);
      else opened.paste(paste.text);
    };
    onHandle({
      insert: (paste) => {
        if (paste.ask) {
          setAsked(paste);
          return;
        }
        opened.type(paste.text);
        opened.focus();
      },
    });
    const stop = catchPaste(parent, gate);
    return () => {
      stop();
      onHandle(null);
      setSession(null);
      setTitle(null);
      opened.dispose();
    };
  }, [app, runId, target]);

  useEffect(() => {
    session?.setFontSize(fontSize);
  }, [fontSize, session]);
  useEffect(() => {
    // The theme also changes with the machine, without any setting of ours: follow what is on the document.
    const observer = new MutationObserver(() => session?.refreshTheme());
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      observer.disconnect();
    };
  }, [session]);

  useCommand('terminal', () => session?.focus());
  useCommand('terminal-reset', () => session?.resetModes());
  useCommand('terminal-find', () => {
    setFinding(true);
  });
  useCommand('find', () => {
    setFinding(true);
  });

  return (
    <>
      {finding && session !== null && (
        <TerminalSearch
          search={session.search}
          onClose={() => {
            setFinding(false);
            session.focus();
          }}
        />
      )}
      {failure !== null && <FailureNote failure={failure} />}
      {title !== null && (
        <p className="term__title">
          <span className="dim">{t('terminal.title')}</span> <bdi>{title}</bdi>
        </p>
      )}
      <div
        className="term__screen"
        ref={host}
        onKeyDown={(event) => {
          if (event.ctrlKey && event.shiftKey && event.key === 'C') {
            event.preventDefault();
            void copyText(session?.selection() ?? '');
          }
        }}
      />
      {link !== null && (
        <LinkDialog
          link={link}
          onClose={() => {
            setLink(null);
            requestAnimationFrame(() => session?.focus());
          }}
        />
      )}
      {asked !== null && (
        <PasteDialog
          paste={asked}
          env={props.env}
          onAnswer={(yes) => {
            setAsked(null);
            if (yes) session?.paste(asked.text);
            requestAnimationFrame(() => session?.focus());
          }}
        />
      )}
    </>
  );
}

/** Every route that puts text into the terminal, before xterm sees it: keys, menu, middle click and drop. */
function catchPaste(parent: HTMLElement, gate: (text: string) => void): () => void {
  const onPaste = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    gate(event.clipboardData?.getData('text/plain') ?? '');
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    gate(event.dataTransfer?.getData('text/plain') ?? '');
  };
  const onDragOver = (event: DragEvent): void => {
    event.preventDefault();
  };
  parent.addEventListener('paste', onPaste, { capture: true });
  parent.addEventListener('drop', onDrop, { capture: true });
  parent.addEventListener('dragover', onDragOver);
  return () => {
    parent.removeEventListener('paste', onPaste, { capture: true });
    parent.removeEventListener('drop', onDrop, { capture: true });
    parent.removeEventListener('dragover', onDragOver);
  };
}
