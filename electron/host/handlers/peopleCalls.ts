/** Trust, keys, enrolment and timestamps. No rules of its own. */
import type { Handlers } from '../../contract/calls.ts';
import type { EvidenceView } from '../../contract/views.ts';
import type { RunId } from '../../contract/ids.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { EvidenceDesk } from '../evidence/evidenceDesk.ts';
import type { PeopleDesk } from '../evidence/peopleDesk.ts';
import type { TimestampDesk } from '../evidence/timestamps.ts';

export interface PeopleDesks {
  readonly people: PeopleDesk;
  readonly timestamps: TimestampDesk;
  readonly evidence: Pick<EvidenceDesk, 'view'>;
}

export function peopleCalls({
  people,
  timestamps,
  evidence,
}: PeopleDesks): Pick<
  Handlers,
  | 'people.trust'
  | 'people.set-trust'
  | 'people.keys'
  | 'people.enrol'
  | 'evidence.timestamp'
  | 'evidence.timestamp-request'
  | 'evidence.timestamp-reply'
> {
  const viewAfter = async (runId: RunId, done: Result<null>): Promise<Result<EvidenceView>> =>
    done.ok ? evidence.view(runId) : done;
  return {
    'people.trust': () => people.trust(),
    'people.set-trust': ({ allowedSigners, revoked, tsaCa }) =>
      people.setTrust({
        ...(allowedSigners === undefined ? {} : { allowedSigners }),
        ...(revoked === undefined ? {} : { revoked }),
        ...(tsaCa === undefined ? {} : { tsaCa }),
      }),
    'people.keys': () => people.keys(),
    'people.enrol': ({ principal, roles, key, passphrase }) =>
      people.enrol({ principal, roles, key, ...(passphrase === undefined ? {} : { passphrase }) }),
    'evidence.timestamp': async ({ runId }) => viewAfter(runId, await timestamps.stamp(runId)),
    'evidence.timestamp-request': async ({ runId }) => {
      const request = await timestamps.request(runId);
      if (!request.ok) return request;
      return ok({ name: request.value.name, base64: Buffer.from(request.value.bytes).toString('base64') });
    },
    'evidence.timestamp-reply': async ({ runId, base64 }) => {
      const bytes = Buffer.from(base64, 'base64');
      if (bytes.toString('base64') !== base64)
        return fail('bad-request', 'The reply did not come through whole. Choose the file again.');
      return viewAfter(runId, await timestamps.reply(runId, bytes));
    },
  };
}
