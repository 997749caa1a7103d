/** A recording of a run with secrets: what is written, what the screen gets meanwhile, what is said of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RecordBody } from '../../../../electron/contract/records.ts';
import { createRunSecrets, type RunSecrets } from '../../../../electron/host/secrets/runSecrets.ts';
import {
  createRecorder,
  type Recorder,
  type RecorderOptions,
} from '../../../../electron/host/terminal/recorder.ts';
import { compileSecrets } from '../../../../electron/domain/redact/redactor.ts';
import { searchRun } from '../../../../electron/host/secrets/searchRun.ts';
import { eventually, must } from '../../../fixtures/runs/desk.ts';
import { setClock, temporary } from '../runs/temporary.ts';

function secretsOf(values: Readonly<Record<string, string>>, planned: readonly string[] = []): RunSecrets {
  const secrets = createRunSecrets({
    runbook: {
      parameters: ['db', 'key'].map((name) => ({
        name: name as never,
        title: name,
        type: { kind: 'secret' as const },
        required: false,
      })),
    },
    plan: { secrets: planned as never[] },
    known: ['title: A runbook that tells of everything'],
  });
  for (const [name, value] of Object.entries(values)) expect(secrets.give(name, value).ok).toBe(true);
  return secrets;
}

async function recording(
  secrets: RunSecrets,
  change: Partial<RecorderOptions> = {},
): Promise<{ readonly dir: string; readonly recorder: Recorder; screen(): string; told(): string }> {
  const dir = change.dir ?? (await temporary());
  const clock = setClock();
  const screen: Buffer[] = [];
  const heard: Buffer[] = [];
  const recorder = await createRecorder({
    dir,
    cast: 'a.cast',
    stdout: 'a.out',
    size: { cols: 80, rows: 24 },
    title: 'test',
    mono: () => clock.mono(),
    startedAt: clock.now(),
    onWritten: (bytes) => screen.push(Buffer.from(bytes)),
    onTrouble: () => undefined,
    source: { pause: () => undefined, resume: () => undefined },
    secrets,
    ...change,
  });
  recorder.follow((_stream, bytes) => heard.push(Buffer.from(bytes)));
  const text = (pieces: readonly Buffer[]) => Buffer.concat(pieces).toString();
  return { dir, recorder, screen: () => text(screen), told: () => text(heard) };
}

const cast = (dir: string) => readFile(join(dir, 'a.cast'), 'utf8');
const out = (dir: string) => readFile(join(dir, 'a.out'), 'utf8');
const take = (recorder: Recorder, text: string) => {
  recorder.take('stdout', Buffer.from(text));
};

test('what may begin a secret shows on the screen, and is written once it is known to be none', async () => {
  const { dir, recorder, screen } = await recording(secretsOf({ db: 'sesame-123' }));
  take(recorder, '$ s');
  await eventually('the key shows', () => screen() === '$ s' || undefined);
  expect(await out(dir)).toBe('$ ');
  take(recorder, 'l');
  await eventually('the next one, too', () => screen() === '$ sl' || undefined);
  await recorder.close();
  expect(await out(dir)).toBe('$ sl');
  expect(screen()).toBe('$ sl');
});

test('of a secret that comes slowly the screen gets three characters at most, and the files none', async () => {
  const { dir, recorder, screen, told } = await recording(secretsOf({ db: 'sesame-123' }));
  for (const [n, character] of Array.from('sesame-123').entries()) {
    take(recorder, character);
    if (n < 3) await eventually('shown', () => screen().length === n + 1 || undefined);
    if (n < 9) expect(await out(dir)).toBe('');
  }
  await eventually('masked', () => screen() === 'ses[secret db]' || undefined);
  const { redactions } = await recorder.close();
  expect(await out(dir)).toBe('[secret db]');
  expect(told()).toBe('[secret db]');
  expect(redactions).toEqual([
    { file: 'a.cast', rule: 'db', count: 1 },
    { file: 'a.out', rule: 'db', count: 1 },
  ]);
});

test('a secret that is added while it goes on is looked for from there, in what is held back as well', async () => {
  const secrets = secretsOf({ db: 'sesame-123' });
  const { dir, recorder } = await recording(secrets);
  take(recorder, 'ses');
  expect(secrets.give('key', 'sesam-other').ok).toBe(true);
  take(recorder, 'am-other');
  await recorder.close();
  expect(await out(dir)).toBe('[secret key]');
});

test('one that broke off in a secret goes on without a byte of it on disk', async () => {
  const secrets = secretsOf({ db: 'sesame-123' });
  const first = await recording(secrets, { resume: false });
  take(first.recorder, 'one sesame-123 two sesame');
  await first.recorder.close('adrift');
  expect(await out(first.dir)).toBe('one [secret db] two ');
  const again = await recording(secrets, { dir: first.dir, resume: true, again: true });
  take(again.recorder, 'one sesame-123 two sesame-123 three');
  again.recorder.endOutput(false);
  await again.recorder.close();
  expect(await out(first.dir)).toBe('one [secret db] two [secret db] three');
});

test('a part of a secret that was written before it was recognised is said', async () => {
  const { recorder, screen } = await recording(secretsOf({ db: 'sesame-123' }));
  take(recorder, 'sesamX');
  await eventually('let go of', () => screen().includes('X') || undefined);
  take(recorder, '\be-123');
  const { redactions } = await recorder.close();
  expect(redactions.map(({ rule }) => rule)).toContain('db (in part)');
});

test('the recording itself says so at once, for an app that does not live to make the record', async () => {
  const { dir, recorder, screen } = await recording(secretsOf({ db: 'sesame-123' }));
  take(recorder, 'sesamX');
  await eventually('let go of', () => screen().includes('X') || undefined);
  take(recorder, '\be-123\n');
  await eventually('written', async () => (await out(dir)).includes('[secret db]') || undefined);
  await eventually('told', async () => (await cast(dir)).includes('in part') || undefined);
  // As a killed app leaves it: nothing was closed, nothing is on record.
  const found = must(await searchRun(dir, compileSecrets([])));
  expect(found).toEqual([
    { file: 'a.cast', rule: 'db', message: expect.stringMatching(/a part of the secret/) },
  ]);
  await recorder.close();
  const whole = await recording(secretsOf({ db: 'sesame-123' }));
  take(whole.recorder, 'sesame-123\n');
  await whole.recorder.close();
  expect(must(await searchRun(whole.dir, compileSecrets([])))).toEqual([]);
});

describe('one that comes once more with another secret', () => {
  const first = async (): Promise<string> => {
    const begun = await recording(secretsOf({ db: 'sesame-123' }), { resume: false });
    take(begun.recorder, 'one sesame-123 two ');
    await begun.recorder.close('adrift');
    expect(await out(begun.dir)).toBe('one [secret db] two ');
    return begun.dir;
  };

  test('is noticed where the mask stood, and nothing of it is written, shown or told', async () => {
    const dir = await first();
    const before = await cast(dir);
    let other = 0;
    const again = await recording(secretsOf({ db: 'sesamee-123' }), {
      ...{ dir, resume: true, again: true },
      onOther: () => (other += 1),
    });
    take(again.recorder, 'one sesa');
    take(again.recorder, 'me-123 two sesame-123 three');
    again.recorder.endOutput(false);
    await again.recorder.close('adrift');
    expect(other).toBe(1);
    expect(await out(dir)).toBe('one [secret db] two ');
    expect([again.screen(), again.told()]).toEqual(['', '']);
    expect((await cast(dir)).replace(before, '')).not.toMatch(/"o"|sesame/);
  });

  test('is noticed at its end when less has come than is on disk', async () => {
    const dir = await first();
    let other = 0;
    const again = await recording(secretsOf({ db: 'sesame-123' }), {
      ...{ dir, resume: true, again: true },
      onOther: () => (other += 1),
    });
    take(again.recorder, 'one ');
    again.recorder.endOutput(false);
    await again.recorder.close('adrift');
    expect(other).toBe(1);
    expect(again.told()).toBe('');
  });

  test('is taken up when the right one is given beside the wrong one', async () => {
    const dir = await first();
    const secrets = secretsOf({ db: 'sesamee-123' });
    expect(secrets.give('db', 'sesame-123', 'Alice').ok).toBe(true);
    let other = 0;
    const again = await recording(secrets, {
      ...{ dir, resume: true, again: true },
      onOther: () => (other += 1),
    });
    take(again.recorder, 'one sesame-123 two three');
    again.recorder.endOutput(false);
    await again.recorder.close();
    expect(other).toBe(0);
    expect(await out(dir)).toBe('one [secret db] two three');
  });
});

test('values in doubt are asked for once more; whoever gives the same ones stands by them', () => {
  const secrets = secretsOf({}, ['db']);
  expect(secrets.give('db', 'sesame-123', 'Alice').ok).toBe(true);
  expect(secrets.givenAgain()).toEqual([{ name: 'db', by: 'Alice' }]);
  secrets.doubt();
  expect(secrets.missing()).toEqual(['db']);
  expect(secrets.view()).toEqual([{ name: 'db', title: 'db', held: false }]);
  expect(secrets.blocked()?.error.message).toMatch(/on disk does not follow/);
  // They are looked for all the same.
  expect(secrets.text('a sesame-123 b')).toBe('a [secret db] b');
  expect(secrets.give('db', 'sesame-123', 'Alice').ok).toBe(true);
  secrets.doubt();
  expect(secrets.missing()).toEqual([]);
  expect(secrets.give('db', 'sesame-456', 'Bob').ok).toBe(true);
  secrets.doubt();
  expect(secrets.missing()).toEqual(['db']);
  expect(secrets.givenAgain()).toEqual([{ name: 'db', by: 'Bob' }]);
  const started = secretsOf({ db: 'sesame-123' }, ['db']);
  started.doubt();
  expect(started.missing()).toEqual([]);
});

test('output that is withheld is on the screen, without secrets, and in no file', async () => {
  const { dir, recorder, screen, told } = await recording(secretsOf({ db: 'sesame-123' }), {
    withheld: true,
  });
  take(recorder, 'words and sesame-123\n');
  const { stdout, redactions } = await recorder.close();
  expect([screen(), told()]).toEqual(['words and [secret db]\n', 'words and [secret db]\n']);
  expect(stdout).toBeUndefined();
  expect(redactions).toEqual([]);
  expect(await readFile(join(dir, 'a.cast'), 'utf8')).toMatch(/"m", "output withheld/);
  await expect(out(dir)).rejects.toThrow(/ENOENT/);
});

test('values are in no error and in no view, and are gone when they are forgotten', () => {
  const secrets = secretsOf({}, ['db']);
  expect(secrets.blocked()?.error.message).toMatch(/db must be given again/);
  for (const [name, value] of [
    ['db', 'abc'],
    ['db', 'everything'],
    ['nobody', 'sesame-123'],
  ] as const) {
    const given = secrets.give(name, value);
    expect(given.ok ? '' : JSON.stringify(given.error)).toMatch(/too short|stands in the runbook|no secret/);
    expect(JSON.stringify(given)).not.toContain(value === 'everything' ? 'tells of' : value);
  }
  expect(secrets.give('db', 'sesame-123').ok).toBe(true);
  expect(secrets.blocked()).toBeNull();
  // `key` is declared, and the run was started without it.
  expect(secrets.view()).toEqual([{ name: 'db', title: 'db', held: true }]);
  secrets.forget();
  expect(secrets.get('db')).toBeUndefined();
  expect(secrets.held()).toEqual([]);
});

test('a value that another one has taken the place of is a secret still', () => {
  const secrets = secretsOf({ db: 'sesame-123' });
  expect(secrets.give('db', 'open-wide-77').ok).toBe(true);
  expect(secrets.get('db')).toBe('open-wide-77');
  expect(secrets.text('first sesame-123, then open-wide-77')).toBe('first [secret db], then [secret db]');
  expect(secrets.held()).toEqual(['db']);
});

test('no string of a record holds a secret, whatever its field takes', () => {
  const secrets = secretsOf({ db: 'sesame-123' });
  const b64 = Buffer.from('sesame-123').toString('base64');
  const bodies: readonly RecordBody[] = [
    { type: 'note', d: { text: `it is sesame-123, ${b64}`, by: 'sesame-123' } },
    { type: 'note', d: { text: `${'x'.repeat(3990)}sesame-123`, by: 'b' } },
    { type: 'note', d: { text: 'fine', by: 'b' } },
  ];
  const kept = secrets.records(bodies);
  expect(JSON.stringify(kept)).not.toMatch(/sesame-123|c2VzYW1l/);
  expect(kept[0]).toEqual({
    type: 'note',
    d: { text: 'it is [secret db], [secret db]w==', by: '[secret db]' },
  });
  expect(kept[1]).toMatchObject({ d: { text: '[***]' } });
  expect(kept[2]).toBe(bodies[2]);
});
