/** One step of an opened run: what was planned, sent, seen and decided, each attempt with its output and recording. */
import type { ReactElement } from 'react';
import type { BundleView, RunSnapshot } from '../../../electron/contract/views.ts';
import type { RecordOf } from '../../../electron/contract/records.ts';
import type { Attempt, RunState, StepView } from '../../../electron/domain/run/state.ts';
import { attestedWords, endWords, kindWords, stateWords } from '../../format/describe.ts';
import { clockSpan, stamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { FailureNote, RiskPill, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { StepMark } from '../../ui/StepMark.tsx';
import { ExpectChips } from '../run/Command.tsx';
import { useText } from './useText.ts';

/** Bytes of an output shown here; the rest is in the files. */
const PREVIEW = 16_384;
/** Attempts shown of a step on a large group. */
const MOST = 50;

export function StepStory(props: {
  readonly bundle: BundleView;
  readonly snapshot: RunSnapshot;
  readonly state: RunState;
  readonly view: StepView;
  readonly onPlay: (path: string) => void;
}): ReactElement {
  const { bundle, snapshot, view } = props;
  const { step, status } = view;
  const starts = snapshot.records.flatMap((record) =>
    record.type === 'step.start' && record.d.step === step.id ? [record.d] : [],
  );
  const captures = snapshot.records.flatMap((record) =>
    record.type === 'capture' && record.d.step === step.id ? [record.d] : [],
  );
  return (
    <article className="step-story" aria-label={step.title}>
      <header className="step-story__head">
        <StepMark state={status.state} kind={step.kind} />
        <h2>{visible(step.title)}</h2>
        <span className="dim">{t(kindWords[step.kind])}</span>
        <RiskPill risk={step.risk} />
      </header>
      <p className={`past is-${status.state}`}>
        <b>{t(stateWords[status.state])}</b> {outcome(view)}
      </p>
      {step.why !== undefined && <p className="prose step-story__why">{visible(step.why)}</p>}
      {view.attempts.length === 0 && step.kind === 'run' && <p className="dim">{t('story.none')}</p>}
      {view.attempts.slice(0, MOST).map((attempt) => (
        <AttemptStory
          key={attempt.n}
          bundle={bundle}
          attempt={attempt}
          start={starts.find((each) => each.attempt === attempt.n)}
          onPlay={props.onPlay}
        />
      ))}
      {captures.length > 0 && (
        <section>
          <SectionTitle>{t('story.captures')}</SectionTitle>
          <dl className="defs">
            {captures.map((each, index) => (
              <div key={index} className="defs__pair">
                <dt className="mono">{each.name}</dt>
                <dd className="mono">{visible(each.value)}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </article>
  );
}

function AttemptStory(props: {
  readonly bundle: BundleView;
  readonly attempt: Attempt;
  readonly start: RecordOf<'step.start'>['d'] | undefined;
  readonly onPlay: (path: string) => void;
}): ReactElement {
  const { bundle, attempt, start } = props;
  const has = (path: string): boolean => bundle.files.some((file) => file.path === path);
  const output =
    start === undefined
      ? undefined
      : bundle.files.find((file) => file.path === start.output || file.path === `${start.output}.out`);
  const command =
    start === undefined ? undefined : bundle.files.find((file) => file.path === start.command.file);
  return (
    <section className="attempt" aria-label={t('story.attempt', { n: attempt.n, target: attempt.target })}>
      <SectionTitle
        aside={
          has(attempt.recording) ? (
            <Button
              onPress={() => {
                props.onPlay(attempt.recording);
              }}
            >
              {t('story.play')}
            </Button>
          ) : undefined
        }
      >
        {t('past.attempt', {
          n: attempt.n,
          at: stamp(attempt.startedAt),
          end: attempt.end === undefined ? t('state.running') : visible(endWords(attempt.end)),
          span: attempt.ms === undefined ? '' : clockSpan(attempt.ms),
        })}
      </SectionTitle>
      {attempt.checks.length > 0 && <ExpectChips expect={[]} checks={attempt.checks} />}
      {command !== undefined && <Preview id={bundle.id} file={command} label={t('story.sent')} />}
      {start?.withheld === true ? (
        <p className="dim">{t('story.withheld')}</p>
      ) : (
        output !== undefined &&
        output.bytes > 0 && <Preview id={bundle.id} file={output} label={t('story.output')} />
      )}
    </section>
  );
}

function Preview(props: {
  readonly id: string;
  readonly file: BundleView['files'][number];
  readonly label: string;
}): ReactElement {
  const { value, failure } = useText(props.id, props.file, 0, PREVIEW);
  return (
    <div className="preview">
      <p className="dim">
        {props.label} <span className="mono">{props.file.path}</span>
      </p>
      {failure !== null && <FailureNote failure={failure} />}
      {value !== null && (
        <pre
          className="filetext filetext--short"
          tabIndex={0}
          role="region"
          aria-label={`${props.label}: ${props.file.path}`}
        >
          {value.text}
          {props.file.bytes > PREVIEW ? '\n…' : ''}
        </pre>
      )}
    </div>
  );
}

function outcome({ status, step }: StepView): string {
  switch (status.state) {
    case 'attested':
      return t('past.attested', {
        value: visible(step.kind === 'attest' ? attestedWords(step.input, status.value) : ''),
        by: visible(status.by),
        at: stamp(status.at),
      });
    case 'decided':
      return t('past.decided', { choice: status.choice, by: visible(status.by), at: stamp(status.at) });
    case 'held':
      return t('past.held', {
        names: status.signers.map((each) => visible(each.name)).join(', '),
        at: stamp(status.at),
      });
    case 'skipped':
    case 'overridden':
      return t('past.accepted', {
        reason: visible(status.reason),
        by: visible(status.by),
        at: stamp(status.at),
      });
    case 'not-applicable':
      return t('past.na', { when: visible(status.when) });
    case 'failed':
    case 'unknown':
      return t('past.ended', { reason: visible(status.reason ?? ''), at: stamp(status.at) });
    case 'passed':
      return t(
        status.via === 'probe' ? 'past.probe' : status.via === 'targets' ? 'past.targets' : 'past.passed',
        {
          at: stamp(status.at),
        },
      );
    case 'waiting':
    case 'current':
    case 'running':
      return '';
  }
}
