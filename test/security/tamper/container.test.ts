/** Variants of zips that different programs read differently: each is refused by the strict verifier. */
import { describe, expect, it } from 'vitest';
import { zip, type ZipTwist } from '../../fixtures/evidence/rezip.ts';
import { smallBundle, TOP } from './small.ts';

const small = smallBundle();

describe('container', () => {
  const central = (change: (header: Buffer) => void): ZipTwist => ({
    central: (header, name) => {
      if (name.endsWith('journal.jsonl')) change(header);
      return header;
    },
  });

  it.each<[string, () => Buffer, string, string?]>([
    ['a duplicate entry', () => zip(small().add(`${TOP}/run.json`)), 'zip.duplicate', 'run.json'],
    ['names that differ in case only', () => zip(small().add(`${TOP}/RUN.json`)), 'zip.duplicate'],
    ['an entry that climbs out', () => zip(small().add(`${TOP}/../evil`)), 'zip.name'],
    ['an absolute entry', () => zip(small().add('/etc/cron.d/evil')), 'zip.name'],
    ['a backslash', () => zip(small().add(`${TOP}/a\\b`)), 'zip.name'],
    ['an escape sequence in a name', () => zip(small().add(`${TOP}/\x1b[2Jx`)), 'zip.name'],
    ['a name Windows reserves', () => zip(small().add(`${TOP}/outputs/con.out`)), 'zip.name'],
    ['a trailing dot', () => zip(small().add(`${TOP}/outputs/x.`)), 'zip.name'],
    ['a second top directory', () => zip(small().add('ev-other/run.json')), 'zip.top-directory'],
    ['a folder entry', () => zip(small().add(`${TOP}/hosts/`, '')), 'zip.name'],
    [
      'a file marked as a folder',
      () =>
        zip(
          small().parts,
          central((h) => h.writeUInt32LE((0o040755 << 16) >>> 0, 38)),
        ),
      'zip.directory',
      'journal.jsonl',
    ],
    ['another order', () => zip([...small().parts].reverse()), 'zip.order'],
    [
      'a symbolic link',
      () =>
        zip(
          small().parts,
          central((h) => h.writeUInt32LE((0o120777 << 16) >>> 0, 38)),
        ),
      'zip.link',
      'journal.jsonl',
    ],
    [
      'an encrypted entry',
      () =>
        zip(
          small().parts,
          central((h) => h.writeUInt16LE(1, 8)),
        ),
      'zip.encrypted',
      'journal.jsonl',
    ],
    [
      'a compressed entry',
      () =>
        zip(
          small().parts,
          central((h) => h.writeUInt16LE(8, 10)),
        ),
      'zip.method',
      'journal.jsonl',
    ],
    [
      'a size lie in the central directory',
      () =>
        zip(
          small().parts,
          central((h) => h.writeUInt32LE(h.readUInt32LE(24) - 1, 24)),
        ),
      'zip.size',
      'journal.jsonl',
    ],
    [
      'both sizes lied about',
      () =>
        zip(
          small().parts,
          central((h) => {
            h.writeUInt32LE(9, 24);
            h.writeUInt32LE(9, 20);
          }),
        ),
      'zip.local-differs',
      'journal.jsonl',
    ],
    [
      'a bomb’s size',
      () =>
        zip(
          small().parts,
          central((h) => {
            h.writeUInt32LE(1 << 30, 24);
            h.writeUInt32LE(1 << 30, 20);
          }),
        ),
      'zip.size',
      'journal.jsonl',
    ],
    [
      'zip64 sizes',
      () =>
        zip(
          small().parts,
          central((h) => h.writeUInt32LE(0xffffffff, 20)),
        ),
      'zip.zip64',
      'journal.jsonl',
    ],
    [
      'an entry comment',
      () =>
        zip(
          small().parts,
          central((h) => h.writeUInt16LE(1, 32)),
        ),
      'zip.central',
      'journal.jsonl',
    ],
    [
      'an extra field',
      () =>
        zip(
          small().parts,
          central((h) => h.writeUInt16LE(4, 30)),
        ),
      'zip.central',
      'journal.jsonl',
    ],
    [
      'another date',
      () =>
        zip(
          small().parts,
          central((h) => h.writeUInt16LE(0x5a21, 14)),
        ),
      'zip.header',
      'journal.jsonl',
    ],
    [
      'another name in the local header',
      () =>
        zip(small().parts, {
          local: (h, name) =>
            name.endsWith('run.json') ? Buffer.concat([h.subarray(0, -8), Buffer.from('RUN.json')]) : h,
        }),
      'zip.local-differs',
      'run.json',
    ],
    [
      'a hidden gap between entries',
      () =>
        zip(small().parts, { gapBefore: (name) => Buffer.from(name.endsWith('run.json') ? 'secret' : '') }),
      'zip.gap',
      'run.json',
    ],
    [
      'data before the first entry',
      () =>
        zip(small().parts, {
          gapBefore: (name) => Buffer.from(name.endsWith('MANIFEST.sha256') ? 'MZ' : ''),
        }),
      'zip.gap',
      'MANIFEST.sha256',
    ],
    [
      'data before the central directory',
      () => zip(small().parts, { gapBeforeCentral: Buffer.from('secret') }),
      'zip.gap',
    ],
    ['a prefix', () => Buffer.concat([Buffer.from('#!/bin/sh\n'), zip(small().parts)]), 'zip.end'],
    ['a suffix', () => Buffer.concat([zip(small().parts), Buffer.from('tail')]), 'zip.end'],
    ['two zips', () => Buffer.concat([zip(small().parts), zip(small().parts)]), 'zip.end'],
    [
      'an archive comment',
      () =>
        Buffer.concat([
          zip(small().parts, {
            end: (e) => {
              e.writeUInt16LE(4, 20);
              return e;
            },
          }),
          Buffer.from('hey!'),
        ]),
      'zip.end',
    ],
    [
      'a count that differs',
      () =>
        zip(small().parts, {
          end: (e) => {
            e.writeUInt16LE(3, 8);
            e.writeUInt16LE(3, 10);
            return e;
          },
        }),
      'zip.end',
    ],
    ['no entries', () => zip([]), 'zip.empty'],
    ['nothing at all', () => Buffer.alloc(0), 'zip.not-a-zip'],
    ['something else', () => Buffer.alloc(4096, 'x'), 'zip.end'],
  ])('refuses %s', (_name, make, id, place) => small().expectFinding(make(), id, place));

  it('never shows an attacker’s control characters', async () => {
    const verdict = await small().verdictOf(zip(small().add(`${TOP}/\x1b[2J\u0007`)));
    expect(JSON.stringify(verdict.findings)).not.toMatch(/\\u00|[\x00-\x1f]/);
  });
});
