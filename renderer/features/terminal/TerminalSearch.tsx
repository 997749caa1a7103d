/** Search in the scrollback of the pane. */
import { useEffect, useState, type ReactElement } from 'react';
import type { SearchAddon } from '@xterm/addon-search';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/icons.tsx';

export function TerminalSearch({
  search,
  onClose,
}: {
  readonly search: SearchAddon;
  readonly onClose: () => void;
}): ReactElement {
  const [text, setText] = useState('');
  const [found, setFound] = useState(true);
  useEffect(
    () => () => {
      search.clearDecorations();
    },
    [search],
  );
  const find = (next: string, back: boolean): void => {
    setText(next);
    setFound(next === '' || (back ? search.findPrevious(next) : search.findNext(next)));
  };
  return (
    <div className="term__find" role="search">
      <input
        aria-label={t('terminal.find')}
        placeholder={t('terminal.find')}
        value={text}
        autoFocus
        onChange={(event) => {
          find(event.target.value, true);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          else if (event.key === 'Enter') find(text, !event.shiftKey);
        }}
      />
      <span role="status" className="dim">
        {found ? t('terminal.find.keys') : t('terminal.find.none')}
      </span>
      <Button look="bare" label={t('close')} onPress={onClose}>
        <Icon name="close" />
      </Button>
    </div>
  );
}
