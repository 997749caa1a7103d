/** Where everything runs: one address a target, a list for each group, this computer where the runbook asks for it. */
import { Fragment, type ReactElement } from 'react';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import { t } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Radios, Toggle } from '../../ui/fields.tsx';
import { noTarget, queryKey, queryOf } from './address.ts';
import { GroupEditor } from './GroupEditor.tsx';
import type { Answers, StartFields } from './request.ts';
import { TargetField } from './TargetField.tsx';

export function TargetsCard(props: {
  readonly runbook: Runbook;
  readonly fields: StartFields;
  readonly rehearsal: boolean;
  readonly answers: Answers;
  /** The policy writes heads of the journal to the logs of hosts that allow it. */
  readonly anchors: boolean;
  readonly errorOf: (field: string) => string | undefined;
  readonly onEdit: (field: string, next: StartFields) => void;
}): ReactElement {
  const { runbook, fields, rehearsal, answers, errorOf, onEdit } = props;
  const anchorSwitch = (target: Runbook['targets'][number]): ReactElement | null =>
    !props.anchors || rehearsal || target.anchor === true ? null : (
      <Toggle
        on={fields.anchor[target.name] === true}
        onChange={(on) => {
          onEdit(`targets.${target.name}.anchor`, {
            ...fields,
            anchor: { ...fields.anchor, [target.name]: on },
          });
        }}
      >
        {t('start.anchor', { target: target.title })}
      </Toggle>
    );
  const names = new Set<string>(runbook.targets.map((target) => target.name));
  return (
    <section className="card">
      <SectionTitle>{t('doc.targets')}</SectionTitle>
      {props.anchors && !rehearsal && <p className="dim">{t('start.anchor.text')}</p>}
      {runbook.targets.map((target) => {
        if (target.group === true) {
          return (
            <Fragment key={target.name}>
              <GroupEditor
                target={target}
                group={fields.groups[target.name] ?? { members: [], via: '', legacy: '' }}
                rehearsal={rehearsal}
                answers={answers}
                taken={names}
                errorOf={errorOf}
                onChange={(group) => {
                  onEdit(`groups.${target.name}`, {
                    ...fields,
                    groups: { ...fields.groups, [target.name]: group },
                  });
                }}
              />
              {anchorSwitch(target)}
            </Fragment>
          );
        }
        if (rehearsal) {
          return (
            <p key={target.name} className="fixed">
              <b>{target.title}</b>
              <code>{t('address.rehearsal')}</code>
              <span className="dim">{t('start.rehearsal-host')}</span>
            </p>
          );
        }
        const own = fields.targets[target.name] ?? noTarget;
        const query = queryOf(own);
        const here = fields.local[target.name];
        const field = (
          <Fragment key={target.name}>
            <TargetField
              target={target}
              fields={own}
              answer={query === null ? undefined : answers.get(queryKey(query))}
              errorOf={errorOf}
              onChange={(part, value) => {
                onEdit(part === 'text' ? `targets.${target.name}` : `targets.${target.name}.${part}`, {
                  ...fields,
                  targets: { ...fields.targets, [target.name]: { ...own, [part]: value } },
                });
              }}
            />
            {anchorSwitch(target)}
          </Fragment>
        );
        if (here === undefined) return field;
        return (
          <div key={target.name} className="target">
            <Radios
              label={t('start.where', { target: target.title })}
              inline
              value={here ? 'local' : 'ssh'}
              options={[
                { id: 'local', title: t('start.where.local') },
                { id: 'ssh', title: t('start.where.ssh') },
              ]}
              onChange={(id) => {
                onEdit(`targets.${target.name}.local`, {
                  ...fields,
                  local: { ...fields.local, [target.name]: id === 'local' },
                });
              }}
            />
            {here ? <p className="dim">{t('start.local-host')}</p> : field}
          </div>
        );
      })}
    </section>
  );
}
