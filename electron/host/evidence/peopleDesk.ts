/** Keys and trust of this desk, as the pages and the command line ask for them. */
import { randomBytes } from 'node:crypto';
import type { Enrolment, KeyOnDesk, TrustView } from '../../contract/people.ts';
import type { Result } from '../../contract/result.ts';
import type { Clock } from '../ports.ts';
import { enrol, type EnrolmentRequest } from './enrol.ts';
import type { KeyRing } from './keyRing.ts';
import type { Trust, TrustStore } from './trustStore.ts';

export interface PeopleDesk {
  trust(): Promise<Result<TrustView>>;
  setTrust(change: Partial<Trust>): Promise<Result<TrustView>>;
  keys(): Promise<Result<readonly KeyOnDesk[]>>;
  enrol(request: EnrolmentRequest): Promise<Result<Enrolment>>;
}

export function createPeopleDesk(options: {
  readonly trust: TrustStore;
  readonly keys: KeyRing;
  readonly clock: Pick<Clock, 'now'>;
}): PeopleDesk {
  const { trust, keys, clock } = options;
  return {
    trust: () => trust.view(),
    setTrust: (change) => trust.replace(change),
    keys: () => keys.list(trust),
    enrol: (request) => enrol(keys, request, { at: clock.now(), nonce: randomBytes(16).toString('hex') }),
  };
}
