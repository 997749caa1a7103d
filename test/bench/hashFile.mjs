/** The peer of the verifier's measurement: SHA-256 of a file with node:crypto, in reads of 1 MiB. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

const hash = createHash('sha256');
for await (const chunk of createReadStream(process.argv[2], { highWaterMark: 1 << 20 })) hash.update(chunk);
process.stdout.write(`${hash.digest('hex')}\n`);
