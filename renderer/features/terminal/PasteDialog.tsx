/** Shows what a paste of several lines would type, and asks. */
import type { ReactElement } from 'react';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import type { Paste } from './paste.ts';

export function PasteDialog(props: {
  readonly paste: Paste;
  readonly env: string;
  readonly onAnswer: (yes: boolean) => void;
}): ReactElement {
  const { paste, onAnswer } = props;
  return (
    <Dialog
      title={t('paste.title', { n: paste.lines.length })}
      env={props.env}
      wide
      onClose={() => {
        onAnswer(false);
      }}
      actions={
        <>
          <Button
            autoFocus
            onPress={() => {
              onAnswer(false);
            }}
          >
            {t('cancel')}
          </Button>
          <Button
            look="primary"
            onPress={() => {
              onAnswer(true);
            }}
          >
            {t('paste.go', { n: paste.lines.length })}
          </Button>
        </>
      }
    >
      <p>{t('paste.text')}</p>
      <pre className="paste-preview" tabIndex={0}>
        {paste.lines.map((line, index) => (
          <code key={index}>
            {visible(line)}
            {index < paste.lines.length - 1 && <span className="value">{t('paste.newline')}</span>}
            {'\n'}
          </code>
        ))}
      </pre>
      {paste.removed > 0 && <p className="dim">{t('paste.removed', { n: paste.removed })}</p>}
    </Dialog>
  );
}
