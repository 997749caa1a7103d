/** The redactor: no form of a secret leaves it, however it comes; everything else leaves as it came. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretForms, secretProblem } from '../../../../electron/domain/redact/forms.ts';
import {
  compileSecrets,
  createRedactor,
  MOST_HELD_BYTES,
  type Redactor,
} from '../../../../electron/domain/redact/redactor.ts';

const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const bytesOf = (text: string) => Buffer.from(text, 'utf8');

function through(redactor: Redactor, pieces: readonly Uint8Array[], cut = false): Buffer {
  return Buffer.concat([...pieces.map((piece) => Buffer.from(redactor.take(piece))), redactor.end(cut)]);
}

function redact(secret: string, text: string | Uint8Array, cuts: readonly number[] = []): string {
  const bytes = typeof text === 'string' ? bytesOf(text) : text;
  const redactor = createRedactor(compileSecrets([{ name: 'db', value: secret }]));
  return through(redactor, chop(bytes, cuts)).toString('utf8');
}

function chop(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((to, i) => bytes.subarray(at[i], to));
}

const secretText = fc
  .oneof(
    fc.string({ minLength: 6, maxLength: 40 }),
    fc.string({ unit: 'grapheme', minLength: 6, maxLength: 20 }),
    fc.stringMatching(/^[a-c ]{6,12}$/),
    fc.stringMatching(/^[A-Za-z0-9/+'"$\\&<>%!-]{6,24}$/),
  )
  .filter((text) => secretProblem(text) === null && Buffer.from(text).toString() === text);

/** What a terminal may get between two characters without showing anything else. */
const between = fc.constantFrom(
  '',
  '\x1b[31m',
  '\x1b[0;1m',
  '\x1b]0;title\x07',
  '\x1b]8;;https://example.com\x1b\\',
  '\x1bP1$r0m\x1b\\',
  '\x1b(B',
  '\x1b7\x1b8',
  '\r\n',
  '\r',
  '\0',
  ' \r',
  'x\b',
  '\x07',
);

describe('forms', () => {
  it('are those a program writes: checked against the platform', () => {
    const secret = 'pÄ55"w/o\'rd+ <&> $x\\9';
    const forms = new Set(secretForms(secret).map(({ bytes }) => latin(bytes)));
    const has = (text: string) => {
      expect(forms).toContain(latin(bytesOf(text)));
    };
    const raw = bytesOf(secret);
    has(secret);
    has(raw.toString('hex'));
    has(raw.toString('hex').toUpperCase());
    has(encodeURIComponent(secret));
    has(encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()));
    has(encodeURI(secret));
    has(new URLSearchParams({ '': secret }).toString().slice(1));
    has(JSON.stringify(secret).slice(1, -1));
    has(secret.replaceAll("'", "'\\''"));
    has(secret.replaceAll("'", `'"'"'`));
    for (const shift of [0, 1, 2]) {
      const whole = Buffer.concat([Buffer.alloc(shift, 0x78), raw, Buffer.from('yy')]);
      for (const code of ['base64', 'base64url'] as const) {
        const written = whole.toString(code);
        expect([...forms].some((form) => form.length >= raw.length && written.includes(form))).toBe(true);
      }
    }
  });

  it('of a secret with several lines are those of its lines too', () => {
    const secret = '-----BEGIN KEY-----\nMIIabcdefghijk\nabc\n-----END KEY-----\n';
    expect(redact(secret, 'a: MIIabcdefghijk\n  b: abc\n')).toBe('a: [secret db]\n  b: abc\n');
    expect(redact(secret, secret)).toMatch(/^(?:\[secret db\]\s*)+$/);
  });

  it('refuse what is too short to be told from other text', () => {
    expect(secretProblem('12345')).toMatch(/too short/);
    expect(secretProblem('12345\n')).toMatch(/too short/);
    expect(secretProblem('éàü')).toBeNull();
  });

  it.each(['000000', '------', '      ', 'ababababab', 'Success', 'RUNNING', ' postgres ', '12345678'])(
    'refuse %j, which stands in too much that is no secret',
    (value) => {
      expect(secretProblem(value)).toMatch(/too common/);
    },
  );

  it('take what only holds a common word', () => {
    for (const value of ['postgres-7', 'success!', 'runninglate', 'abcabc'])
      expect(secretProblem(value)).toBeNull();
  });
});

