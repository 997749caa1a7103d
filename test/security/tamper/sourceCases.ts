/** Runbooks that were put together from several files, told otherwise by an insider with the desk's keys. */
import { FULL_BOOK } from '../../fixtures/evidence/fullBook.ts';
import type { Obj } from '../../fixtures/evidence/fullStory.ts';
import { sha256 } from '../../../electron/host/files/hash.ts';
import {
  linkedBook,
  linkedTwists,
  MAIN_PATH,
  OVERLAY,
  OVERLAY_PATH,
} from '../../fixtures/evidence/linkedRun.ts';
import type { Twists } from '../../fixtures/evidence/fullStory.ts';
import { retold, type TamperCase } from './kit.ts';

const told =
  (change: Twists): TamperCase['make'] =>
  async ({ runs }) =>
    retold(await runs.make(linkedTwists(change)));

function withSource(plan: Obj, n: number, change: Obj): Obj {
  const sources = plan['sources'] as readonly Obj[];
  return { ...plan, sources: sources.map((source, i) => (i === n ? { ...source, ...change } : source)) };
}

const cases: readonly Omit<TamperCase, 'n'>[] = [
  {
    title: 'another overlay in the place of the one that was planned with',
    id: 'source.mismatch',
    make: told({ files: { [OVERLAY_PATH]: OVERLAY.replace('Jana Novak', 'Petr Novak') } }),
  },
  {
    title: 'a file that the runbook was put together from left out',
    id: 'source.missing',
    make: told({ files: { [MAIN_PATH]: null } }),
  },
  {
    title: 'a file of another runbook added',
    id: 'source.unnamed',
    make: told({ files: { 'plan/called-other.yaml': FULL_BOOK } }),
  },
  {
    title: 'the risk of a step lowered in the runbook that was put together',
    id: 'source.relink',
    make: told({ runbook: (text) => text.replace('risk: disruptive', 'risk: reversible') }),
  },
  {
    title: 'a product command called confirmed that no overlay fills in',
    id: 'source.relink',
    make: told({
      runbook: (text) =>
        text.replace(
          /( +)risk: disruptive/,
          '$1risk: disruptive\n$1vendor-confirm: Upgrades it.\n$1filled: { site: prague, by: Jana Novak, on: "2026-11-01" }',
        ),
    }),
  },
  {
    title: 'a product command called confirmed in a runbook that was not put together',
    id: 'source.relink',
    make: async ({ runs }) =>
      retold(
        await runs.make({
          runbook: (text) =>
            text.replace(
              / {8}run: uptime/,
              '        run: uptime\n        vendor-confirm: Shows it.\n        filled: { site: prague, by: Jana Novak, on: "2026-11-01" }',
            ),
        }),
      ),
  },
  {
    title: 'a file called the runbook’s own that was put together before',
    id: 'source.relink',
    make: told({
      plan: (plan) => withSource(plan, 0, { sha256: sha256(linkedBook()) }),
      files: { [MAIN_PATH]: linkedBook() },
    }),
  },
  {
    title: 'a plan that names another version of the overlay',
    id: 'source.relink',
    make: told({ plan: (plan) => withSource(plan, 1, { version: '4' }) }),
  },
  {
    title: 'a runbook from no package where the site runs only signed ones',
    id: 'release.missing',
    make: told({
      plan: (plan) => ({ ...plan, policy: { ...(plan['policy'] as Obj), runbooks: 'signed' } }),
    }),
  },
];

/** Numbered from `from`. */
export function sourceCases(from: number): readonly TamperCase[] {
  return cases.map((one, index) => ({ n: from + index, ...one }));
}
