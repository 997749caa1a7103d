/** Makes a report of a run or an open bundle and hands it to the downloads. A refusal is said in its own words. */
import { useState, type ReactElement } from 'react';
import { Header, Menu, MenuItem, MenuSection, Popover, MenuTrigger, Text } from 'react-aria-components';
import type { Arg } from '../../../electron/contract/calls.ts';
import type { ReportFormat } from '../../../electron/contract/views.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { t } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { saveBase64 } from '../../ui/save.ts';

const formats = ['html', 'pdf', 'markdown', 'csv', 'json'] as const satisfies readonly ReportFormat[];

export function ReportMenu({ of }: { readonly of: Arg<'evidence.report'>['of'] }): ReactElement {
  const { client } = useApp();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  useCommand(
    'report',
    () => {
      setOpen(true);
    },
    !busy,
  );
  const make = async (format: ReportFormat): Promise<void> => {
    setBusy(true);
    setSaid(t('report.making'));
    const result = await client.call('evidence.report', { of, format });
    setBusy(false);
    if (result.ok) {
      saveBase64(result.value.name, result.value.base64, result.value.mime);
      setSaid(t('report.saved', { name: result.value.name }));
    } else {
      setSaid('');
      setFailure(result.error);
    }
  };
  return (
    <>
      <MenuTrigger isOpen={open} onOpenChange={setOpen}>
        <Button
          keys="Alt+P"
          disabled={busy}
          onPress={() => {
            setOpen(true);
          }}
        >
          {t(busy ? 'report.making' : 'report.make')}
        </Button>
        <Popover className="popover" placement="bottom end">
          <Menu
            className="popover__list"
            autoFocus="first"
            aria-label={t('report.menu')}
            onAction={(key) => {
              const format = formats.find((each) => each === key);
              if (format !== undefined) void make(format);
            }}
          >
            <MenuSection>
              <Header className="sr-only">{t('report.menu')}</Header>
              {formats.map((format) => (
                <MenuItem
                  key={format}
                  id={format}
                  className="popover__item report__item"
                  textValue={t(`report.${format}`)}
                >
                  <Text slot="label">{t(`report.${format}`)}</Text>
                  <Text slot="description" className="dim">
                    {t(`report.${format}.text`)}
                  </Text>
                </MenuItem>
              ))}
            </MenuSection>
          </Menu>
        </Popover>
      </MenuTrigger>
      <span className="sr-only" role="status">
        {said}
      </span>
      {failure !== null && (
        <Dialog
          title={t('report.make')}
          onClose={() => {
            setFailure(null);
          }}
          actions={
            <Button
              autoFocus
              onPress={() => {
                setFailure(null);
              }}
            >
              {t('close')}
            </Button>
          }
        >
          <FailureNote failure={failure} />
        </Dialog>
      )}
    </>
  );
}