describe('whatever comes, in whatever pieces', () => {
  const cuts = fc.array(fc.nat(400), { maxLength: 12 });

  it('no form of the secret leaves', () => {
    fc.assert(
      fc.property(secretText, fc.nat(), fc.string(), fc.string(), cuts, (secret, pick, before, after, at) => {
        const forms = secretForms(secret);
        const form = forms[pick % forms.length] ?? forms[0];
        if (form === undefined) throw new Error('no form');
        const text = Buffer.concat([bytesOf(before), form.bytes, bytesOf(after)]);
        const out = latin(bytesOf(redact(secret, text, at)));
        for (const { bytes } of forms) expect(out).not.toContain(latin(bytes));
        expect(out).toContain('[');
      }),
      { numRuns: 200 },
    );
  });

  it('nor with colours, wraps and corrections between its characters', () => {
    fc.assert(
      fc.property(
        secretText,
        fc.nat(),
        fc.array(between, { minLength: 1 }),
        cuts,
        (secret, pick, gaps, at) => {
          // A terminal draws characters: nobody sends it UTF-16, whose zeros and controls are bytes of characters.
          const forms = secretForms(secret).filter(({ form }) => form !== 'utf16');
          const form = forms[pick % forms.length] ?? forms[0];
          if (form === undefined) throw new Error('no form');
          const drawn = [...form.bytes].flatMap((byte, i) => [
            Buffer.of(byte),
            // A correction must not break a character of several bytes: no program does.
            Buffer.from(byte < 0x80 ? (gaps[i % gaps.length] ?? '') : ''),
          ]);
          const redactor = createRedactor(compileSecrets([{ name: 'db', value: secret }]));
          const out = through(redactor, chop(Buffer.concat([Buffer.from('> '), ...drawn]), at));
          const visible = latin(out)
            .replace(/\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|\[[0-9;]*m|\(B|[78])/g, '')
            .replace(/ \r|x\x08|[\r\n\0\x07]/g, '');
          const written = latin(form.bytes);
          expect(visible).not.toContain(written);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('text without secrets leaves as it came, all of it', () => {
    fc.assert(
      fc.property(
        secretText,
        fc.array(fc.oneof(fc.string(), between), { maxLength: 40 }),
        cuts,
        (secret, parts, at) => {
          const text = bytesOf(parts.join(''));
          const redactor = createRedactor(compileSecrets([{ name: 'db', value: secret }]));
          const out = through(redactor, chop(text, at));
          if (redactor.counts.size === 0) expect(out.equals(text)).toBe(true);
          else expect(latin(out)).toContain('[');
        },
      ),
    );
  });

  it('the result does not depend on the pieces', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[ab]{6,8}$/),
        fc.stringMatching(/^[ab\x08\r ]{0,80}$/),
        cuts,
        (secret, text, at) => {
          expect(redact(secret, text, at)).toBe(redact(secret, text));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('encoded by others, split at every byte', () => {
  const secret = `Tr0ub"4dor & 3/x%y'z\\Ä+9 for a long password <that> goes over the end of a line of base64`;
  const raw = bytesOf(secret);
  const wide = Buffer.from(secret, 'utf16le');
  const lines = (text: string, width: number) => text.replace(new RegExp(`.{${String(width)}}`, 'g'), '$&\n');
  const encoded: readonly (readonly [string, string | Buffer])[] = [
    ['plain', secret],
    ...[0, 1, 2].flatMap((n): [string, string][] => {
      const shifted = Buffer.concat([Buffer.alloc(n, 0x78), raw, Buffer.from('tail')]);
      return [
        [`base64 behind ${String(n)} bytes`, shifted.toString('base64')],
        [`base64 behind ${String(n)} bytes in lines of 76`, lines(shifted.toString('base64'), 76)],
        [`base64 behind ${String(n)} bytes in lines of 64`, lines(shifted.toString('base64'), 64)],
        [`base64url behind ${String(n)} bytes`, shifted.toString('base64url')],
      ];
    }),
    ['hex', raw.toString('hex')],
    ['HEX', raw.toString('hex').toUpperCase()],
    ['hex in lines of 60, as xxd -p', lines(raw.toString('hex'), 60)],
    ['URL', encodeURIComponent(secret)],
    ['form', new URLSearchParams({ p: secret }).toString()],
    ['JSON', JSON.stringify({ p: secret })],
    ['JSON in JSON', JSON.stringify({ p: JSON.stringify({ p: secret }) })],
    ['single quotes of a shell', `'${secret.replaceAll("'", "'\\''")}'`],
    ['markup', secret.replace(/[&<>"']/g, (c) => `&#${String(c.charCodeAt(0))};`)],
    [
      'markup with names',
      secret.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? '&quot;'),
    ],
    ['wrapped at 76 columns', lines(secret, 76)],
    ['UTF-16', wide],
    ['UTF-16, the high byte first', Buffer.from(wide).swap16()],
    ['base64 of UTF-16', wide.toString('base64')],
    ['hex of UTF-16', wide.toString('hex')],
    [
      'raw, with 8-bit controls',
      Buffer.concat(
        [...raw].map((byte) => (byte < 0x80 ? Buffer.of(0x9b, 0x31, 0x6d, byte) : Buffer.of(byte))),
      ),
    ],
    [
      'raw, with C1 controls in UTF-8',
      Buffer.from(
        Array.from(secret)
          .map((c) => `\u009b31m${c}`)
          .join(''),
      ),
    ],
    [
      'raw, with bytes that are no text',
      Buffer.concat([...raw].map((byte) => (byte < 0x80 ? Buffer.of(0xff, byte, 0xc3) : Buffer.of(byte)))),
    ],
  ];
  const patterns = compileSecrets([{ name: 'db', value: secret }]);
  /** As a person reads it: without controls of 7 and 8 bits, and without what no terminal shows. */
  const seen = (bytes: Uint8Array) =>
    latin(bytes)
      .replace(/(?:\x1b\[|\xc2?\x9b)[0-9;]*m/g, '')
      .replace(/[\r\n\0\xff]|\xc3(?![\x80-\xbf])/g, '');

  it.each(encoded)('%s', (_name, text) => {
    const bytes = Buffer.concat([Buffer.from('a: '), Buffer.from(text as string), Buffer.from(' :z')]);
    // Of base64 a few bits at either end may stay.
    const told = seen(bytes).slice(3, -3);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const redactor = createRedactor(patterns);
      const out = through(redactor, [bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(out.toString('latin1')).toContain('[secret db]');
      for (let at = 0; at + 24 <= told.length; at += 8)
        expect(seen(out), `split at ${String(cut)}`).not.toContain(told.slice(at, at + 24));
      expect([...redactor.inPart]).toEqual([]);
    }
    const each = createRedactor(patterns);
    expect(
      through(
        each,
        [...bytes].map((byte) => Buffer.of(byte)),
      ).toString('latin1'),
    ).toContain('[secret db]');
  });
});

describe('8-bit controls', () => {
  const start = (secret = 'sesame-123') => createRedactor(compileSecrets([{ name: 'db', value: secret }]));

  it('do not hide a secret, and a control string that begins with one does not blind the search', () => {
    for (const begin of ['\x9d', '\x90', '\xc2\x9d', '\xc2\x90']) {
      const text = Buffer.from(`${begin}0;title ses\x1b[1mame-123 and sesame-123`, 'latin1');
      expect(latin(through(start(), [text]))).not.toContain('sesame-123');
    }
  });

  it('leave a secret with characters of the same bytes alone', () => {
    const secret = '\u015bezam\u00c4-\u009c9';
    for (let cut = 0; cut <= bytesOf(secret).length; cut++)
      expect(redact(secret, `a ${secret} b`, [cut + 2])).toBe('a [secret db] b');
  });

  it('hold a beginning back while a character is not whole', () => {
    const redactor = start();
    expect(Buffer.from(redactor.take(Buffer.from('s\xc2', 'latin1')))).toHaveLength(0);
    expect(redactor.depth).toBe(1);
    expect(Buffer.from(redactor.take(Buffer.from('\x9b1mesame-123', 'latin1'))).toString()).toBe(
      '[secret db]',
    );
    const cut = start();
    cut.take(Buffer.from('sesame\xe2', 'latin1'));
    expect(cut.depth).toBe(6);
    expect(Buffer.from(cut.end(true)).toString()).toBe('[secret db]');
  });
});

describe('what is held back', () => {
  const start = (secret = 'sesame-123') => createRedactor(compileSecrets([{ name: 'db', value: secret }]));
  const take = (redactor: Redactor, text: string) => Buffer.from(redactor.take(bytesOf(text))).toString();

  it('is the beginning of a secret, and nothing else', () => {
    const redactor = start();
    expect(take(redactor, 'Password: ')).toBe('Password: ');
    expect(take(redactor, 'ses')).toBe('');
    expect(Buffer.from(redactor.settle()).toString()).toBe('');
    expect(take(redactor, 'X')).toBe('');
    expect(Buffer.from(redactor.settle()).toString()).toBe('sesX');
    expect(take(redactor, 'me')).toBe('me');
    expect(Buffer.from(redactor.end()).toString()).toBe('');
  });

  it('is kept as it came, although its memory is used again for the next packet', () => {
    const redactor = start();
    const packet = bytesOf('a ses');
    const parts = [Buffer.from(redactor.take(packet))];
    packet.fill(0x58);
    parts.push(
      Buffer.from(redactor.heldBytes()),
      Buffer.from(redactor.take(bytesOf('ame off\n'))),
      Buffer.from(redactor.end()),
    );
    expect(parts.map(String)).toEqual(['a ', 'ses', 'sesame off\n', '']);
  });

  it('leaves at once when the secret is whole', () => {
    const redactor = start();
    expect(take(redactor, 'a sesame-123')).toBe('a [secret db]');
    expect(redactor.held).toBe(0);
    expect([...redactor.counts]).toEqual([['db', 1]]);
  });

  it('leaves at the end, and is masked when the stream broke off', () => {
    const whole = start();
    expect(take(whole, 'x sesame-12')).toBe('x ');
    expect(Buffer.from(whole.end()).toString()).toBe('sesame-12');
    const cut = start();
    take(cut, 'x sesame-12');
    expect(Buffer.from(cut.end(true)).toString()).toBe('[secret db]');
    const short = start();
    take(short, 'x ses');
    expect(Buffer.from(short.end(true)).toString()).toBe('ses');
  });

  it('is masked through a correction that comes later, or is said to have left in part', () => {
    const soon = start();
    expect(take(soon, 'sesX')).toBe('');
    expect(take(soon, '\bame-123 ')).toBe('[secret db] ');
    expect([...soon.inPart]).toEqual([]);
    const late = start();
    expect(take(late, 'sesX')).toBe('');
    expect(Buffer.from(late.settle()).toString()).toBe('sesX');
    expect(take(late, '\bame-123 ')).toContain('[secret db] ');
    expect([...late.inPart]).toEqual(['db']);
  });

  it('is bounded, and says so when it was too little', () => {
    const redactor = start();
    take(redactor, 'sesa');
    const colours = '\x1b[31m'.repeat(MOST_HELD_BYTES / 4);
    expect(take(redactor, colours).length).toBeGreaterThan(0);
    expect(redactor.held).toBeLessThanOrEqual(MOST_HELD_BYTES);
    take(redactor, 'me-123');
    expect([...redactor.inPart]).toEqual(['db']);
  });
});

describe('masks', () => {
  it('are of one width, whatever the secret and its form', () => {
    const patterns = compileSecrets([{ name: 'key', value: 'correct horse battery staple' }]);
    for (const form of secretForms('correct horse battery staple')) {
      const out = through(createRedactor(patterns), [form.bytes]).toString();
      expect(out).toMatch(/\[secret key\]/);
    }
  });

  it('never hold the secret themselves', () => {
    for (const value of ['secret', '[secret db]', 'secret db', 'withheld'])
      expect(redact(value, `a ${value} b`)).not.toContain(value);
  });

  it('stand once for secrets that overlap', () => {
    const patterns = compileSecrets([
      { name: 'one', value: 'abcdefgh' },
      { name: 'two', value: 'efghijkl' },
    ]);
    const redactor = createRedactor(patterns);
    expect(through(redactor, [bytesOf('<abcdefghijkl>')]).toString()).toBe('<[secret one]>');
    expect([...redactor.counts]).toEqual([['one', 1]]);
  });

  it('cover secrets inside control strings for the terminal', () => {
    const out = redact('sesame-123', '\x1b]0;user sesame-123\x07 \x1b]52;c;c2VzYW1lLTEyMw==\x07');
    expect(out).not.toMatch(/sesame|c2VzYW1lLTEy/);
  });
});

describe('without secrets', () => {
  it('the bytes are handed on, not copied', () => {
    const redactor = createRedactor(compileSecrets([]));
    const bytes = bytesOf('anything');
    expect(redactor.take(bytes)).toBe(bytes);
  });
});
