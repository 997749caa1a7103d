/**
 * A run that has ended and is not sealed, because a declared secret may stand in its files: what was found, the secrets
 * to give again, and the override by name and reason. It must never seal by reflex.
 */
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { SealBlock } from '../../../electron/contract/views.ts';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { Failure, Result } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { SecretField } from '../../ui/SecretField.tsx';
import { ReasonDialog } from '../prompts/ReasonDialog.tsx';

export function SealBlockPanel(props: {
  readonly runId: RunId;
  readonly onSealed: () => void;
}): ReactElement {
  const { runId } = props;
  const app = useApp();
  const remote = useMemo(
    () => createRemote(() => app.client.call('evidence.block', { runId })),
    [app, runId],
  );
  const block = useValue(remote);
  useEffect(() => {
    void remote.refresh();
  }, [remote]);
  if (block.failure !== null) return <FailureNote failure={block.failure} />;
  if (block.loading && block.value === null) return <Loading />;
  return (
    <Panel
      runId={runId}
      block={block.value}
      onTried={(left) => {
        remote.put(left);
        if (left === null) props.onSealed();
      }}
    />
  );
}

function Panel(props: {
  readonly runId: RunId;
  readonly block: SealBlock | null;
  readonly onTried: (left: SealBlock | null) => void;
}): ReactElement {
  const { runId, block } = props;
  const app = useApp();
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [said, setSaid] = useState('');
  const [overriding, setOverriding] = useState(false);
  const unknown = block?.unknown ?? [];
  const given = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== ''));
  const seal = async (override?: string): Promise<Result<unknown>> => {
    const result = await app.client.call('evidence.seal', {
      runId,
      ...(Object.keys(given).length === 0 ? {} : { secrets: given }),
      ...(override === undefined ? {} : { override }),
    });
    if (result.ok) {
      setSecrets({});
      props.onTried(result.value);
    }
    return result;
  };
  const again = (): void => {
    if (busy) return;
    setBusy(true);
    setSaid('');
    void seal().then((result) => {
      setBusy(false);
      setFailure(result.ok ? null : result.error);
      setSaid(result.ok && result.value !== null ? t('block.still') : '');
    });
  };
  useCommand('primary', again);
  return (
    <section className="blocked" aria-label={t('block.title')}>
      <h2>{t('block.title')}</h2>
      <p>{t('block.text')}</p>
      {block !== null && block.findings.length > 0 && (
        <ul className="findings">
          {block.findings.map((finding) => (
            <li key={`${finding.file}:${finding.rule}:${finding.message}`} className="finding finding--error">
              <p className="finding__head">
                <b>{visible(finding.rule)}</b>
                <code>{finding.file}</code>
              </p>
              <p>{visible(finding.message)}</p>
            </li>
          ))}
        </ul>
      )}
      {unknown.length > 0 && (
        <>
          <p>{t('block.unknown')}</p>
          <div className="stack">
            {unknown.map((name) => (
              <SecretField
                key={name}
                label={name}
                value={secrets[name] ?? ''}
                help={t('block.secret.help')}
                onChange={(value) => {
                  setSecrets({ ...secrets, [name]: value });
                }}
              />
            ))}
          </div>
        </>
      )}
      {failure !== null && <FailureNote failure={failure} />}
      <p className="request__act">
        <Button look="primary" keys="Alt+Enter" disabled={busy} onPress={again}>
          {t(unknown.length > 0 ? 'block.search' : 'block.again')}
        </Button>
        <Button
          look="danger"
          disabled={busy}
          onPress={() => {
            setOverriding(true);
          }}
        >
          {t('block.override')}
        </Button>
        <span className="why-not" role="status">
          {said}
        </span>
      </p>
      {overriding && (
        <ReasonDialog
          title={t('block.override.title')}
          label={t('reason')}
          confirm={t('block.override.go')}
          tone="danger"
          onClose={() => {
            setOverriding(false);
          }}
          onSubmit={(reason) => seal(reason)}
        >
          <p>{t('block.override.text')}</p>
        </ReasonDialog>
      )}
    </section>
  );
}
