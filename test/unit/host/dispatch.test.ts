import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { calls, type Handlers, type Method, type Reply } from '../../../electron/contract/calls.ts';
import { fail, ok } from '../../../electron/contract/result.ts';
import { createDispatch } from '../../../electron/host/dispatch.ts';

const methods = Object.keys(calls) as Method[];
const anyMethod = fc.constantFrom(...methods);

/** Handlers that note what reached them and answer `reply`. */
function recording(reply: (arg: unknown) => Promise<Reply> = () => Promise.resolve(ok(null))) {
  const reached: { readonly method: string; readonly arg: unknown }[] = [];
  const entries = methods.map((method) => [
    method,
    (arg: unknown) => {
      reached.push({ method, arg });
      return reply(arg);
    },
  ]);
  const log = vi.fn();
  const dispatch = createDispatch(Object.fromEntries(entries) as Handlers, log);
  return { dispatch, reached, log };
}

describe('which calls there are', () => {
  it.each([
    '__proto__',
    'toString',
    'constructor',
    'hasOwnProperty',
    'valueOf',
    '',
    'desk',
    'desk.info ',
    'DESK.INFO',
  ])('has no call %j', async (method) => {
    const { dispatch, reached } = recording();
    expect(await dispatch(method, {})).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(reached).toEqual([]);
  });

  it('has no call of any other name or type', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything().filter((method) => !methods.includes(method as Method)),
        fc.anything(),
        async (method, arg) => {
          const { dispatch, reached } = recording();
          expect(await dispatch(method, arg)).toMatchObject({ ok: false, error: { code: 'not-found' } });
          expect(reached).toEqual([]);
        },
      ),
    );
  });

  it('reaches the handler of that very name with what the schema let through', async () => {
    const { dispatch, reached } = recording();
    expect(await dispatch('terminal.ack', { stream: 1, bytes: 8192 })).toEqual(ok(null));
    expect(await dispatch('library.list', {})).toEqual(ok(null));
    expect(reached).toEqual([
      { method: 'terminal.ack', arg: { stream: 1, bytes: 8192 } },
      { method: 'library.list', arg: {} },
    ]);
  });
});

describe('arguments', () => {
  it('lets nothing through that its schema refuses, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyMethod,
        fc.anything({ withBigInt: true, withNullPrototype: true }),
        async (method, arg) => {
          const { dispatch, reached } = recording();
          const reply = await dispatch(method, arg);
          expect(reply.ok).toBe(calls[method].in.safeParse(arg).success);
          expect(reached).toHaveLength(reply.ok ? 1 : 0);
          if (!reply.ok) expect(reply.error.code).toBe('bad-request');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses a field that is not known, at every call', async () => {
    await fc.assert(
      fc.asyncProperty(anyMethod, fc.string({ minLength: 1 }), async (method, name) => {
        const schema = calls[method].in;
        // A choice of several forms has no shape of its own; a lone field fits none of them.
        fc.pre(!('shape' in schema) || !Object.hasOwn(schema.shape, name));
        const { dispatch, reached } = recording();
        const arg: unknown = JSON.parse(`{${JSON.stringify(name)}:1}`);
        expect(await dispatch(method, arg)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
        expect(reached).toEqual([]);
      }),
    );
  });

  it('cannot be used to change a prototype', async () => {
    for (const method of methods) {
      const { dispatch } = recording();
      await dispatch(
        method,
        JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
      );
      await dispatch(method, JSON.parse('{"parameters":{"__proto__":{"polluted":1}}}'));
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('names the field and what is wrong, never the value', async () => {
    const { dispatch } = recording();
    const secret = 'hunter2-correct-horse';
    const cases: readonly [Method, unknown, string][] = [
      ['library.get', { id: `${secret}!` }, 'id does not have the right form'],
      ['library.get', {}, 'id must be there and be of type string'],
      ['library.get', { id: 5 }, 'id must be there and be of type string'],
      ['library.get', secret, 'the argument must be there and be of type object'],
      ['terminal.ack', { stream: 0, bytes: 1 }, 'stream is too short or too small (at least 1)'],
      [
        'terminal.write',
        { stream: 1, data: secret.repeat(5000) },
        'data is too long or too large (at most 65536)',
      ],
      ['terminal.write', { stream: 1, data: '', [secret]: 1 }, 'the argument has a field that is not known'],
      ['prompt.answer', { id: 'a', answer: { kind: secret } }, 'answer.kind is not one of the allowed forms'],
      [
        'prompt.answer',
        { id: 'a', answer: { kind: 'text', values: [secret, 1] } },
        'answer.values.1 must be there and be of type string',
      ],
      ['desk.update-settings', { theme: secret }, 'theme is not one of the allowed forms'],
    ];
    for (const [method, arg, message] of cases) {
      const reply = await dispatch(method, arg);
      expect(reply).toEqual(fail('bad-request', `${method}: ${message}.`));
      expect(JSON.stringify(reply)).not.toContain(secret);
    }
  });

  it('quotes a hostile field name within bounds and without control characters', async () => {
    const { dispatch } = recording();
    const name = `\u001b[2J${'x'.repeat(100_000)}`;
    const reply = await dispatch('start.check', {
      runbook: 'a',
      sha256: 'a'.repeat(64),
      rehearsal: true,
      parameters: { [name]: 'v' },
      variants: {},
      targets: {},
      change: {},
    });
    if (reply.ok) throw new Error('accepted');
    expect(reply.error.message.length).toBeLessThan(400);
    expect(reply.error.message).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe('answers', () => {
  it('passes results and failures on as they are', async () => {
    const failure = fail('locked', 'Another copy has this run.', { kept: 'all', hint: 'close it' });
    expect(await recording(() => Promise.resolve(failure)).dispatch('run.list', {})).toEqual(failure);
    expect(await recording(() => Promise.resolve(ok([1]))).dispatch('run.list', {})).toEqual(ok([1]));
  });

  it('logs an unexpected error and does not leak it', async () => {
    const problem = new Error('ENOENT: /home/op/.ssh/id_ed25519 passphrase=hunter2');
    for (const broken of [
      () => Promise.reject(problem),
      () => {
        throw problem;
      },
    ]) {
      const { dispatch, log } = recording(broken);
      const reply = await dispatch('run.list', {});
      expect(reply).toMatchObject({ ok: false, error: { code: 'internal' } });
      expect(JSON.stringify(reply)).not.toMatch(/ENOENT|hunter2|at /);
      expect(log).toHaveBeenCalledExactlyOnceWith('call run.list failed', problem);
    }
  });
});
