/** From what is typed about a host to its address in the plan. What is left out is filled in by the resolved route. Pure. */
import type { Route } from '../../../electron/contract/routes.ts';
import type { Address, Place } from '../../../electron/contract/plan.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { parseTyped, placeText, type TypedAddress } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';

export interface TargetFields {
  /** `[user@]host[:port]` or an alias, as typed. */
  readonly text: string;
  /** Jump hosts, nearest first, between commas; empty: those of the configuration. */
  readonly via: string;
  /** Fingerprints, between blanks. */
  readonly pins: string;
  /** Why old algorithms may be used; empty: they may not. */
  readonly legacy: string;
}

export const noTarget: TargetFields = { text: '', via: '', pins: '', legacy: '' };

export type RouteAnswer =
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly route: Route }
  | { readonly state: 'failed'; readonly failure: Failure };

export interface RouteQuery {
  readonly text: string;
  readonly via?: string[];
}

export type Resolved =
  | { readonly kind: 'address'; readonly address: Address }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'bad'; readonly field: 'text' | 'via' | 'pins' | 'legacy'; readonly why: string };

const pinShape = /^SHA256:[A-Za-z0-9+/]{43}$/;
const shortestReason = 3;
const defaultPort = 22;

function words(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** Text of a target of an earlier plan. */
export function fieldsOf(address: Address | undefined): TargetFields {
  if (address?.kind !== 'ssh') return noTarget;
  return {
    text: placeText(address),
    via: (address.via ?? []).map(placeText).join(', '),
    pins: (address.pins ?? []).join(' '),
    legacy: address.legacy ?? '',
  };
}

/** What to ask the host about a target; null while the text is not an address. */
export function queryOf(fields: TargetFields): RouteQuery | null {
  if (parseTyped(fields.text) === null) return null;
  const via = words(fields.via);
  if (via.some((each) => parseTyped(each) === null)) return null;
  return via.length === 0 ? { text: fields.text.trim() } : { text: fields.text.trim(), via: [...via] };
}

/** One name for equal questions. */
export function queryKey(query: RouteQuery): string {
  return JSON.stringify([query.text, query.via ?? []]);
}

/** The address, or what is still missing or wrong, with the field it belongs to. */
export function resolve(fields: TargetFields, answer: RouteAnswer | undefined): Resolved {
  const typed = parseTyped(fields.text);
  if (typed === null) return { kind: 'bad', field: 'text', why: t('start.target.bad') };
  const vias = words(fields.via).map((text) => ({ text, typed: parseTyped(text) }));
  const badVia = vias.find((each) => each.typed === null);
  if (badVia !== undefined || vias.length > 8) {
    return { kind: 'bad', field: 'via', why: t('start.via.bad', { text: badVia?.text ?? fields.via }) };
  }
  const pins = words(fields.pins);
  const badPin = pins.find((pin) => !pinShape.test(pin));
  if (badPin !== undefined || pins.length > 8) {
    return { kind: 'bad', field: 'pins', why: t('start.pins.bad') };
  }
  const legacy = fields.legacy.trim();
  if (legacy !== '' && legacy.length < shortestReason) {
    return { kind: 'bad', field: 'legacy', why: t('reason.short', { n: shortestReason }) };
  }
  const hops = answer?.state === 'known' ? answer.route.hops : [];
  const settled = answer !== undefined && answer.state !== 'asking';
  const jumps = hops.length === vias.length + 1 ? hops.slice(0, -1) : [];
  const places = [
    ...vias.map((each, index) => complete(each.typed, jumps[index], settled)),
    complete(typed, hops.at(-1), settled),
  ];
  if (places.includes('waiting')) return { kind: 'waiting' };
  const [own, ...via] = [...places].reverse();
  if (typeof own !== 'object' || via.some((each) => typeof each !== 'object')) {
    const why = answer?.state === 'failed' ? answer.failure.message : t('start.target.user');
    return { kind: 'bad', field: typeof own === 'object' ? 'via' : 'text', why };
  }
  return {
    kind: 'address',
    address: {
      kind: 'ssh',
      ...own,
      ...(via.length === 0 ? {} : { via: via.filter((each) => typeof each === 'object').reverse() }),
      ...(pins.length === 0 ? {} : { pins: [...pins] }),
      ...(legacy === '' ? {} : { legacy }),
    },
  };
}

function complete(
  typed: TypedAddress | null,
  hop: { readonly user: string; readonly port: number } | undefined,
  settled: boolean,
): Place | 'waiting' | 'no-user' {
  if (typed === null) return 'no-user';
  const user = typed.user ?? hop?.user;
  const port = typed.port ?? hop?.port;
  if (user !== undefined && port !== undefined) return { host: typed.host, user, port };
  if (!settled) return 'waiting';
  return user === undefined ? 'no-user' : { host: typed.host, user, port: port ?? defaultPort };
}
