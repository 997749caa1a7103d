import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestSegments } from '../../../electron/host/page/files.ts';
import { encodeStream, parseClientFrame } from '../../../electron/host/page/session.ts';
import {
  createToken,
  isSameToken,
  refuseRequest,
  type RequestFacts,
  refuseUpgrade,
} from '../../../electron/serve/guard.ts';

const authority = '127.0.0.1:4711';
const own: RequestFacts = { method: 'GET', target: '/', host: [authority], origin: [], fetchSite: [] };
const ownSocket: RequestFacts = { ...own, target: '/ws', origin: [`http://${authority}`] };

describe('requests', () => {
  it('from a person, a page of ours or a plain client are answered', () => {
    expect(refuseRequest(own, authority)).toBeNull();
    expect(refuseRequest({ ...own, method: 'HEAD', fetchSite: ['none'] }, authority)).toBeNull();
    expect(
      refuseRequest({ ...ownSocket, target: '/a.js', fetchSite: ['same-origin'] }, authority),
    ).toBeNull();
    expect(refuseUpgrade(ownSocket, authority)).toBeNull();
  });

  it('with any other Host are refused, whatever else they say', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.webAuthority(), fc.constant(authority))), (host) => {
        fc.pre(!(host.length === 1 && host[0] === authority));
        expect(refuseRequest({ ...own, host }, authority)?.status).toBe(403);
        expect(refuseUpgrade({ ...ownSocket, host }, authority)?.status).toBe(403);
      }),
    );
  });

  it('with any other Origin are refused; a socket needs ours', () => {
    expect(refuseUpgrade({ ...ownSocket, origin: [] }, authority)?.status).toBe(403);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.constant(`https://${authority}`)), (origin) => {
        fc.pre(origin !== `http://${authority}`);
        expect(refuseRequest({ ...own, origin: [origin] }, authority)?.status).toBe(403);
        expect(refuseUpgrade({ ...ownSocket, origin: [origin] }, authority)?.status).toBe(403);
      }),
    );
  });
});

describe('tokens', () => {
  it('are 256 bits, different each time, and equal only to themselves', () => {
    const token = createToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(createToken()).not.toBe(token);
    expect(isSameToken(token, token)).toBe(true);
    fc.assert(
      fc.property(fc.string(), (other) => {
        expect(isSameToken(other, token)).toBe(other === token);
      }),
    );
  });
});

describe('paths of files', () => {
  it('never lead up, to an absolute place or to a hidden file', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e',
      '%2E%2e',
      '/',
      '%2f',
      '\\',
      '%5c',
      '%00',
      'a',
      'C:',
      '',
      '%',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const segments = requestSegments(pieces.join(''));
        for (const segment of segments ?? []) expect(segment).toMatch(/^[^./\\:\0][^/\\:\0]*$/);
      }),
      { numRuns: 2000 },
    );
    expect(requestSegments('/assets/a%20b.js')).toEqual(['assets', 'a b.js']);
  });
});

describe('frames', () => {
  it('are calls or a failure, whatever is sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const frame = parseClientFrame(text);
        if (!frame.ok) expect(frame.error.code).toBe('bad-request');
      }),
    );
    expect(parseClientFrame('{"id":1,"method":"a","arg":null}').ok).toBe(true);
    expect(parseClientFrame('{"id":1,"method":"a"}').ok).toBe(false);
    expect(parseClientFrame(`"${'x'.repeat(4 * 1024 * 1024)}"`).ok).toBe(false);
  });

  it('of terminal output carry stream and bytes unchanged', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.uint8Array(), (stream, bytes) => {
        const frame = Buffer.from(encodeStream(stream, bytes));
        expect(frame.readUInt32BE(0)).toBe(stream);
        expect([...frame.subarray(4)]).toEqual([...bytes]);
      }),
    );
  });
});
