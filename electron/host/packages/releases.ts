/**
 * Whether a runbook is from a signed package: the package alone, put together, has to give the same bytes that would be
 * run. So what it calls, the reference pages and the overlays of the site are covered as well, wherever they lie.
 */
import type { RunbookRelease } from '../../contract/packages.ts';
import { linkPart } from '../../domain/package/parts.ts';
import { sha256 } from '../files/hash.ts';
import type { TrustStore } from '../evidence/trustStore.ts';
import type { LoadedRunbook } from '../library/loaded.ts';
import type { Release } from '../runs/startGates.ts';
import type { InstalledPackages, IntactPackage } from './installed.ts';

export interface Releases {
  /** Where the runbook stands; undefined when no package has it, and for rehearsals. */
  releaseOf(entry: LoadedRunbook): Promise<RunbookRelease | undefined>;
  /** For many at once: packages are looked at once. */
  lookUp(): Promise<(entry: LoadedRunbook) => RunbookRelease | undefined>;
  signedBy(entry: LoadedRunbook): Promise<Release | null>;
  /** Why `signedBy` says null, as a sentence; undefined when no package has the runbook. */
  whyNot(entry: LoadedRunbook): Promise<string | undefined>;
}

export function createReleases(installed: InstalledPackages): Releases {
  /** Digest of a runbook as its package puts it together. */
  const linked = new WeakMap<object, Map<string, string | null>>();

  function digestIn(one: IntactPackage, id: string): string | null {
    const parts = one.parts();
    const known = linked.get(parts) ?? new Map<string, string | null>();
    linked.set(parts, known);
    const found = known.get(id);
    if (found !== undefined) return found;
    const made = linkPart(parts, id);
    const usable = made !== null && made.runbook !== null && !made.before;
    const digest = usable ? sha256(made.text) : null;
    known.set(id, digest);
    return digest;
  }

  function judge(packages: readonly IntactPackage[], entry: LoadedRunbook): RunbookRelease | undefined {
    if (entry.rehearsal) return undefined;
    const { id } = entry.runbook;
    const having = packages.filter((one) => one.parts().runbooks.has(id));
    const same = having.filter((one) => digestIn(one, id) === entry.sha256);
    const good = same.find(({ signer }) => signer.state === 'good');
    if (good?.signer.state === 'good') {
      const { principal, fingerprint } = good.signer;
      const { sha256: digest, ...of } = headOf(good);
      return { state: 'released', ...of, principal, fingerprint, sha256: digest };
    }
    const refused = same[0] ?? null;
    if (refused !== null) return { state: 'refused', ...shortOf(refused), why: whyRefused(refused) };
    const other = having[0];
    return other === undefined
      ? undefined
      : { state: 'changed', ...shortOf(other), why: whyChanged(other, entry) };
  }

  async function lookUp() {
    const read = await installed.read();
    // Trust that cannot be read vouches for nobody; the desk says so where it is set.
    const packages = read.ok ? read.value.intact : [];
    return (entry: LoadedRunbook) => judge(packages, entry);
  }

  const releaseOf = async (entry: LoadedRunbook) => (await lookUp())(entry);

  return {
    releaseOf,
    lookUp,
    async signedBy(entry) {
      const release = await releaseOf(entry);
      if (release?.state !== 'released') return null;
      const { principal, fingerprint, sha256: digest } = release;
      return { principal, fingerprint, sha256: digest };
    },
    async whyNot(entry) {
      const release = await releaseOf(entry);
      return release === undefined || release.state === 'released' ? undefined : release.why;
    },
  };
}

function headOf({ proven }: IntactPackage) {
  return { package: proven.head.name, version: proven.head.version, sha256: proven.sha256 };
}

function shortOf({ proven }: IntactPackage) {
  return { package: proven.head.name, version: proven.head.version };
}

function named({ proven }: IntactPackage): string {
  return `the package ${proven.head.name} ${proven.head.version}`;
}

function whyRefused(one: IntactPackage): string {
  const { signer } = one;
  const why = signer.state === 'refused' ? signer.why : 'nobody has signed it';
  return `The signature of ${named(one)} does not count: ${why}.`;
}

/** Names the first part that is not the package's own. */
function whyChanged(one: IntactPackage, entry: LoadedRunbook): string {
  const parts = one.parts();
  const { id } = entry.runbook;
  const main = entry.kept.find(({ kind }) => kind === 'main')?.sha256 ?? entry.sha256;
  const said = (what: string, of: string) => `${what} is not the one ${of} ${named(one)}.`;
  if (parts.runbooks.get(id)?.sha256 !== main) return said(`The runbook in ${entry.file}`, 'in');
  for (const { kind, id: part, sha256: digest } of entry.kept) {
    const all = kind === 'overlay' ? parts.overlays : parts.runbooks;
    const what = kind === 'overlay' ? `The overlay ${part}` : `The runbook ${part}, which it calls,`;
    if (kind !== 'main' && all.get(part)?.sha256 !== digest) return said(what, 'in');
  }
  return `As it would be run it is not what ${named(one)} comes to: it has another overlay, or other reference pages.`;
}

/** Why a key may not release runbooks now, as the end of a sentence; null when it may. */
export async function releaseProblem(
  trust: Pick<TrustStore, 'view'>,
  fingerprint: string,
): Promise<string | null> {
  const view = await trust.view();
  if (!view.ok) return view.error.message;
  const lines = view.value.signers.filter(
    (signer) => signer.fingerprint === fingerprint && signer.roles.includes('release'),
  );
  if (lines.some(({ problem }) => problem === undefined)) return null;
  return lines[0]?.problem ?? 'its key is not listed for releases';
}
