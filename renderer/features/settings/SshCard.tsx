/** How hosts are reached: which client, what of the OpenSSH configuration counts, signs of life, files on hosts. */
import type { ReactElement } from 'react';
import type { Settings } from '../../../electron/contract/settings.ts';
import { t } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Choice, Field, Radios } from '../../ui/fields.tsx';

const seconds = [0, 10, 15, 20, 30, 60, 120, 300] as const;
const counts = [1, 2, 3, 4, 5, 10] as const;

/** The listed values and the one that is set, in order. */
function withOwn(list: readonly number[], own: number): readonly number[] {
  return [...new Set([...list, own])].sort((a, b) => a - b);
}

export function SshCard(props: {
  readonly saved: Settings;
  readonly draft: Settings;
  readonly onSave: (change: Partial<Settings>) => void;
  readonly onDraft: (change: Partial<Settings>) => void;
}): ReactElement {
  const { saved, draft, onSave, onDraft } = props;
  return (
    <section className="card">
      <SectionTitle>{t('settings.ssh')}</SectionTitle>
      <Radios
        label={t('settings.engine')}
        value={saved.sshEngine}
        options={[
          { id: 'auto', title: t('settings.engine.auto') },
          { id: 'openssh', title: t('settings.engine.openssh') },
          { id: 'ssh2', title: t('settings.engine.ssh2') },
        ]}
        onChange={(id) => {
          onSave({ sshEngine: id === 'openssh' || id === 'ssh2' ? id : 'auto' });
        }}
      />
      <Radios
        label={t('settings.config')}
        inline
        value={saved.sshConfig}
        options={[
          { id: 'use', title: t('settings.config.use') },
          { id: 'ignore', title: t('settings.config.ignore') },
        ]}
        onChange={(id) => {
          onSave({ sshConfig: id === 'ignore' ? 'ignore' : 'use' });
        }}
      />
      {saved.sshConfig === 'use' && (
        <Radios
          label={t('settings.match-exec')}
          inline
          value={saved.matchExec}
          options={[
            { id: 'ask', title: t('settings.match-exec.ask') },
            { id: 'allow', title: t('settings.match-exec.allow') },
            { id: 'never', title: t('settings.match-exec.never') },
          ]}
          onChange={(id) => {
            onSave({ matchExec: id === 'allow' || id === 'never' ? id : 'ask' });
          }}
        />
      )}
      <Radios
        label={t('settings.files')}
        value={saved.filesOnHosts}
        options={[
          { id: 'allowed', title: t('settings.files.allowed') },
          { id: 'forbidden', title: t('settings.files.forbidden') },
        ]}
        onChange={(id) => {
          onSave({ filesOnHosts: id === 'forbidden' ? 'forbidden' : 'allowed' });
        }}
      />
      <div className="grid2">
        <Choice
          label={t('settings.keep-alive')}
          value={String(saved.keepAliveSeconds)}
          help={t('settings.keep-alive.help')}
          options={withOwn(seconds, saved.keepAliveSeconds).map((n) => ({
            id: String(n),
            title: n === 0 ? t('settings.keep-alive.off') : t('settings.keep-alive.every', { n }),
          }))}
          onChange={(id) => {
            onSave({ keepAliveSeconds: Number(id) });
          }}
        />
        <Choice
          label={t('settings.keep-alive.count')}
          value={String(saved.keepAliveCount)}
          help={
            saved.keepAliveSeconds === 0
              ? t('settings.keep-alive.count.off')
              : t('settings.keep-alive.count.help', { s: saved.keepAliveSeconds * saved.keepAliveCount })
          }
          options={withOwn(counts, saved.keepAliveCount).map((n) => ({ id: String(n), title: String(n) }))}
          onChange={(id) => {
            onSave({ keepAliveCount: Number(id) });
          }}
        />
        <Field
          label={t('settings.agent')}
          mono
          value={draft.agentSocket}
          help={t('settings.agent.help')}
          onChange={(agentSocket) => {
            onDraft({ agentSocket });
          }}
        />
      </div>
    </section>
  );
}
