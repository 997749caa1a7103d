/** The harmless twin of a step: its exact bytes, the try, and what it showed. It never passes the step, and says so. */
import type { ReactElement } from 'react';
import type { RunStep } from '../../../electron/contract/steps.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';
import { useCommand } from '../../app/commands.ts';
import { stamp } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import type { CardProps } from './cardContext.ts';
import { ExpectChips, SentCommand } from './Command.tsx';
import { linkOf } from './model.ts';
import { readiness } from './readiness.ts';
import { usePreview } from './usePreview.ts';

export function DryRun(props: {
  readonly card: CardProps;
  readonly step: RunStep;
  readonly moved: string;
  readonly armed: boolean;
}): ReactElement | null {
  const { card, step } = props;
  const has = step.dryRun !== undefined && card.view.members === undefined;
  const { preview, failure } = usePreview(card.run.runId, step.id, props.moved, has ? 'dry-run' : null);
  const { barred, run } = card;
  const target = run.state.targets[step.on];
  const link = linkOf(run.links, step.on);
  const ready = readiness({ barred, target, link, preview, typed: preview?.confirm ?? '' });
  const can = has && props.armed && ready.kind === 'run' && preview !== null;
  const go = (): void => {
    if (can) card.send({ kind: 'dry-run', step: step.id, seen: preview.sha256 });
  };
  useCommand('dry-run', go, can);
  if (!has) return null;
  return (
    <section className="dry" aria-label={t('dry.title')}>
      <header className="dry__head">
        <h3>{t('dry.title')}</h3>
        <span className="dim">{t('dry.means')}</span>
        <Button keys="Alt+Y" disabled={!can} onPress={go}>
          {t('dry.go')}
        </Button>
      </header>
      {failure !== null && <FailureNote failure={failure} />}
      {preview !== null && <SentCommand preview={preview} />}
      <DryRunResult view={card.view} />
    </section>
  );
}

/** What the last try of the step came to. */
export function DryRunResult({ view }: { readonly view: StepView }): ReactElement {
  const tried = view.attempts.findLast((attempt) => attempt.dryRun !== undefined);
  if (tried?.dryRun === undefined) return <p className="dim">{t('dry.none')}</p>;
  const at = stamp(tried.endedAt ?? tried.startedAt);
  return (
    <div role="status">
      <p className={tried.dryRun.ok ? 'ok' : 'bad'}>
        {tried.dryRun.ok ? '✓' : '✗'} {t(tried.dryRun.ok ? 'dry.held' : 'dry.broke', { at })}
      </p>
      {tried.dryRun.reason !== undefined && <p>{tried.dryRun.reason}</p>}
      <ExpectChips expect={[]} checks={tried.checks} />
    </div>
  );
}
