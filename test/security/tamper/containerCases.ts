/** Cases 50 to 65: zips that different programs read differently. */
import { constants, deflateRawSync } from 'node:zlib';
import { RUN_ID, TOP } from '../../fixtures/evidence/fullBook.ts';
import { localHeader } from '../../../electron/host/evidence/zip.ts';
import { zip } from '../../fixtures/evidence/rezip.ts';
import { added, central, changed, rezipped, type TamperCase } from './kit.ts';

const LINK_MODE = (0o120777 << 16) >>> 0;
const GIB = 2 ** 30;
/** CRC-32 of 2^30 zero bytes. */
const CRC_OF_ZEROS = 0xf1ab_1ea3;

/** Deflated zeros: one megabyte, flushed to a byte boundary, again and again, and an empty last block. */
function bomb(): Buffer {
  const block = deflateRawSync(Buffer.alloc(1 << 20), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([...Array.from({ length: GIB >> 20 }, () => block), Buffer.of(3, 0)]);
}

const sizes = (header: Buffer, at: number, compressed: number, bytes: number) => {
  header.writeUInt32LE(compressed, at);
  header.writeUInt32LE(bytes, at + 4);
};

export const containerCases: readonly TamperCase[] = [
  {
    n: 50,
    title: 'an entry twice',
    id: 'zip.duplicate',
    make: (kit) => changed(kit, added(`${TOP}/run.json`, '{}\n')),
  },
  {
    n: 51,
    title: 'an entry that climbs out of its folder',
    id: 'zip.name',
    make: (kit) => changed(kit, added(`${TOP}/../../evil`)),
  },
  {
    n: 52,
    title: 'an entry that is a symbolic link',
    id: 'zip.link',
    make: (kit) =>
      rezipped(kit, (parts) =>
        zip(
          parts,
          central('hosts/ops.json', (header) => header.writeUInt32LE(LINK_MODE, 38)),
        ),
      ),
  },
  {
    n: 53,
    title: 'a symbolic link in attest/',
    id: 'zip.link',
    make: (kit) => {
      const name = 'attest/seal.sig.tsr';
      return rezipped(kit, (parts) =>
        zip(
          added(`${TOP}/${name}`, '../plan/plan.json')(parts),
          central(name, (header) => header.writeUInt32LE(LINK_MODE, 38)),
        ),
      );
    },
  },
  {
    n: 54,
    title: 'a megabyte that unpacks to a gibibyte',
    id: 'zip.method',
    make: (kit) => {
      const name = 'outputs/03-bomb.out';
      const data = bomb();
      const is = (entry: string) => entry === `${TOP}/${name}`;
      return rezipped(kit, (parts) =>
        zip(added(`${TOP}/${name}`, data)(parts), {
          local: (header, entry) => {
            if (is(entry)) {
              header.writeUInt16LE(8, 8);
              header.writeUInt32LE(CRC_OF_ZEROS, 14);
              sizes(header, 18, data.length, GIB);
            }
            return header;
          },
          central: (header, entry) => {
            if (is(entry)) {
              header.writeUInt16LE(8, 10);
              header.writeUInt32LE(CRC_OF_ZEROS, 16);
              sizes(header, 20, data.length, GIB);
            }
            return header;
          },
        }),
      );
    },
  },
  {
    n: 55,
    title: 'two names that differ in case only',
    id: 'zip.duplicate',
    make: (kit) => changed(kit, added(`${TOP}/RUN.json`, '{}\n')),
  },
  {
    n: 56,
    title: 'a program in front of the zip',
    id: 'zip.end',
    make: (kit) => rezipped(kit, (parts) => Buffer.concat([Buffer.from('#!/bin/sh\nexit 0\n'), zip(parts)])),
  },
  {
    n: 57,
    title: 'data behind the zip',
    id: 'zip.end',
    make: (kit) => rezipped(kit, (parts) => Buffer.concat([zip(parts), Buffer.from('tail')])),
  },
  {
    n: 58,
    title: 'two zips in one file',
    id: 'zip.end',
    make: (kit) =>
      rezipped(kit, (parts) => Buffer.concat([zip(added(`${TOP}/outputs/03-other.out`)(parts)), zip(parts)])),
  },
  {
    n: 59,
    title: 'another name in the local header',
    id: 'zip.local-differs',
    make: (kit) =>
      rezipped(kit, (parts) =>
        zip(parts, {
          local: (header, name) =>
            name === `${TOP}/run.json`
              ? localHeader({
                  name: `${TOP}/fun.json`,
                  bytes: header.readUInt32LE(22),
                  crc32: header.readUInt32LE(14),
                })
              : header,
        }),
      ),
  },
  {
    n: 60,
    title: 'names that Windows takes for something else',
    id: 'zip.name',
    make: (kit) =>
      changed(kit, (parts) => added(`${TOP}/outputs/CON.out`)(added(`${TOP}/outputs/x.`)(parts))),
  },
  {
    n: 61,
    title: 'a second top directory',
    id: 'zip.top-directory',
    make: (kit) => changed(kit, added(`ev-${RUN_ID.replace('4f', '5f')}/run.json`, '{}\n')),
  },
  {
    n: 62,
    title: 'an escape sequence in a name',
    id: 'zip.name',
    make: (kit) => changed(kit, added(`${TOP}/\x1b]0;GOOD\x07`)),
  },
  {
    n: 63,
    title: 'data hidden between two entries',
    id: 'zip.gap',
    make: (kit) =>
      rezipped(kit, (parts) =>
        zip(parts, { gapBefore: (name) => Buffer.from(name === `${TOP}/run.json` ? 'hidden' : '') }),
      ),
  },
  {
    n: 64,
    title: 'a comment of the archive',
    id: 'zip.end',
    make: (kit) =>
      rezipped(kit, (parts) =>
        Buffer.concat([
          zip(parts, {
            end: (end) => {
              end.writeUInt16LE(8, 20);
              return end;
            },
          }),
          Buffer.from('approved'),
        ]),
      ),
  },
  {
    n: 65,
    title: 'a size in the central directory that is not that of the entry',
    id: 'zip.size',
    make: (kit) =>
      rezipped(kit, (parts) =>
        zip(
          parts,
          central('hosts/ops.json', (header) => header.writeUInt32LE(header.readUInt32LE(24) - 1, 24)),
        ),
      ),
  },
];
