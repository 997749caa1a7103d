/** Judges what people ask about a host apart from any step: a key that gives way to another, a shell to follow. Pure. */
import type { IntentOf } from '../../contract/intents.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type ChangedHostKey, fail, ok, type Result } from '../../contract/result.ts';
import { escapeText } from '../evidence/jcs.ts';
import { compareFingerprint } from '../trust/compare.ts';
import { samePerson } from './people.ts';
import { recordText } from './recordText.ts';
import { refuse, refuseWhenClosed } from './refusal.ts';
import type { RunState, TargetView } from './state.ts';

/** Whether a person may have the key of this host replaced: a host of the run, not connected, two different people. */
export function admitKeyReplacement(
  state: RunState,
  intent: IntentOf<'replace-host-key'>,
  operator: string,
): Result<TargetView> {
  const closed = refuseWhenClosed(state, intent);
  if (closed !== null) return closed;
  const target = hostOf(state, intent.target);
  if (!target.ok) return target;
  if (target.value.connected) {
    return refuse(`${intent.target} is connected under the key on record: there is nothing to replace.`);
  }
  if (escapeText(intent.second.trim()) === '') return fail('bad-request', 'Name the second person.');
  if (samePerson(intent.second, operator)) {
    return refuse('The second person must be another person than the operator.');
  }
  if (intent.reason.trim() === '') return fail('bad-request', 'Say why the key has changed.');
  return target;
}

/**
 * The record of the replacement, when what was read elsewhere and typed is the fingerprint the host has shown. `file` is
 * the known_hosts file that was changed. Appended only after the host has proven to hold the key.
 */
export function keyReplacement(
  state: RunState,
  intent: IntentOf<'replace-host-key'>,
  operator: string,
  changed: ChangedHostKey,
  file: string,
): Result<RecordBody> {
  const admitted = admitKeyReplacement(state, intent, operator);
  if (!admitted.ok) return admitted;
  const typed = vouchedFor(intent, changed);
  if (!typed.ok) return typed;
  const old = changed.old.slice(0, 20).map(({ type, fingerprint }) => keyText(type, fingerprint));
  return ok({
    type: 'host.key-replaced',
    d: {
      target: intent.target,
      host: recordText(changed.name, 330),
      old,
      new: keyText(changed.shown.type, changed.shown.fingerprint),
      file: recordText(file, 1024),
      reason: recordText(intent.reason.trim(), 4000),
      by: recordText(operator, 100),
      second: recordText(intent.second.trim(), 100),
    },
  });
}

/** Whether the fingerprint that was read elsewhere and typed is the one the host has shown. */
export function vouchedFor(
  intent: IntentOf<'replace-host-key'>,
  changed: Pick<ChangedHostKey, 'address' | 'shown'>,
): Result<null> {
  const compared = compareFingerprint(intent.fingerprint, changed.shown.fingerprint);
  if (compared.outcome === 'same') return ok(null);
  return fail('trust', `${changed.address}: ${compared.text}`, {
    kept: 'The key on record is unchanged.',
    hint: 'Read the fingerprint on the host itself, or have its owner read it to you.',
  });
}

/** Whether the live shell of this host may be told to report its prompts: connected, and no step runs there. */
export function admitTracking(state: RunState, intent: IntentOf<'track-shell'>): Result<TargetView> {
  const closed = refuseWhenClosed(state, intent);
  if (closed !== null) return closed;
  const target = hostOf(state, intent.target);
  if (!target.ok) return target;
  if (!target.value.connected) {
    return fail('network', `${intent.target} is not connected.`, { hint: 'Connect first.' });
  }
  const busy = state.steps.find(
    (view) =>
      view.status.state === 'running' &&
      view.attempts.some((attempt) => attempt.target === intent.target && attempt.end === undefined),
  );
  return busy === undefined
    ? target
    : refuse(`${busy.step.title} is running on ${intent.target}.`, 'Wait for its end.');
}

function hostOf(state: RunState, name: string): Result<TargetView> {
  const target = Object.hasOwn(state.targets, name) ? state.targets[name] : undefined;
  if (target === undefined) return fail('not-found', `This run has no host ${name}.`);
  return target.group === true ? refuse(`${name} is a group: name one of its hosts.`) : ok(target);
}

function keyText(type: string, fingerprint: string) {
  return { type: recordText(type, 64), fingerprint: recordText(fingerprint, 100) };
}
