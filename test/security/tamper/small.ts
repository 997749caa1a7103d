/** A small bundle made by the app's own code, to be taken apart: for variants of what the tamper list names once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Verdict } from '../../../electron/contract/views.ts';
import { type Trust, verify } from '../../../electron/domain/verify/verify.ts';
import { nodePlatform } from '../../../electron/host/evidence/nodePlatform.ts';
import { type MadeRun, makeBundle, must, RUN_ID } from '../../fixtures/evidence/makeRun.ts';
import { type Part, unzip } from '../../fixtures/evidence/rezip.ts';

export const TOP = `ev-${RUN_ID}`;

export interface Small {
  /** Folder of the test file. */
  readonly root: string;
  readonly good: MadeRun;
  readonly parts: readonly Part[];
  verdictOf(bytes: Buffer, trust?: Partial<Trust>): Promise<Verdict>;
  replace(path: string, change: (data: Buffer) => Buffer | string): readonly Part[];
  text(path: string): string;
  add(name: string, data?: string): readonly Part[];
  /** L1 fails, and the finding is there; at this place, when one is given. */
  expectFinding(bytes: Buffer, id: string, place?: string, trust?: Partial<Trust>): Promise<void>;
}

/** Made once for a test file. Read it in the tests, not before. */
export function smallBundle(): () => Small {
  let small: Small | null = null;
  beforeAll(async () => {
    const root = await mkdtemp(join(tmpdir(), 'holdpoint-tamper-'));
    const good = await makeBundle(root);
    small = around(root, good, await unzip(good.bundle.path));
  });
  afterAll(async () => {
    if (small !== null) await rm(small.root, { recursive: true, force: true });
  });
  return () => {
    if (small === null) throw new Error('there is no bundle before the tests run');
    return small;
  };
}

function around(root: string, good: MadeRun, parts: readonly Part[]): Small {
  const small: Small = {
    root,
    good,
    parts,
    async verdictOf(bytes, trust = {}) {
      const read = (offset: number, length: number) =>
        Promise.resolve(bytes.subarray(offset, offset + length));
      const given = { allowedSigners: good.allowedSigners, ...trust };
      return must(await verify(nodePlatform, { size: bytes.length, read }, given)).verdict;
    },
    replace: (path, change) =>
      parts.map((part) =>
        part.name === `${TOP}/${path}` ? { ...part, data: Buffer.from(change(part.data)) } : part,
      ),
    text: (path) => parts.find(({ name }) => name === `${TOP}/${path}`)?.data.toString() ?? '',
    add: (name, data = 'x') =>
      [...parts, { name, data: Buffer.from(data) }].sort((a, b) => (a.name < b.name ? -1 : 1)),
    async expectFinding(bytes, id, place, trust = {}) {
      const verdict = await small.verdictOf(bytes, trust);
      expect(verdict.l1).toBe('fails');
      const found = verdict.findings.map((finding) =>
        place === undefined ? finding.id : `${finding.id} ${finding.place}`,
      );
      expect(found).toContain(place === undefined ? id : `${id} ${place}`);
    },
  };
  return small;
}

/** What somebody with both keys can do: any manifest, properly signed. */
export async function resigned(
  { good, parts }: Small,
  manifest: Buffer,
  keys: Pick<MadeRun, 'device' | 'operator'> = good,
): Promise<readonly Part[]> {
  const seal = must(await keys.device.sign('seal.evidence-v1@holdpoint', manifest));
  const operator = must(await keys.operator.sign('operator.evidence-v1@holdpoint', manifest));
  return parts.map((part) => {
    if (part.name.endsWith('MANIFEST.sha256')) return { ...part, data: manifest };
    if (part.name.endsWith('seal.sig')) return { ...part, data: Buffer.from(seal) };
    return part.name.endsWith('operator.sig') ? { ...part, data: Buffer.from(operator) } : part;
  });
}
