/** Timestamps of a signed run, asked of an authority over HTTP and carried by file. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunId } from '../../../electron/contract/ids.ts';
import { ok } from '../../../electron/contract/result.ts';
import { sealRun, signRun } from '../../../electron/host/evidence/seal.ts';
import { postTimestamp } from '../../../electron/host/evidence/timestampClient.ts';
import { createTimestampDesk, type TimestampDesk } from '../../../electron/host/evidence/timestamps.ts';
import { createTrustStore, type TrustStore } from '../../../electron/host/evidence/trustStore.ts';
import { DEVICE, makeRun, must, RUN_ID, TOOL } from '../../fixtures/evidence/makeRun.ts';
import {
  forge,
  makeSite,
  openssl,
  opensslVerdict,
  reply,
  tsaConfig,
  tstInfo,
} from '../../fixtures/timestamps/pki.ts';
import { startTsa, type TsaServer } from '../../fixtures/timestamps/server.ts';

const runId = RunId.parse(RUN_ID);
let pki: string;
let site: Awaited<ReturnType<typeof makeSite>>;
let config: string;
let caPem: string;
let data: string;
let server: TsaServer;
let trust: TrustStore;
let tsaUrl: string;
let desk: TimestampDesk;

beforeAll(async () => {
  pki = await mkdtemp(join(tmpdir(), 'tsa-desk-pki-'));
  site = await makeSite(pki);
  config = await tsaConfig(join(pki, 'ts'));
  caPem = await readFile(site.ca.cert, 'utf8');
});
afterAll(() => rm(pki, { recursive: true, force: true }));

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'tsa-desk-'));
  await mkdir(join(data, 'runs'));
  server = await startTsa(pki, config, site.tsa);
  tsaUrl = server.url;
  trust = createTrustStore({ data, own: () => Promise.resolve(ok('')), now: () => new Date() });
  must(await trust.replace({ tsaCa: caPem }));
  desk = createTimestampDesk({
    data,
    settings: { read: () => ({ tsaUrl }) as never },
    trust,
    clock: { now: () => new Date() },
  });
});
afterEach(async () => {
  await server.close();
  await rm(data, { recursive: true, force: true });
});

const folder = () => join(data, 'runs', RUN_ID);
const tokenPath = () => join(folder(), 'attest', 'operator.sig.tsr');

async function sealedRun(): Promise<Awaited<ReturnType<typeof makeRun>>> {
  const made = await makeRun(data);
  must(await sealRun({ dir: made.dir, deviceSigner: made.device, principal: DEVICE, toolInfo: TOOL }));
  return made;
}

async function signedRun(): Promise<Buffer> {
  const made = await sealedRun();
  must(await signRun({ dir: made.dir, signer: made.operator }));
  return readFile(join(folder(), 'attest', 'operator.sig'));
}

describe('a timestamp over HTTP', () => {
  it('is asked for, judged and kept beside the signature, where openssl finds it good', async () => {
    const signature = await signedRun();
    expect(await desk.stamp(runId)).toEqual(ok(null));
    const token = await readFile(tokenPath());
    expect((await stat(tokenPath())).mode & 0o777).toBe(0o600);
    expect(await opensslVerdict(pki, { reply: token, data: signature, caFile: site.ca.cert })).toBe('good');
    expect(server.seen[0]).toHaveLength(69);
  });

  it('that is good is never asked for again nor replaced', async () => {
    await signedRun();
    must(await desk.stamp(runId));
    const before = await readFile(tokenPath());
    must(await desk.stamp(runId));
    expect(server.seen).toHaveLength(1);
    const again = await reply(pki, config, site.tsa, must(await desk.request(runId)).bytes);
    must(await desk.reply(runId, again));
    expect(await readFile(tokenPath())).toEqual(before);
  });

  it('gives way when it is not good, and is set aside', async () => {
    const signature = await signedRun();
    await writeFile(tokenPath(), 'not a token');
    must(await desk.stamp(runId));
    const [aside = ''] = await readdir(join(data, 'requests', 'timestamps'));
    expect(await readFile(join(data, 'requests', 'timestamps', aside), 'utf8')).toBe('not a token');
    const token = await readFile(tokenPath());
    expect(await opensslVerdict(pki, { reply: token, data: signature, caFile: site.ca.cert })).toBe('good');
  });

  it('of a look-alike authority is refused and leaves nothing behind', async () => {
    await signedRun();
    server.signer = site.lookAlikeTsa;
    expect(await desk.stamp(runId)).toMatchObject({
      ok: false,
      error: { code: 'trust', message: expect.stringContaining('timestamp.untrusted') as string },
    });
    expect(await readdir(join(folder(), 'attest'))).toEqual(['operator.sig', 'seal.sig']);
  });

  it('is kept unjudged on a desk without a list of authorities', async () => {
    await signedRun();
    must(await trust.replace({ tsaCa: '' }));
    must(await desk.stamp(runId));
    expect(await readFile(tokenPath())).not.toHaveLength(0);
  });

  it('that answers an older request is refused', async () => {
    await signedRun();
    const old = await reply(pki, config, site.tsa, must(await desk.request(runId)).bytes);
    server.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(old);
    };
    expect(await desk.stamp(runId)).toMatchObject({
      error: { message: expect.stringContaining('timestamp.nonce') as string },
    });
  });

  it('is refused before the operator has signed, and where no authority is set up', async () => {
    await sealedRun();
    expect(await desk.stamp(runId)).toMatchObject({ error: { code: 'refused' } });
    expect(await desk.request(runId)).toMatchObject({ error: { code: 'refused' } });
    await rm(folder(), { recursive: true });
    await signedRun();
    tsaUrl = '';
    expect(await desk.stamp(runId)).toMatchObject({ error: { code: 'refused' } });
    expect(server.seen).toHaveLength(0);
  });
});

describe('an authority that misbehaves', () => {
  const cases: readonly (readonly [string, TsaServer['answer'], RegExp])[] = [
    [
      'redirects',
      (_q, r) => r.writeHead(302, { location: 'http://127.0.0.1:1/x' }).end(),
      /elsewhere \(302\)/,
    ],
    ['fails', (_q, r) => r.writeHead(503).end('busy'), /answers 503/],
    [
      'answers with a page',
      (_q, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
      /text\/html/,
    ],
    [
      'answers without end',
      (_q, r) => {
        r.writeHead(200, { 'content-type': 'application/timestamp-reply' });
        r.end(Buffer.alloc(200_000));
      },
      /more than a timestamp/,
    ],
    ['hangs up', (q) => q.socket.destroy(), /cannot be reached/],
    [
      'breaks off',
      (q, r) => {
        r.writeHead(200, { 'content-type': 'application/timestamp-reply', 'content-length': '5000' });
        r.write('x', () => q.socket.destroy());
      },
      /broke off|cannot be reached/,
    ],
  ];
  it.each(cases)('%s: says so and stores nothing', async (_name, answer, message) => {
    await signedRun();
    server.answer = answer;
    expect(await desk.stamp(runId)).toMatchObject({
      ok: false,
      error: { code: 'network', message: expect.stringMatching(message) as string },
    });
    expect(await readdir(join(folder(), 'attest'))).toEqual(['operator.sig', 'seal.sig']);
  });

  it('does not answer: the deadline ends it', async () => {
    server.answer = () => undefined;
    expect(await postTimestamp(server.url, Buffer.from('x'), 200)).toMatchObject({
      error: { code: 'network', message: expect.stringContaining('within 0.2 seconds') as string },
    });
  });

  it.each(['ftp://127.0.0.1/', 'nonsense', 'http://name:word@127.0.0.1/', 'file:///etc/passwd'])(
    'is not asked at %s',
    async (url) => {
      expect(await postTimestamp(url, Buffer.from('x'))).toMatchObject({ error: { code: 'bad-request' } });
    },
  );
});

describe('a timestamp carried by file', () => {
  it('has the same request until the signature changes, and takes its reply', async () => {
    const signature = await signedRun();
    const request = must(await desk.request(runId));
    expect(request.name).toBe(`${RUN_ID}.operator.tsq`);
    expect(must(await desk.request(runId)).bytes).toEqual(request.bytes);
    const token = await reply(pki, config, site.tsa, request.bytes);
    must(await desk.reply(runId, token));
    expect(await readFile(tokenPath())).toEqual(token);
    expect(
      await opensslVerdict(pki, {
        reply: token,
        data: signature,
        caFile: site.ca.cert,
        request: request.bytes,
      }),
    ).toBe('good');
  });

  it('is taken without a request of ours when it is over this signature', async () => {
    await signedRun();
    const [query, out] = [join(pki, 'own.tsq'), join(pki, 'own.tsr')];
    const stamped = join(folder(), 'attest', 'operator.sig');
    await openssl(['ts', '-query', '-data', stamped, '-sha256', '-cert', '-out', query]);
    must(await desk.reply(runId, await reply(pki, config, site.tsa, await readFile(query))));
    expect(await stat(tokenPath())).toBeTruthy();
    await rm(tokenPath());
    await writeFile(join(pki, 'other'), 'other');
    await openssl(['ts', '-query', '-data', join(pki, 'other'), '-sha256', '-cert', '-out', out]);
    const other = await reply(pki, config, site.tsa, await readFile(out));
    expect(await desk.reply(runId, other)).toMatchObject({
      error: { message: expect.stringContaining('timestamp.imprint') as string },
    });
  });

  it('is taken as a bare token too, and stored as a reply that openssl reads', async () => {
    const signature = await signedRun();
    const whole = join(pki, 'whole.tsr');
    await writeFile(whole, await reply(pki, config, site.tsa, must(await desk.request(runId)).bytes));
    await openssl(['ts', '-reply', '-in', whole, '-token_out', '-out', join(pki, 'bare.der')]);
    must(await desk.reply(runId, await readFile(join(pki, 'bare.der'))));
    const token = await readFile(tokenPath());
    expect(await opensslVerdict(pki, { reply: token, data: signature, caFile: site.ca.cert })).toBe('good');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['too much', Buffer.alloc(100_000, 0x30)],
  ])('is refused when it is %s', async (_name, bytes) => {
    await signedRun();
    expect(await desk.reply(runId, bytes)).toMatchObject({
      error: { code: 'trust', message: expect.stringContaining('timestamp.form') as string },
    });
  });

  it('is refused when it says a time before the run had ended', async () => {
    await signedRun();
    const request = must(await desk.request(runId)).bytes;
    const digest = Buffer.from(request).subarray(24, 56);
    const nonce = Buffer.from(request).subarray(58, 66);
    const token = await forge(pki, tstInfo({ digest, nonce, at: '20261101000000Z' }), site.tsa);
    expect(await desk.reply(runId, token)).toMatchObject({
      error: { message: expect.stringContaining('one of the clocks is wrong') as string },
    });
  });
});
