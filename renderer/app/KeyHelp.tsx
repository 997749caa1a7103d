/** The key map: the same table that the dispatcher reads, so that it is never out of date. */
import type { ReactElement } from 'react';
import { t, type MessageKey } from '../i18n/t.ts';
import { Button, keyCaps } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { bindings } from './keymap.ts';

const elsewhere: readonly {
  readonly keys: string;
  readonly label: MessageKey;
  readonly inTerminal: boolean;
}[] = [
  { keys: 'J / K', label: 'key.list', inTerminal: false },
  { keys: '↑ / ↓', label: 'key.list', inTerminal: false },
  { keys: '1 … 5', label: 'key.tabs', inTerminal: false },
  { keys: 'Space', label: 'key.player', inTerminal: false },
  { keys: '← / →', label: 'key.player-seek', inTerminal: false },
  { keys: 'Home / End', label: 'key.player-ends', inTerminal: false },
  { keys: '[ / ]', label: 'key.player-marker', inTerminal: false },
  { keys: '- / +', label: 'key.player-speed', inTerminal: false },
  { keys: 'N / P', label: 'key.difference', inTerminal: false },
  { keys: 'Ctrl+Shift+C', label: 'key.copy', inTerminal: true },
  { keys: 'Ctrl+Shift+V', label: 'key.paste', inTerminal: true },
  { keys: 'Escape', label: 'key.escape', inTerminal: false },
];

export function KeyHelp({ onClose }: { readonly onClose: () => void }): ReactElement {
  const rows = [...bindings, ...elsewhere];
  return (
    <Dialog
      title={t('help.title')}
      onClose={onClose}
      wide
      actions={
        <Button onPress={onClose} autoFocus>
          {t('close')}
        </Button>
      }
    >
      <div className="keys-scroll" tabIndex={0} role="region" aria-label={t('help.title')}>
        <table className="keys">
          <thead>
            <tr>
              <th scope="col">{t('help.key')}</th>
              <th scope="col">{t('help.does')}</th>
              <th scope="col">{t('help.in-terminal')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.keys}>
                <td>
                  <kbd>{keyCaps(row.keys)}</kbd>
                </td>
                <td>{t(row.label)}</td>
                <td>{t(row.inTerminal ? 'help.works' : 'help.shell')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="dim">{t('help.note')}</p>
    </Dialog>
  );
}
