/**
 * The commands of the certificate runbooks on a real certificate authority and real TLS servers of the rehearsal host.
 * What their faults lead to is in their own tests (runbooks/tests), which run there too.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { X509Certificate } from 'node:crypto';
import type { Client } from 'ssh2';
import { connect, exec, startHost } from '../rehearsal/client.ts';
import { runOnce, walk } from '../rehearsal/walk.ts';
import { linkedRunbook } from '../../fixtures/runs/linkedRunbook.ts';

/** Nobody is asked to wait here: the nodes read their certificate again within the second. */
const tls = 'mazevault-tls-renewal';

async function out(client: Client, command: string): Promise<string> {
  return (await exec(client, command)).stdout.toString().trim();
}

describe('certificates', () => {
  let prepared: string;
  beforeAll(async () => {
    prepared = await mkdtemp(join(tmpdir(), 'holdpoint-prepared-test-'));
  });
  afterAll(() => rm(prepared, { recursive: true, force: true }));

  test('a renewed certificate is served by every node, and a switch back serves the old one', async () => {
    const { host } = await startHost({ prepared });
    const client = await connect(host);
    const book = await linkedRunbook(tls);
    const done = await walk(client, book);
    expect(done.failed).toBeUndefined();
    const file = new X509Certificate(await out(client, 'cat tls/incoming/tls.crt'));
    expect(done.values['fingerprint_new']).toBe(file.fingerprint256);
    const step = book.phases.flatMap((phase) => phase.steps).find(({ id }) => id === 'switch');
    if (step?.kind !== 'run' || step.undo?.kind !== 'command') throw new Error('no way back');
    expect((await runOnce(client, step.undo, done.values)).problems).toEqual([]);
    expect(await out(client, 'readlink tls/current')).toBe(done.values['previous_dir']?.trim());
  });

  test('lists of all authorities are verified, fresh, numbered and complete', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const attested = { intervals_shown: '168h 24h' };
    const done = await walk(client, await linkedRunbook('mazevault-crl-freshness'), { attested });
    expect(done.failed).toBeUndefined();
    expect(done.values['list_count']).toBe('8');
    expect(done.values['full_left_h']).toBe('252');
    expect(done.values['delta_left_h']).toBe('36');
  });

  test('a closed authority signs nothing', async () => {
    const { host } = await startHost({ prepared });
    const client = await connect(host);
    const done = await walk(client, await linkedRunbook('mazevault-ca-key-rotation'));
    expect(done.passed).toContain('request-key');
    expect(done.failed?.id).toBe('sign');
    expect(await out(client, 'ls ca')).not.toContain('issuing-3.pem');
  });
});
