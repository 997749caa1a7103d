/** The trust as text: pasted, typed or loaded; what it adds and takes away is shown before it counts. */
import { useState, type ReactElement } from 'react';
import type { TrustView } from '../../../electron/contract/people.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/fields.tsx';
import { FileButton } from '../../ui/FileButton.tsx';
import { readText } from '../../ui/save.ts';
import { useArmed } from '../../ui/useArmed.ts';
import { lineChanges, trustChange, type TrustDraft } from './trustModel.ts';

const longest = 1_000_000;
const parts: readonly {
  readonly id: keyof TrustDraft;
  readonly label: MessageKey;
  readonly help: MessageKey;
}[] = [
  { id: 'allowedSigners', label: 'people.edit.signers', help: 'people.edit.signers.help' },
  { id: 'revoked', label: 'people.edit.revoked', help: 'people.edit.revoked.help' },
  { id: 'tsaCa', label: 'people.edit.tsa', help: 'people.edit.tsa.help' },
];

export function TrustEditDialog(props: {
  readonly trust: TrustView;
  readonly onClose: () => void;
}): ReactElement {
  const { trust } = props;
  const app = useApp();
  const [draft, setDraft] = useState<TrustDraft>({
    allowedSigners: trust.allowedSigners,
    revoked: trust.revoked,
    tsaCa: trust.tsaCa,
  });
  const [failure, setFailure] = useState<Failure | null>(null);
  const armed = useArmed();
  const change = trustChange(trust, draft);
  const dirty = Object.keys(change).length > 0;
  const save = (): void => {
    if (!dirty || !armed) return;
    void app.client.call('people.set-trust', change).then((result) => {
      if (!result.ok) {
        setFailure(result.error);
        return;
      }
      app.trust.put(result.value);
      void app.keys.refresh();
      props.onClose();
    });
  };
  const edit = (id: keyof TrustDraft, text: string): void => {
    setDraft((old) => ({ ...old, [id]: text }));
    setFailure(null);
  };
  return (
    <Dialog
      title={t('people.edit.title')}
      tone="danger"
      wide="panel"
      onClose={props.onClose}
      actions={
        <>
          <span className="dialog__note" role="status">
            {dirty ? changesText(trust, draft) : t('people.edit.same')}
          </span>
          <Button onPress={props.onClose}>{t('cancel')}</Button>
          <Button look="primary" disabled={!dirty || !armed} onPress={save}>
            {t('people.edit.save')}
          </Button>
        </>
      }
    >
      <p className="dim">{t('people.edit.text')}</p>
      {failure !== null && <FailureNote failure={failure} />}
      {parts.map((part) => (
        <div key={part.id} className="trust-part">
          <Field
            label={t(part.label)}
            mono
            multiline
            value={draft[part.id]}
            maxLength={longest}
            help={t(part.help)}
            onChange={(text) => {
              edit(part.id, text);
            }}
          />
          <p>
            <FileButton
              label={t('people.edit.load.label', { what: t(part.label) })}
              onFile={(file) => {
                void readText(file, longest).then((read) => {
                  if (read.ok) edit(part.id, read.value);
                  else setFailure(read.error);
                });
              }}
            >
              {t('people.edit.load')}
            </FileButton>
          </p>
        </div>
      ))}
      <Changes before={trust} draft={draft} />
    </Dialog>
  );
}

function changesText(before: TrustView, draft: TrustDraft): string {
  const all = (['allowedSigners', 'revoked'] as const).map((id) => lineChanges(before[id], draft[id]));
  const added = all.reduce((n, each) => n + each.added.length, 0);
  const gone = all.reduce((n, each) => n + each.gone.length, 0);
  return added + gone === 0 ? '' : t('people.edit.changes', { added, gone });
}

function Changes(props: { readonly before: TrustView; readonly draft: TrustDraft }): ReactElement | null {
  const all = (['allowedSigners', 'revoked'] as const).map((id) =>
    lineChanges(props.before[id], props.draft[id]),
  );
  const added = all.flatMap((each) => each.added);
  const gone = all.flatMap((each) => each.gone);
  if (added.length === 0 && gone.length === 0) return null;
  return (
    <section aria-label={t('people.edit.changes', { added: added.length, gone: gone.length })}>
      <h3 className="hold__head">{t('people.edit.changes', { added: added.length, gone: gone.length })}</h3>
      <ul className="changes">
        {added.map((line) => (
          <li key={`+${line}`}>
            <b className="ok">{t('people.edit.added')}</b> <code>{visible(line)}</code>
          </li>
        ))}
        {gone.map((line) => (
          <li key={`-${line}`}>
            <b className="bad">{t('people.edit.gone')}</b> <code>{visible(line)}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
