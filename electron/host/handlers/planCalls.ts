/** Plans that wait for approval, and what is asked of people. No rules of its own. */
import type { Handlers } from '../../contract/calls.ts';
import { ok } from '../../contract/result.ts';
import type { PlanDesk } from '../plans/planDesk.ts';
import type { RequestDesk } from '../requests/requestDesk.ts';

export function planCalls(
  plans: PlanDesk,
  requests: RequestDesk,
): Pick<
  Handlers,
  | 'plan.prepare'
  | 'plan.list'
  | 'plan.get'
  | 'plan.discard'
  | 'plan.start'
  | 'request.get'
  | 'request.sign'
  | 'request.import'
> {
  return {
    'plan.prepare': (request) => plans.prepare(request),
    'plan.list': () => plans.list(),
    'plan.get': ({ runId }) => plans.get(runId),
    'plan.discard': ({ runId }) => plans.discard(runId),
    'plan.start': async ({ runId, secrets }) => {
      const started = await plans.start(runId, secrets);
      return started.ok ? ok({ runId: started.value.snapshot().plan.runId }) : started;
    },
    'request.get': ({ wanted }) => requests.get(wanted),
    'request.sign': ({ wanted, sha256, key, passphrase }) => requests.sign(wanted, sha256, key, passphrase),
    'request.import': ({ wanted, sha256, armor }) => requests.take(wanted, sha256, armor),
  };
}
