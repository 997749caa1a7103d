/** What goes into a new package: name, version, which runbooks, whether the site's own values. */
import { useState, type ReactElement } from 'react';
import type { PackageName, PackageView } from '../../../electron/contract/packages.ts';
import type { RunbookId } from '../../../electron/contract/ids.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, Tick } from '../../ui/fields.tsx';

const nameShape = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const versionShape = /^\d+(\.\d+){0,2}([-+][0-9A-Za-z.-]+)?$/;

export function MakeDialog(props: {
  readonly onMade: (view: PackageView) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { client, library } = useApp();
  const known = useValue(library).value?.runbooks ?? [];
  const [name, setName] = useState('');
  const [version, setVersion] = useState('1.0.0');
  const [title, setTitle] = useState('');
  const [overlays, setOverlays] = useState(false);
  const [chosen, setChosen] = useState<readonly RunbookId[]>([]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const ready = !busy && nameShape.test(name) && name.length <= 48 && versionShape.test(version);
  const make = (): void => {
    if (!ready) return;
    setBusy(true);
    setFailure(null);
    const request = {
      name: name as PackageName,
      version,
      title: title.trim() === '' ? name : title.trim(),
      runbooks: [...chosen],
      overlays,
    };
    void client.call('package.make', request).then((made) => {
      setBusy(false);
      if (made.ok) props.onMade(made.value);
      else setFailure(made.error);
    });
  };
  return (
    <Dialog
      title={t('make.title')}
      wide
      onClose={props.onClose}
      actions={
        <>
          <Button onPress={props.onClose}>{t('cancel')}</Button>
          <Button look="primary" disabled={!ready} onPress={make}>
            {t('make.now')}
          </Button>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <Field
          label={t('make.name')}
          value={name}
          maxLength={48}
          autoFocus
          help={t('make.name.help')}
          onChange={setName}
        />
        <Field
          label={t('make.version')}
          value={version}
          maxLength={32}
          help={t('make.version.help')}
          onChange={setVersion}
        />
        <Field label={t('make.of')} value={title} maxLength={200} onChange={setTitle} />
        <Tick on={overlays} onChange={setOverlays}>
          {t('make.overlays')}
        </Tick>
        <fieldset className="stack make__runbooks">
          <legend className="field__label">{t('make.runbooks')}</legend>
          <p className="field__help">{t('make.runbooks.help')}</p>
          {known.map(({ id, title: of }) => (
            <Tick
              key={id}
              on={chosen.includes(id)}
              onChange={(on) => {
                setChosen(on ? [...chosen, id] : chosen.filter((one) => one !== id));
              }}
            >
              {of}
            </Tick>
          ))}
        </fieldset>
        {failure !== null && <FailureNote failure={failure} />}
      </form>
    </Dialog>
  );
}
