/** What an auditor types, ready to copy, and the lines of the trust file that reach them by another way. */
import { useEffect, useMemo, type ReactElement } from 'react';
import type { EvidenceView } from '../../../electron/contract/views.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { CopyButton, FailureNote, SectionTitle } from '../../ui/bits.tsx';
import { auditorCommands } from './auditor.ts';

export function AuditorCommands({ evidence }: { readonly evidence: EvidenceView }): ReactElement {
  const app = useApp();
  const trust = useMemo(() => createRemote(() => app.client.call('evidence.trust-file', {})), [app]);
  const trustFile = useValue(trust);
  useEffect(() => {
    void trust.refresh();
  }, [trust]);
  const commands = auditorCommands(evidence).join('\n');
  return (
    <>
      <section>
        <SectionTitle aside={<CopyButton text={commands} label={t('evidence.copy-commands')} />}>
          {t('evidence.commands')}
        </SectionTitle>
        <p className="dim">{t('evidence.commands.text')}</p>
        <pre className="block" tabIndex={0} aria-label={t('evidence.commands')}>
          {commands}
        </pre>
      </section>
      <section>
        <SectionTitle
          aside={
            trustFile.value === null ? undefined : (
              <CopyButton text={trustFile.value.text} label={t('evidence.copy-trust')} />
            )
          }
        >
          {t('evidence.trust')}
        </SectionTitle>
        <p className="dim">{t('evidence.trust.text')}</p>
        {trustFile.failure !== null && <FailureNote failure={trustFile.failure} />}
        {trustFile.value !== null && (
          <pre className="block" tabIndex={0} aria-label={t('evidence.trust')}>
            {trustFile.value.text}
          </pre>
        )}
      </section>
    </>
  );
}
