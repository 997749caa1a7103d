/** The members of a group: one line each, many lines pasted at once, and what is true of all of them. */
import { useState, type ReactElement } from 'react';
import type { Target } from '../../../electron/contract/runbook.ts';
import { t } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/fields.tsx';
import { queryKey, queryOf } from './address.ts';
import { mostMembers, nameFor, parseMembers, type GroupFields, type MemberFields } from './members.ts';
import { memberTarget, type Answers } from './request.ts';
import { RouteNotes } from './RouteView.tsx';
import { Advanced, LegacyField, ViaField } from './TargetField.tsx';

interface Props {
  readonly target: Target;
  readonly group: GroupFields;
  readonly rehearsal: boolean;
  readonly answers: Answers;
  /** Names that other targets have. */
  readonly taken: ReadonlySet<string>;
  readonly errorOf: (field: string) => string | undefined;
  readonly onChange: (group: GroupFields) => void;
}

export function GroupEditor(props: Props): ReactElement {
  const { target, group, rehearsal, errorOf, onChange } = props;
  const setMembers = (members: readonly MemberFields[]): void => {
    onChange({ ...group, members: members.slice(0, mostMembers) });
  };
  const error = errorOf(`groups.${target.name}`) ?? errorOf(`targets.${target.name}`);
  const taken = new Set([...props.taken, ...group.members.map((member) => member.name)]);
  return (
    <div className="group" role="group" aria-label={target.title}>
      <SectionTitle aside={t('group.count', { n: group.members.length })}>{target.title}</SectionTitle>
      <p className="dim">{t('group.text', { n: target.identity.length })}</p>
      {error !== undefined && (
        <p className="field__error" role="alert">
          {error}
        </p>
      )}
      {group.members.length > 0 && <Members {...props} onMembers={setMembers} />}
      <div className="group__acts">
        <Button
          disabled={group.members.length >= mostMembers}
          onPress={() => {
            const name = nameFor(`${target.name}-${String(group.members.length + 1)}`, taken);
            setMembers([...group.members, { name, text: '', pins: '' }]);
          }}
        >
          {t('group.add')}
        </Button>
      </div>
      {!rehearsal && (
        <PasteMany
          open={group.members.length === 0}
          taken={taken}
          onAdd={(members) => {
            setMembers([...group.members, ...members]);
          }}
        />
      )}
      {!rehearsal && <Refusals {...props} />}
      {!rehearsal && (
        <Advanced
          open={group.via !== '' || group.legacy !== ''}
          title={t('start.advanced', { target: target.title })}
        >
          <ViaField
            value={group.via}
            error={firstError(group, 'via', errorOf)}
            onChange={(via) => {
              onChange({ ...group, via });
            }}
          />
          <LegacyField
            value={group.legacy}
            error={firstError(group, 'legacy', errorOf)}
            onChange={(legacy) => {
              onChange({ ...group, legacy });
            }}
          />
        </Advanced>
      )}
    </div>
  );
}

function firstError(
  group: GroupFields,
  part: 'via' | 'legacy',
  errorOf: Props['errorOf'],
): string | undefined {
  const first = group.members[0];
  return first === undefined ? undefined : errorOf(`targets.${first.name}.${part}`);
}

function Members(
  props: Props & { readonly onMembers: (members: readonly MemberFields[]) => void },
): ReactElement {
  const { group, rehearsal, errorOf, onMembers } = props;
  const put = (index: number, change: Partial<MemberFields>): void => {
    onMembers(group.members.map((each, at) => (at === index ? { ...each, ...change } : each)));
  };
  return (
    <ol className="group__members" tabIndex={0} aria-label={t('group.members')}>
      {group.members.map((member, index) => (
        <li key={index} className="group__member">
          <span className="tnum dim">{index + 1}</span>
          <Field
            label={t('group.name', { n: index + 1 })}
            bare
            mono
            value={member.name}
            maxLength={32}
            onChange={(name) => {
              put(index, { name });
            }}
          />
          {rehearsal ? (
            <code>{t('address.rehearsal')}</code>
          ) : (
            <Field
              label={t('group.address', { n: index + 1 })}
              bare
              mono
              placeholder={t('start.target.placeholder')}
              value={member.text}
              error={errorOf(`targets.${member.name}`) ?? errorOf(`targets.${member.name}.pins`)}
              onChange={(text) => {
                put(index, { text });
              }}
            />
          )}
          {member.pins !== '' && <span className="chip chip--quiet">{t('group.pinned')}</span>}
          <Button
            label={t('group.remove', { name: member.name })}
            onPress={() => {
              onMembers(group.members.filter((_, at) => at !== index));
            }}
          >
            {t('remove')}
          </Button>
        </li>
      ))}
    </ol>
  );
}

/** Hosts of the group that cannot be reached as they stand, and notes that concern any of them, once each. */
function Refusals({ group, answers }: Props): ReactElement | null {
  const known = group.members.flatMap((member) => {
    const query = queryOf(memberTarget(group, member));
    const answer = query === null ? undefined : answers.get(queryKey(query));
    return answer === undefined ? [] : [{ name: member.name, answer }];
  });
  const refused = known.flatMap(({ name, answer }) => {
    const failure =
      answer.state === 'failed'
        ? answer.failure
        : answer.state === 'known'
          ? answer.route.refusal
          : undefined;
    return failure === undefined ? [] : [{ name, message: failure.message }];
  });
  const notes = known.flatMap(({ answer }) => (answer.state === 'known' ? answer.route.notes : []));
  const once = [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
  if (refused.length === 0 && once.length === 0) return null;
  return (
    <>
      {refused.length > 0 && (
        <ul className="bullets bullets--abort">
          {refused.map((each) => (
            <li key={each.name}>
              <b>{each.name}</b> {each.message}
            </li>
          ))}
        </ul>
      )}
      <RouteNotes notes={once} />
    </>
  );
}

function PasteMany(props: {
  readonly open: boolean;
  readonly taken: ReadonlySet<string>;
  readonly onAdd: (members: readonly MemberFields[]) => void;
}): ReactElement {
  const [text, setText] = useState('');
  const { members, bad } = parseMembers(text, props.taken);
  return (
    <div className="group__paste">
      <Field
        label={t('group.paste')}
        mono
        multiline
        value={text}
        help={t('group.paste.help')}
        error={bad.length > 0 ? t('group.paste.bad', { lines: bad.slice(0, 12).join(', ') }) : undefined}
        onChange={setText}
      />
      <Button
        disabled={members.length === 0 || bad.length > 0}
        onPress={() => {
          props.onAdd(members);
          setText('');
        }}
      >
        {t('group.paste.go', { n: members.length })}
      </Button>
    </div>
  );
}
