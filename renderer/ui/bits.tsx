/** Small shared pieces: pills, failure notes, empty places, copy. */
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import type { Failure } from '../../electron/contract/result.ts';
import type { Risk } from '../../electron/contract/runbook.ts';
import { riskWords } from '../format/describe.ts';
import { t, type MessageKey } from '../i18n/t.ts';
import { Button } from './Button.tsx';

export function RiskPill({ risk }: { readonly risk: Risk }): ReactElement {
  return <span className={`pill pill--${risk}`}>{t(riskWords[risk])}</span>;
}

/** What failed, what was kept, what to do. */
export function FailureNote({
  failure,
  children,
}: {
  readonly failure: Failure;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className="failure" role="alert">
      <p className="failure__message">{failure.message}</p>
      {failure.kept !== undefined && (
        <p>
          <b>{t('failure.kept')}</b> {failure.kept}
        </p>
      )}
      {failure.hint !== undefined && (
        <p>
          <b>{t('failure.hint')}</b> {failure.hint}
        </p>
      )}
      {children !== undefined && <div className="failure__actions">{children}</div>}
    </div>
  );
}

export function Empty({
  title,
  children,
  actions,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}): ReactElement {
  return (
    <div className="empty">
      <svg className="empty__mark" viewBox="0 0 64 64" aria-hidden="true">
        <circle cx="32" cy="32" r="22" />
        <path d="M16.5 47.5 47.5 16.5" />
      </svg>
      <h2>{title}</h2>
      {children !== undefined && <div className="empty__text">{children}</div>}
      {actions !== undefined && <div className="empty__actions">{actions}</div>}
    </div>
  );
}

export function Loading(): ReactElement {
  return (
    <p className="loading" role="status">
      {t('loading')}
    </p>
  );
}

/** Puts text on the clipboard; says so, or says that it could not. */
export function CopyButton({
  text,
  label,
  keys,
}: {
  readonly text: string;
  readonly label?: string;
  readonly keys?: string;
}): ReactElement {
  const [said, setSaid] = useState<MessageKey | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => {
      setSaid(null);
    }, 2000);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);
  return (
    <>
      <Button
        {...(keys === undefined ? {} : { keys })}
        onPress={() => {
          void copyText(text).then((done) => {
            setSaid(done ? 'copy.done' : 'copy.failed');
          });
        }}
      >
        {said === null ? (label ?? t('copy')) : t(said)}
      </Button>
      <span className="sr-only" role="status">
        {said === null ? '' : t(said)}
      </span>
    </>
  );
}

/** Never adds a newline. False when the clipboard is not to be had. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export function SectionTitle({
  children,
  aside,
}: {
  readonly children: ReactNode;
  readonly aside?: ReactNode;
}): ReactElement {
  return (
    <h2 className="section-title">
      {children}
      {aside !== undefined && <span>{aside}</span>}
    </h2>
  );
}
