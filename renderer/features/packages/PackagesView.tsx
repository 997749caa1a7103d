/** Packages of runbooks: those of this desk, and one that is opened, to be looked at, signed, saved or imported. */
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { InstalledPackage, PackageView } from '../../../electron/contract/packages.ts';
import type { Failure, Result } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { FileButton } from '../../ui/FileButton.tsx';
import { saveBase64 } from '../../ui/save.ts';
import { useArmed } from '../../ui/useArmed.ts';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { uploadFor } from '../bundle/upload.ts';
import { InstalledList, type Change } from './InstalledList.tsx';
import { MakeDialog } from './MakeDialog.tsx';
import { PackagePane } from './PackagePane.tsx';

const noHooks = { onSent: () => undefined, onVerifying: () => undefined, cancelled: () => false };

export function PackagesView(): ReactElement {
  const { client, packages } = useApp();
  const installed = useValue(packages);
  const [view, setView] = useState<PackageView | null>(null);
  const [making, setMaking] = useState(false);
  const [said, setSaid] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const place = useRef<HTMLElement>(null);
  const armed = useArmed();
  useArrivalFocus(place);
  useEffect(() => {
    void packages.refresh();
  }, [packages]);

  const tell = (result: Result<unknown>, done: string): void => {
    setFailure(result.ok ? null : result.error);
    setSaid(result.ok ? done : '');
  };
  const show = (next: PackageView | null): void => {
    if (view !== null && view.id !== next?.id) void client.call('package.close', { id: view.id });
    setView(next);
  };
  const open = (file: File): void => {
    setFailure(null);
    setSaid(t('packages.opening', { name: file.name }));
    const from = (id: string) => client.call('package.open', { from: { kind: 'upload' as const, id } });
    void uploadFor(client, file, noHooks, from).then((opened) => {
      tell(opened, '');
      if (opened.ok) show(opened.value);
    });
  };
  const put = (result: Result<readonly InstalledPackage[]>, done: string): void => {
    tell(result, done);
    if (result.ok) packages.put(result.value);
  };
  const canImport = view !== null && view.barred === undefined && armed;
  const take = (): void => {
    if (view === null || !canImport) return;
    const { id, sha256, name, version } = view;
    void client.call('package.import', { id, sha256 }).then((result) => {
      put(result, t('packages.imported', { name, version }));
      if (result.ok) setView(null);
    });
  };
  const save = (): void => {
    if (view === null) return;
    void client.call('package.file', { id: view.id }).then((result) => {
      tell(result, result.ok ? t('package.saved', { name: result.value.file }) : '');
      if (result.ok) saveBase64(result.value.file, result.value.base64);
    });
  };
  const change = (what: Change, { name }: InstalledPackage): void => {
    void client.call(`package.${what}`, { name }).then((result) => {
      put(result, t('packages.changed'));
    });
  };
  useCommand('open-document', () => document.querySelector<HTMLElement>('.packages__open button')?.click());
  useCommand('primary', take, canImport);
  useCommand('secondary', () => {
    setMaking(true);
  });
  useCommand('save', save, view !== null);
  useCommand(
    'back-to-current',
    () => {
      show(null);
    },
    view !== null,
  );
  return (
    <main ref={place} className="ledger" data-region tabIndex={-1} aria-label={t('place.packages')}>
      <div className="ledger__body" tabIndex={0} role="region" aria-label={t('packages.installed')}>
        <div className="page__column page__column--wide">
          <h1 className="page__title">{t('place.packages')}</h1>
          <p className="dim">{t('packages.text')}</p>
          {view !== null && <PackagePane view={view} onView={setView} />}
          <SectionTitle>{t('packages.installed')}</SectionTitle>
          {installed.failure !== null && <FailureNote failure={installed.failure} />}
          {installed.value === null && installed.failure === null && <Loading />}
          {installed.value !== null && <InstalledList packages={installed.value} onChange={change} />}
        </div>
      </div>
      <footer className="actionbar">
        <div className="actionbar__note" role="status">
          {failure === null ? said : <FailureNote failure={failure} />}
        </div>
        <span className="packages__open">
          <FileButton accept={['.zip', 'application/zip']} keys="Alt+U" onFile={open}>
            {t('packages.open')}
          </FileButton>
        </span>
        <Button
          keys="Alt+Shift+Enter"
          onPress={() => {
            setMaking(true);
          }}
        >
          {t('packages.make')}
        </Button>
        {view !== null && (
          <>
            <Button
              keys="Alt+Home"
              onPress={() => {
                show(null);
              }}
            >
              {t('package.close')}
            </Button>
            <Button keys="Alt+S" onPress={save}>
              {t('package.save')}
            </Button>
            <Button look="primary" keys="Alt+Enter" disabled={!canImport} onPress={take}>
              {t('package.import')}
            </Button>
          </>
        )}
      </footer>
      {making && (
        <MakeDialog
          onClose={() => {
            setMaking(false);
          }}
          onMade={(made) => {
            setMaking(false);
            setFailure(null);
            show(made);
          }}
        />
      )}
    </main>
  );
}
