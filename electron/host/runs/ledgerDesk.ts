/**
 * The ledger as people see it: on the screen, as a signed export that an auditor takes samples from, and where a run is
 * given up. It leaves nothing of the ledger out.
 */
import { crc32 } from 'node:zlib';
import type { RunId } from '../../contract/ids.ts';
import type { LedgerView } from '../../contract/people.ts';
import { ok, type Result } from '../../contract/result.ts';
import { viewLedger } from '../../domain/evidence/ledger.ts';
import { namespaceOf } from '../../domain/evidence/names.ts';
import { populationCsv } from '../../domain/evidence/population.ts';
import type { DeviceKey } from '../evidence/deviceKey.ts';
import { centralHeader, endRecord, localHeader } from '../evidence/zip.ts';
import { type AbandonOptions, abandonRun } from './abandon.ts';
import { LEDGER_FILE, loadLedger } from './ledger.ts';

export interface LedgerDesk {
  view(): Promise<Result<LedgerView>>;
  /** A zip of the ledger, the table of its runs, and the device's signatures over both. */
  export(): Promise<Result<LedgerExport>>;
  /** Closes a run that nobody will take up again, see abandon.ts. */
  abandon(runId: RunId, reason: string): Promise<Result<null>>;
}

export interface LedgerExport {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface LedgerDeskOptions extends AbandonOptions {
  /** The device key and its principal. */
  readonly device: () => Promise<Result<DeviceKey>>;
  /** Name of whoever sits here. */
  readonly by: () => string;
  readonly onChanged: () => void;
}

export function createLedgerDesk(options: LedgerDeskOptions): LedgerDesk {
  return {
    async view() {
      const loaded = await loadLedger(options.data);
      return loaded.ok ? ok(viewLedger(loaded.value.reading)) : loaded;
    },
    async export() {
      const loaded = await loadLedger(options.data);
      if (!loaded.ok) return loaded;
      const device = await options.device();
      if (!device.ok) return device;
      const { bytes, reading } = loaded.value;
      const { signer, principal } = device.value;
      const population = Buffer.from(populationCsv(reading));
      const files: [string, Buffer][] = [
        ['README.txt', Buffer.from(readme(principal))],
        [LEDGER_FILE, bytes],
        ['population.csv', population],
      ];
      for (const [name, content] of [
        [LEDGER_FILE, bytes] as const,
        ['population.csv', population] as const,
      ]) {
        const signature = await signer.sign(namespaceOf('ledger'), content);
        if (!signature.ok) return signature;
        files.push([`${name}.sig`, Buffer.from(signature.value)]);
      }
      const desk = principal.replace(/[^A-Za-z0-9.-]/g, '-');
      const name = `${desk}-${String(reading.count).padStart(6, '0')}.ledger`;
      return ok({ name: `${name}.zip`, bytes: zipOf(name, files) });
    },
    async abandon(runId, reason) {
      const closed = await abandonRun(options, runId, options.by(), reason);
      // Also when the seal failed: the run has ended all the same.
      options.onChanged();
      return closed;
    },
  };
}

/** The same files give the same bytes. */
function zipOf(top: string, files: readonly (readonly [string, Buffer])[]): Buffer {
  const out: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const entry = { name: `${top}/${path}`, bytes: content.length, crc32: crc32(content) };
    const local = localHeader(entry);
    central.push(centralHeader(entry, offset));
    out.push(local, content);
    offset += local.length + content.length;
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([...out, directory, endRecord(files.length, directory.length, offset)]);
}

function readme(principal: string): string {
  return `Ledger of ${principal}

ledger.jsonl     every run that was opened on this desk, in order, one line each for its opening and its closing
population.csv   the same as a table, one line a run
*.sig            signatures of the device over these two files

Check them with what OpenSSH, perl and coreutils bring. allowed_signers and revoked come from your security
team, never from this archive. The first two commands print a line that begins with "Good".

  ssh-keygen -Y verify -f allowed_signers -r revoked -I ${principal} -n ${namespaceOf('ledger')} -s ledger.jsonl.sig < ledger.jsonl
  ssh-keygen -Y verify -f allowed_signers -r revoked -I ${principal} -n ${namespaceOf('ledger')} -s population.csv.sig < population.csv

One unbroken chain without a missing number; prints how many entries there are, and the hash of the last:

  perl -MDigest::SHA=sha256_hex -ne 'BEGIN{$p="0"x64} die "BREAK at line $.\\n" if index($_,"{\\"_prev\\":\\"$p\\",\\"_seq\\":".($.-1).","); $p=sha256_hex($_); END{print "$. entries, head $p\\n"}' ledger.jsonl

Runs that were opened and never closed stand in population.csv as "not closed": ask what became of them.
Compare with the export you got last time: its ledger.jsonl must be the beginning of this one.

  cmp -n "$(wc -c < earlier/ledger.jsonl)" earlier/ledger.jsonl ledger.jsonl

What a seal entry calls manifest sha256 is the digest of MANIFEST.sha256 in the bundle of that run.
The ledger lives on the desk. Somebody who holds its device key can write another one; an export that is
fetched regularly, and the record run.start of each bundle, which cites a place in the ledger, show that.
`;
}
