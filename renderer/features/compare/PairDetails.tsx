/** What differs in one step: outcome, checks, values taken, and the output line by line. */
import type { ReactElement } from 'react';
import type { BundleView } from '../../../electron/contract/views.ts';
import { stateWords } from '../../format/describe.ts';
import { clockSpan } from '../../format/time.ts';
import { size, visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { FailureNote, Loading, SectionTitle } from '../../ui/bits.tsx';
import { showInvisible } from '../player/invisible.ts';
import { useText } from '../bundle/useText.ts';
import { timeOf, type StepPair } from './compareModel.ts';
import { DiffLines } from './DiffLines.tsx';

/** Bytes of each output that are compared. */
const MOST_BYTES = 262_144;

export function PairDetails(props: {
  readonly pair: StepPair;
  readonly left: BundleView;
  readonly right: BundleView;
}): ReactElement {
  const { row, left, right } = props.pair;
  const title = visible(row.title);
  const sides = [row.a, row.b];
  const checkText = (check: { readonly ok: boolean; readonly actual: string } | undefined): string | null =>
    check === undefined ? null : `${check.ok ? '✓' : '✗'} ${check.actual}`;
  return (
    <section className="compare__details" data-region tabIndex={0} aria-label={title}>
      <h2 className="compare__title">{title}</h2>
      <table className="table compare__table">
        <thead>
          <tr>
            <th scope="col">
              <span className="sr-only">{t('compare.what')}</span>
            </th>
            <th scope="col">{t('compare.left')}</th>
            <th scope="col">{t('compare.right')}</th>
          </tr>
        </thead>
        <tbody>
          <Values
            name={t('compare.outcome')}
            values={sides.map((side) => (side === undefined ? null : t(stateWords[side.state])))}
          />
          <Values name={t('compare.end')} values={sides.map((side) => side?.end ?? null)} />
          <Values
            name={t('compare.attempts')}
            values={sides.map((side) => (side === undefined ? null : String(side.attempts)))}
          />
          <Values
            name={t('compare.time')}
            neutral
            values={sides.map((side) => {
              const ms = timeOf(side);
              return ms === null ? null : clockSpan(ms);
            })}
          />
          {row.checks.map((each) => (
            <Values
              key={`check ${each.name}`}
              name={t('compare.check', { name: visible(each.name) })}
              values={[checkText(each.a), checkText(each.b)]}
            />
          ))}
          {row.captures.map((each) => (
            <Values
              key={`value ${each.name}`}
              name={t('compare.capture', { name: visible(each.name) })}
              values={[each.a ?? null, each.b ?? null]}
            />
          ))}
        </tbody>
      </table>
      {row.commandDiffers && (
        <FileDiff
          title={t('compare.commands')}
          left={props.left}
          right={props.right}
          leftFile={left.command ?? none}
          rightFile={right.command ?? none}
        />
      )}
      {left.outputs.length === 0 && right.outputs.length === 0 && (
        <p className="dim">{t('compare.no-output')}</p>
      )}
      {Array.from({ length: Math.max(left.outputs.length, right.outputs.length) }, (_, n) => (
        <FileDiff
          key={n}
          title={t(n === 0 ? 'compare.output' : 'compare.errors')}
          left={props.left}
          right={props.right}
          leftFile={left.outputs[n] ?? none}
          rightFile={right.outputs[n] ?? none}
        />
      ))}
    </section>
  );
}

/** A row of what each side has; `neutral`: another value is no difference. */
function Values(props: {
  readonly name: string;
  readonly values: readonly (string | null)[];
  readonly neutral?: boolean;
}): ReactElement | null {
  const { values } = props;
  if (values.every((value) => value === null)) return null;
  const differs = props.neutral !== true && new Set(values).size > 1;
  return (
    <tr className={differs ? 'differs' : ''}>
      <th scope="row">{props.name}</th>
      {values.map((value, index) => (
        <td key={index}>{value === null ? t('compare.none-here') : showInvisible(visible(value))}</td>
      ))}
    </tr>
  );
}

const none: BundleView['files'][number] = { path: '', bytes: 0, sha256: '' as BundleView['sha256'] };

function FileDiff(props: {
  readonly title: string;
  readonly left: BundleView;
  readonly right: BundleView;
  readonly leftFile: BundleView['files'][number];
  readonly rightFile: BundleView['files'][number];
}): ReactElement {
  const left = useText(props.left.id, props.leftFile, 0, MOST_BYTES);
  const right = useText(props.right.id, props.rightFile, 0, MOST_BYTES);
  const failure = left.failure ?? right.failure;
  const bounded = props.leftFile.bytes > MOST_BYTES || props.rightFile.bytes > MOST_BYTES;
  return (
    <section>
      <SectionTitle aside={bounded ? t('compare.output.bounded', { size: size(MOST_BYTES) }) : undefined}>
        {props.title}
      </SectionTitle>
      {failure !== null && <FailureNote failure={failure} />}
      {failure === null && (left.value === null || right.value === null) && <Loading />}
      {left.value !== null && right.value !== null && (
        <DiffLines
          title={props.title}
          left={left.value.text}
          right={right.value.text}
          sides={[t('compare.left'), t('compare.right')]}
        />
      )}
    </section>
  );
}
