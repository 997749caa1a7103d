/** The tamper list, by who does it. */
import { containerCases } from './containerCases.ts';
import { fourEyesCases } from './fourEyesCases.ts';
import { insiderCases } from './insiderCases.ts';
import type { TamperCase } from './kit.ts';
import { nextCases } from './nextCases.ts';
import { outsiderCases } from './outsiderCases.ts';
import { peopleCases } from './peopleCases.ts';
import { restCases } from './restCases.ts';
import { sourceCases } from './sourceCases.ts';

const rest = restCases(76);
const people = peopleCases(76 + rest.length);
const sources = sourceCases(76 + rest.length + people.length);

export const groups: readonly { readonly name: string; readonly cases: readonly TamperCase[] }[] = [
  { name: 'Somebody without keys', cases: outsiderCases },
  { name: 'Four eyes', cases: fourEyesCases },
  { name: 'An insider with the desk’s keys', cases: insiderCases },
  { name: 'The container', cases: containerCases },
  { name: 'Added since', cases: nextCases },
  { name: 'Every other finding', cases: rest },
  { name: 'People', cases: people },
  { name: 'Runbooks that are put together', cases: sources },
];
