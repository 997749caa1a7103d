/** What the cases of the tamper suite are made of: a good bundle, hands to change it, and the strict verifier. */
import type { FindingId } from '../../../electron/domain/verify/findings.ts';
import { type Trust, type Verification, verify } from '../../../electron/domain/verify/verify.ts';
import { nodePlatform } from '../../../electron/host/evidence/nodePlatform.ts';
import { sha256 } from '../../../electron/host/files/hash.ts';
import { TOP } from '../../fixtures/evidence/fullBook.ts';
import type { FullRun, FullRuns } from '../../fixtures/evidence/fullRun.ts';
import { type Part, zip, type ZipTwist } from '../../fixtures/evidence/rezip.ts';
import { must } from '../../fixtures/evidence/signers.ts';

export interface Kit {
  readonly runs: FullRuns;
  readonly good: FullRun;
}

/** A bundle as an attacker hands it over, with what the auditor has besides. */
export interface Tampered {
  readonly bytes: Buffer;
  readonly trust: Trust;
}

export interface TamperCase {
  /** Number of the tamper list. */
  readonly n: number;
  readonly title: string;
  /** What the strict verifier must find. */
  readonly id: FindingId;
  readonly make: (kit: Kit) => Tampered | Promise<Tampered>;
}

/** The bundle of a run that was told otherwise. */
export function retold(run: FullRun, trust: Partial<Trust> = {}): Tampered {
  return { bytes: zip(run.parts), trust: { ...run.trust, ...trust } };
}

/** The good bundle with its parts changed, its zip being as it should. */
export function changed(
  { good }: Kit,
  change: (parts: readonly Part[]) => readonly Part[],
  trust: Partial<Trust> = {},
): Tampered {
  return { bytes: zip(change(good.parts)), trust: { ...good.trust, ...trust } };
}

/** The good bundle in another zip. */
export function rezipped(
  { good }: Kit,
  make: (parts: readonly Part[]) => Buffer = (parts) => zip(parts),
): Tampered {
  return { bytes: make(good.parts), trust: good.trust };
}

export function replace(path: string, change: (data: Buffer) => Buffer | string) {
  return (parts: readonly Part[]): readonly Part[] =>
    parts.map((part) =>
      part.name === `${TOP}/${path}` ? { ...part, data: Buffer.from(change(part.data)) } : part,
    );
}

export function without(path: RegExp) {
  return (parts: readonly Part[]): readonly Part[] => parts.filter(({ name }) => !path.test(name));
}

/** One more entry, in its place. */
export function added(name: string, data: string | Buffer = 'x') {
  return (parts: readonly Part[]): readonly Part[] =>
    [...parts, { name, data: Buffer.from(data) }].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function partOf(run: FullRun, path: string): Buffer {
  const part = run.parts.find(({ name }) => name === `${TOP}/${path}`);
  if (part === undefined) throw new Error(`no ${path}`);
  return part.data;
}

/**
 * Changes lines of a journal and chains them anew, anchors with their heads among them: what somebody does who signs
 * the result and had the hosts log it.
 */
export function rechained(change: (line: string, index: number) => string) {
  return (journal: string): string => {
    let head = '0'.repeat(64);
    let text = '';
    for (const [index, line] of journal.split(/(?<=\n)/).entries()) {
      let next = change(line, index).replace(/^(\{"_prev":")[0-9a-f]{64}/, `$1${head}`);
      if (next.includes('"type":"anchor.emit"'))
        next = next.replace(/("d":\{"head":")[0-9a-f]{64}/, `$1${head}`);
      head = sha256(next);
      text += next;
    }
    return text;
  };
}

/** Headers of one entry, changed. */
export function central(path: string, change: (header: Buffer) => void): ZipTwist {
  return {
    central: (header, name) => {
      if (name === `${TOP}/${path}`) change(header);
      return header;
    },
  };
}

export async function strict({ bytes, trust }: Tampered): Promise<Verification> {
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
  return must(await verify(nodePlatform, source, trust));
}

/** Whether somebody who relies on the verifier would take the bundle for good. */
export function isAccepted({ verdict }: Verification): boolean {
  return verdict.l1 === 'holds' && verdict.l2 === 'holds' && verdict.l3 !== 'fails';
}
