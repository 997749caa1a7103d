/**
 * Something that waits for a person's signature: what it says in words, the exact bytes, and the two ways to sign it.
 * The same for approvals, holds and reviews. It must never show other words than those that are signed.
 */
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { GivenSignature, SignatureWanted, SignRequest } from '../../../electron/contract/people.ts';
import type { Result } from '../../../electron/contract/result.ts';
import { wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { useNow } from '../../ui/useNow.ts';
import { SignElsewhere } from './SignElsewhere.tsx';
import { SignHere } from './SignHere.tsx';
import { roleOf, signingRoleWords, statementWords, type StatementWords } from './statementWords.ts';

export function RequestPanel(props: {
  readonly wanted: SignatureWanted;
  /** Principal whose signature does not count here: the operator's under an approval. */
  readonly barred?: string | undefined;
  readonly onGiven?: (given: GivenSignature) => void;
}): ReactElement {
  const { client } = useApp();
  const key = JSON.stringify(props.wanted);
  const asked = useMemo(
    // Parsed back from the memo's own key, so that equal questions are one.
    () => createRemote(() => client.call('request.get', { wanted: JSON.parse(key) as SignatureWanted })),
    [client, key],
  );
  const { value, failure } = useValue(asked);
  useEffect(() => {
    void asked.refresh();
  }, [asked]);
  const [given, setGiven] = useState<GivenSignature | null>(null);
  if (failure !== null) {
    return (
      <FailureNote failure={failure}>
        <Button onPress={() => void asked.refresh()}>{t('retry-load')}</Button>
      </FailureNote>
    );
  }
  if (value === null) return <Loading />;
  return (
    <Panel
      key={value.sha256}
      wanted={props.wanted}
      request={value}
      barred={props.barred ?? null}
      given={given}
      onGiven={(next) => {
        setGiven(next);
        props.onGiven?.(next);
      }}
    />
  );
}

function Panel(props: {
  readonly wanted: SignatureWanted;
  readonly request: SignRequest;
  readonly barred: string | null;
  readonly given: GivenSignature | null;
  readonly onGiven: (given: GivenSignature) => void;
}): ReactElement {
  const { wanted, request, given } = props;
  const { client } = useApp();
  const named = { wanted, sha256: request.sha256 };
  const taken = (result: Result<GivenSignature>): Result<GivenSignature> => {
    if (result.ok) props.onGiven(result.value);
    return result;
  };
  const words = useMemo(() => statementWords(request.text), [request.text]);
  const same = useSameDigest(request);
  const sound = words !== null && same !== false;
  return (
    <div className="request">
      {given !== null && (
        <p className="ok-line" role="status">
          {t('request.given', {
            principal: given.principal,
            role: t(signingRoleWords[given.role]),
          })}
        </p>
      )}
      <section>
        <h3>{t('request.what')}</h3>
        {words === null ? (
          <p className="failure" role="alert">
            {t('request.unreadable')}
          </p>
        ) : (
          <What words={words} request={request} />
        )}
        {same === false && (
          <p className="failure" role="alert">
            {t('request.not-same')}
          </p>
        )}
      </section>
      <section>
        <h3>{t('request.text')}</h3>
        <pre className="block request__text" tabIndex={0} aria-label={t('request.text')}>
          {request.text}
        </pre>
        <p className="dim">{t('request.bytes', { n: new TextEncoder().encode(request.text).length })}</p>
        <p className="mono digest-line">{request.sha256}</p>
      </section>
      {sound && (
        <div className="request__ways">
          <SignHere
            role={roleOf(wanted)}
            request={request}
            barred={props.barred}
            onSign={async (key, passphrase) =>
              taken(
                await client.call('request.sign', {
                  ...named,
                  key,
                  ...(passphrase === undefined ? {} : { passphrase }),
                }),
              )
            }
          />
          <SignElsewhere
            request={request}
            onTake={async (armor) => taken(await client.call('request.import', { ...named, armor }))}
          />
        </div>
      )}
    </div>
  );
}

function What(props: { readonly words: StatementWords; readonly request: SignRequest }): ReactElement {
  const { words, request } = props;
  return (
    <>
      <p className="lead">{t(words.means)}</p>
      <dl className="defs">
        {words.facts.map((each) => (
          <div key={each.label} className="defs__row">
            <dt>{t(each.label)}</dt>
            <dd className={each.mono === true ? 'mono' : undefined}>
              {each.value}
              {each.label === 'request.until' && request.expiresAt !== undefined && (
                <Expiry at={request.expiresAt} />
              )}
            </dd>
          </div>
        ))}
        {words.guards.length > 0 && (
          <div className="defs__row">
            <dt>{t('request.guards')}</dt>
            <dd>
              <ul className="guards">
                {words.guards.map((guard) => (
                  <li key={`${guard.step}:${guard.target}`}>
                    {t('request.guard', guard)} <code>{guard.sha256}</code>
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        )}
        {words.unguarded.length > 0 && (
          <div className="defs__row">
            <dt className="warn">{t('request.unguarded')}</dt>
            <dd>{t('request.unguarded.text', { steps: words.unguarded.join(', ') })}</dd>
          </div>
        )}
      </dl>
    </>
  );
}

/** How long something is still good for, counted down. */
export function Expiry({ at }: { readonly at: string }): ReactElement {
  const left = Date.parse(at) - useNow();
  return left > 0 ? (
    <span className="tnum">{t('request.left', { span: wordSpan(left) })}</span>
  ) : (
    <b className="bad">{t('request.expired')}</b>
  );
}

/** Whether the text has the digest that the host names; null until that is known or where the page cannot count it. */
function useSameDigest(request: SignRequest): boolean | null {
  const [same, setSame] = useState<boolean | null>(null);
  useEffect(() => {
    let stale = false;
    if (!isSecureContext) return;
    void crypto.subtle.digest('SHA-256', new TextEncoder().encode(request.text)).then((bytes) => {
      if (!stale) setSame(hex(new Uint8Array(bytes)) === request.sha256);
    });
    return () => {
      stale = true;
    };
  }, [request]);
  return same;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
