/** One step of an opened run: what was planned, sent, seen and decided, each attempt with its output and recording. */
import type { ReactElement } from 'react';
import type { BundleView, RunSnapshot } from '../../../electron/contract/views.ts';
import type { RecordOf } from '../../../electron/contract/records.ts';
import type { Attempt, RunState, StepView } from '../../../electron/domain/run/state.ts';
import {
  attestedWords,
  channelWords,
  endWords,
  kindWords,
  passedWords,
  stateWords,
} from '../../format/describe.ts';
import { clockSpan, stamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { FailureNote, RiskPill, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { StepMark } from '../../ui/StepMark.tsx';
import { ExpectChips } from '../run/Command.tsx';
import { MeasuredResult } from '../run/MeasureBody.tsx';
import { Turns } from '../run/Turns.tsx';
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
      {status.state === 'notified' && <KeptFile bundle={bundle} path={status.message.file} />}
      {step.kind === 'custodians' && <Turns view={view} step={step} />}
      {step.kind === 'measure' && <MeasuredResult view={view} step={step} />}
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

/** A file that the step itself keeps: a message, a difference. */
function KeptFile({
  bundle,
  path,
}: {
  readonly bundle: BundleView;
  readonly path: string;
}): ReactElement | null {
  const file = bundle.files.find((each) => each.path === path);
  return file === undefined ? null : <Preview id={bundle.id} file={file} label={t('story.kept')} />;
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
      {attempt.dryRun !== undefined && (
        <p className={attempt.dryRun.ok ? 'ok' : 'bad'}>
          {t(attempt.dryRun.ok ? 'dry.held' : 'dry.broke', {
            at: stamp(attempt.endedAt ?? attempt.startedAt),
          })}
        </p>
      )}
      {attempt.diff !== undefined && (
        <p className="tnum">
          {t('diff.title', { step: attempt.diff.before })}:{' '}
          {attempt.diff.changed
            ? t('diff.changed', { added: attempt.diff.added, removed: attempt.diff.removed })
            : t('diff.unchanged')}
        </p>
      )}
      {attempt.diff?.file !== undefined && <KeptFile bundle={bundle} path={attempt.diff.file.file} />}
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
    case 'notified':
      return t('past.notified', {
        to: visible(status.to),
        channel: t(channelWords[status.channel]),
        by: visible(status.by),
        at: stamp(status.at),
      });
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
      return t(passedWords[status.via], { at: stamp(status.at) });
    case 'waiting':
    case 'current':
    case 'running':
      return '';
  }
}
