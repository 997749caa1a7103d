/** What reviewers said of the evidence, and the way to add a review: a verdict is chosen by the person, never given. */
import { useState, type ReactElement } from 'react';
import type { EvidenceView } from '../../../electron/contract/views.ts';
import type { SignatureWanted } from '../../../electron/contract/people.ts';
import { t } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field, Radios } from '../../ui/fields.tsx';
import { RequestPanel } from '../requests/RequestPanel.tsx';
import { ReviewTable } from './PeopleOfRun.tsx';

type Wanted = Extract<SignatureWanted, { kind: 'review' }>;

export function Reviews(props: {
  readonly evidence: EvidenceView;
  readonly operator: string | undefined;
  readonly onGiven: () => void;
}): ReactElement {
  const { evidence } = props;
  const needed = evidence.policy.reviews ?? 0;
  const accepted = evidence.reviews.filter((each) => each.verdict === 'accepted').length;
  const [adding, setAdding] = useState(false);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const close = (): void => {
    setAdding(false);
    setWanted(null);
  };
  return (
    <section>
      <SectionTitle aside={needed === 0 ? undefined : t('review.count', { n: accepted, of: needed })}>
        {t('review.title')}
      </SectionTitle>
      <ReviewTable reviews={evidence.reviews} />
      {evidence.reviews.length === 0 && <p className="dim">{t('review.none')}</p>}
      {!adding && (
        <p className="request__act">
          <Button
            onPress={() => {
              setAdding(true);
            }}
          >
            {t('review.add')}
          </Button>
        </p>
      )}
      {adding && wanted === null && <Say runId={evidence.runId} onSaid={setWanted} onClose={close} />}
      {wanted !== null && (
        <div className="card review">
          <p className="request__act">
            <b>{t(wanted.verdict === 'accepted' ? 'review.accepted' : 'review.rejected')}</b>
            <Button
              onPress={() => {
                setWanted(null);
              }}
            >
              {t('review.change')}
            </Button>
            <Button onPress={close}>{t('cancel')}</Button>
          </p>
          <RequestPanel
            wanted={wanted}
            barred={props.operator}
            onGiven={() => {
              close();
              props.onGiven();
            }}
          />
        </div>
      )}
    </section>
  );
}

/** Verdict and comment, before anything is signed. A rejection says why. */
function Say(props: {
  readonly runId: Wanted['runId'];
  readonly onSaid: (wanted: Wanted) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [verdict, setVerdict] = useState('');
  const [comment, setComment] = useState('');
  const why =
    verdict === ''
      ? t('review.choose')
      : verdict === 'rejected' && comment.trim().length < 3
        ? t('review.why')
        : '';
  return (
    <div className="card review">
      <Radios
        label={t('review.verdict')}
        value={verdict}
        options={[
          { id: 'accepted', title: t('review.accept'), note: t('review.accept.note') },
          { id: 'rejected', title: t('review.reject'), note: t('review.reject.note') },
        ]}
        onChange={setVerdict}
      />
      <Field
        label={t('review.comment')}
        multiline
        value={comment}
        maxLength={4000}
        help={t('review.comment.help')}
        onChange={setComment}
      />
      <p className="request__act">
        <Button
          disabled={why !== ''}
          onPress={() => {
            props.onSaid({
              kind: 'review',
              runId: props.runId,
              verdict: verdict === 'rejected' ? 'rejected' : 'accepted',
              comment: comment.trim(),
            });
          }}
        >
          {t('review.go')}
        </Button>
        <Button onPress={props.onClose}>{t('cancel')}</Button>
        <span className="why-not" role="status">
          {why}
        </span>
      </p>
    </div>
  );
}
