/** What the two SSH clients can do here, side by side, and the keys of the agent with what can be done with each. */
import { useEffect, useMemo, type ReactElement } from 'react';
import type { ConnectCapabilities } from '../../../electron/contract/routes.ts';
import { visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';

type Has = ConnectCapabilities['features'][number]['openssh'];
const hasWords: Readonly<Record<Has['has'], { readonly mark: string; readonly word: MessageKey }>> = {
  yes: { mark: '✓', word: 'has.yes' },
  partly: { mark: '◐', word: 'has.partly' },
  no: { mark: '✗', word: 'has.no' },
};

export function CapabilitiesCard(): ReactElement {
  const app = useApp();
  const settings = useValue(app.settings);
  const store = useMemo(() => createRemote(() => app.client.call('connect.capabilities', {})), [app]);
  const { value, failure } = useValue(store);
  const chosen = `${settings.value?.sshEngine ?? ''}:${settings.value?.agentSocket ?? ''}`;
  useEffect(() => {
    void store.refresh();
  }, [store, chosen]);
  const again = (
    <Button
      onPress={() => {
        void store.refresh();
      }}
    >
      {t('clients.again')}
    </Button>
  );
  return (
    <>
      <section className="card">
        <SectionTitle aside={again}>{t('clients.title')}</SectionTitle>
        {failure !== null && <FailureNote failure={failure} />}
        {value === null ? failure === null && <Loading /> : <Matrix all={value} />}
      </section>
      {value !== null && <AgentCard agent={value.agent} />}
    </>
  );
}

function Matrix({ all }: { readonly all: ConnectCapabilities }): ReactElement {
  return (
    <>
      <ul className="caps">
        {all.engines.map((engine) => (
          <li key={engine.id}>
            <b className={engine.ok ? 'cap cap--ok' : 'cap'}>{t(engine.ok ? 'desk.can' : 'desk.cannot')}</b>
            <span>
              <b>{t(engine.id === 'openssh' ? 'engine.openssh' : 'engine.ssh2')}</b>{' '}
              <span className="mono">{visible(engine.version)}</span>{' '}
              <span className="dim">{visible(engine.text)}</span>
            </span>
          </li>
        ))}
      </ul>
      <div className="matrix" tabIndex={0} role="region" aria-label={t('clients.matrix')}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('clients.feature')}</th>
              <th scope="col">{t('engine.openssh')}</th>
              <th scope="col">{t('engine.ssh2')}</th>
            </tr>
          </thead>
          <tbody>
            {all.features.map((feature) => (
              <tr key={feature.id}>
                <th scope="row">{feature.title}</th>
                <HasCell has={feature.openssh} />
                <HasCell has={feature.ssh2} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function HasCell({ has }: { readonly has: Has }): ReactElement {
  const { mark, word } = hasWords[has.has];
  return (
    <td className={`has has--${has.has}`}>
      <b>
        <span aria-hidden="true">{mark}</span> {t(word)}
      </b>
      {has.note !== undefined && <span className="dim">{has.note}</span>}
    </td>
  );
}

function AgentCard({ agent }: { readonly agent: ConnectCapabilities['agent'] }): ReactElement {
  return (
    <section className="card">
      <SectionTitle aside={t('agent.count', { n: agent.keys.length })}>{t('agent.title')}</SectionTitle>
      <p className="dim">
        {agent.socket === '' ? t('agent.none') : <span className="mono">{visible(agent.socket)}</span>}
      </p>
      {agent.problem !== undefined && <p className="warn">{visible(agent.problem)}</p>}
      {agent.keys.length > 0 && (
        <table className="table" aria-label={t('agent.title')}>
          <thead>
            <tr>
              <th scope="col">{t('agent.key')}</th>
              <th scope="col">{t('agent.comment')}</th>
              <th scope="col">{t('agent.built-in')}</th>
            </tr>
          </thead>
          <tbody>
            {agent.keys.map((key) => (
              <tr key={key.fingerprint}>
                <td>
                  <span className="mono">{visible(key.type)}</span> <Fingerprint value={key.fingerprint} />
                </td>
                <td>
                  <bdi>{visible(key.comment)}</bdi>
                </td>
                <td className={key.builtIn ? 'has has--yes' : 'has has--no'}>
                  <b>
                    <span aria-hidden="true">{key.builtIn ? '✓' : '✗'}</span>{' '}
                    {t(key.builtIn ? 'agent.usable' : 'agent.unusable')}
                  </b>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
