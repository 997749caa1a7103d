/**
 * Which host on the way a question comes from: the n-th jump host, or the target itself. Only what is known is said: an
 * address that is nowhere on the known way gets no words. Pure.
 */
import type { LinkState } from '../../../electron/contract/views.ts';
import type { Route } from '../../../electron/contract/routes.ts';
import type { Plan } from '../../../electron/contract/plan.ts';
import type { PromptContext } from '../../../electron/contract/prompts.ts';
import { placeText } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import type { RouteQuery } from '../start/address.ts';

export interface HopPlace {
  /** From 1, nearest first. */
  readonly n: number;
  readonly of: number;
  /** Where the way leads. */
  readonly to: string;
}

/** An address in one form: `user@host` means port 22. */
function canonical(address: string): string {
  return address.replace(/:22$/, '');
}

/** What to ask the host for the way to a prompt's target; null where there is none to ask for. */
export function wayQuery(context: PromptContext, plan: Pick<Plan, 'targets'> | null): RouteQuery | null {
  const planned = plan?.targets[context.target];
  if (planned?.kind !== 'ssh') return null;
  const via = planned.via?.map(placeText);
  return { text: placeText(planned), ...(via === undefined ? {} : { via }) };
}

/** The place of the asking host among the jump hosts; null when it is none of them, or the way is not known. */
export function hopOf(context: PromptContext, way: readonly string[]): HopPlace | null {
  const jumps = way.slice(0, -1);
  const to = way.at(-1);
  const at = jumps.findIndex((each) => canonical(each) === canonical(context.address));
  return at === -1 || to === undefined ? null : { n: at + 1, of: jumps.length, to };
}

/** Addresses on the way as far as they are known: from the route, else from the link or the plan. The target is last. */
export function wayOf(
  context: PromptContext,
  route: Route | null,
  links: readonly LinkState[],
  plan: Pick<Plan, 'targets'> | null,
): readonly string[] {
  if (route !== null) return route.hops.map(placeText);
  const link = links.find((each) => each.target === context.target);
  const planned = plan?.targets[context.target];
  const via = link?.via ?? (planned?.kind === 'ssh' ? (planned.via ?? []).map(placeText) : []);
  const own = link?.address ?? (planned?.kind === 'ssh' ? placeText(planned) : undefined);
  return own === undefined ? [] : [...via, own];
}

/** `jump host 1 of 2 on the way to …`; null where the target itself asks. */
export function hopWords(place: HopPlace | null): string | null {
  return place === null ? null : t('hop.jump', { n: place.n, of: place.of, to: place.to });
}
