/** One changed byte anywhere in a bundle is found, and the finding names the file it is in. */
import { describe, expect, it } from 'vitest';
import { type Part, zip } from '../../fixtures/evidence/rezip.ts';
import { smallBundle } from './small.ts';

const small = smallBundle();
const verdictOf = (bytes: Buffer) => small().verdictOf(bytes);
const parts = () => small().parts;

const pathOf = (name: string) => name.slice(name.indexOf('/') + 1);

function flip(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x01;
  return copy;
}

describe('a byte changed in a file before it was zipped', () => {
  it('is found in every file, at its beginning, middle and end', async () => {
    const missed: string[] = [];
    for (const part of parts().filter((candidate) => candidate.data.length > 0)) {
      for (const at of new Set([0, part.data.length >> 1, part.data.length - 1])) {
        const changed = parts().map((p) => (p === part ? { ...p, data: flip(p.data, at) } : p));
        const verdict = await verdictOf(zip(changed));
        const named = verdict.findings.some((f) => f.place.split(':')[0] === pathOf(part.name));
        if (verdict.l1 !== 'fails' || !named) missed.push(`${part.name} at ${String(at)}`);
      }
    }
    expect(missed).toEqual([]);
  });
});

describe('a byte changed in the zip itself', () => {
  it('is found wherever it is, and the entry it is in is named', async () => {
    const original = zip(parts());
    const owners = ownersOf(parts());
    const missed: string[] = [];
    for (let at = 0; at < original.length; at += 1) {
      const owner = owners(at);
      // Every byte of headers; of long contents a sample, because a checksum covers them all alike.
      if (owner.inData && at % 197 !== 0) continue;
      const verdict = await verdictOf(flip(original, at));
      const named = verdict.findings.some((f) => f.place === owner.place || f.message.includes(owner.place));
      if (verdict.l1 !== 'fails' || !named)
        missed.push(`${String(at)} ${owner.place}: ${JSON.stringify(verdict.findings[0])}`);
    }
    expect(missed).toEqual([]);
  });

  it('is found when the file is cut off anywhere', async () => {
    const original = zip(parts());
    for (let length = 0; length < original.length; length += 397) {
      expect((await verdictOf(original.subarray(0, length))).l1).toBe('fails');
    }
  });
});

/** Which entry a byte of the archive belongs to. */
function ownersOf(all: readonly Part[]): (at: number) => { place: string; inData: boolean } {
  const spans: { from: number; to: number; place: string; inData: boolean }[] = [];
  let at = 0;
  const span = (length: number, place: string, inData: boolean) => {
    spans.push({ from: at, to: at + length, place, inData });
    at += length;
  };
  for (const { name, data } of all) {
    span(30 + name.length, pathOf(name), false);
    span(data.length, pathOf(name), true);
  }
  for (const { name } of all) span(46 + name.length, pathOf(name), false);
  span(22, 'end of central directory', false);
  return (position) => {
    const found = spans.find((s) => position >= s.from && position < s.to);
    if (found === undefined) throw new Error(`no owner of byte ${String(position)}`);
    return found;
  };
}
