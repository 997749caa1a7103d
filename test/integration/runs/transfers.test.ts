/** Files that a run fetches or puts: whole, with both digests on record and the fetched ones in the evidence. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../electron/host/files/hash.ts';
import { must, openDesk, runbookText } from '../../fixtures/runs/desk.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd({ config: ['Subsystem sftp internal-sftp'] });
});
afterAll(() => sshd.stop());

const fetching = (path: string, more = '') => `      - id: take
        title: Take the file
        transfer: { fetch: ${path}${more} }
        risk: read
`;

describe('a transfer step', () => {
  test('fetches a file into the evidence, byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
    const path = join(sshd.dir, 'app config.yaml');
    await writeFile(path, bytes);
    const digest = sha256(bytes);
    const desk = await openDesk({
      sshd,
      runbooks: { take: runbookText('take', fetching(`"${path}"`, `, sha256: "${digest}"`)) },
    });
    const run = await desk.start('take');
    expect(await run.run('take')).toBe('passed');
    const [moved] = run.of('file.transfer');
    expect(moved?.d).toMatchObject({
      direction: 'fetch',
      path,
      file: { file: 'files/01-take/app_config.yaml', bytes: bytes.byteLength, sha256: digest },
    });
    expect(run.of('check').map(({ d }) => [d.name, d.ok])).toEqual([
      ['arrived whole', true],
      ['digest', true],
    ]);
    expect(await readFile(join(run.dir, moved?.d.file.file ?? ''))).toEqual(bytes);
    expect((await run.finish()).end?.result).toBe('success');
  });

  test('fails on another digest and on a file that is not there, and keeps nothing half', async () => {
    const path = join(sshd.dir, 'other');
    await writeFile(path, 'other');
    const desk = await openDesk({
      sshd,
      runbooks: {
        wrong: runbookText('wrong', fetching(path, `, sha256: "${'0'.repeat(64)}"`)),
        gone: runbookText('gone', fetching(join(sshd.dir, 'not-there'))),
      },
    });
    const wrong = await desk.start('wrong');
    expect(await wrong.run('take')).toBe('failed');
    expect(wrong.of('check').at(-1)?.d).toMatchObject({ name: 'digest', ok: false, actual: sha256('other') });
    await wrong.finish();
    const gone = await desk.start('gone');
    expect(await gone.run('take')).toBe('failed');
    expect(gone.of('file.transfer')).toEqual([]);
    expect(await readdir(join(gone.dir, 'files', '01-take')).catch(() => [])).toEqual([]);
    await gone.finish();
  });

  test.each(['.bashrc', 'CON', 'aux.txt', '-rf', `${'ü'.repeat(80)}x`])(
    'keeps a file named %s in the evidence, and takes its digest in capitals',
    async (name) => {
      const path = join(sshd.dir, name);
      await writeFile(path, `content of ${name}`);
      const digest = sha256(`content of ${name}`);
      const desk = await openDesk({
        sshd,
        runbooks: {
          odd: runbookText('odd', fetching(`"${path}"`, `, sha256: "${digest.toUpperCase()}"`)),
        },
      });
      const run = await desk.start('odd');
      expect(await run.run('take')).toBe('passed');
      const kept = run.of('file.transfer')[0]?.d.file.file ?? '';
      expect(await readFile(join(run.dir, kept), 'utf8')).toBe(`content of ${name}`);
      // Under the strict verifier: the bundle has every file that the journal cites.
      expect((await run.finish()).end?.result).toBe('success');
    },
  );

  test('puts a file on the host, with its digest on record', async () => {
    const from = join(sshd.dir, 'media.bin');
    const to = join(sshd.dir, 'there.bin');
    await writeFile(from, 'the media');
    const desk = await openDesk({
      sshd,
      runbooks: {
        put: runbookText(
          'put',
          `      - id: give
        title: Give the file
        transfer: { put: { from: ${from}, to: ${to} } }
        risk: reversible
        rerun: safe
`,
        ),
      },
    });
    const run = await desk.start('put');
    const preview = must(await desk.client.call('run.preview', { runId: run.runId, step: 'give' as never }));
    expect(preview.command).toContain(to);
    expect(await run.run('give')).toBe('passed');
    expect(await readFile(to, 'utf8')).toBe('the media');
    expect(run.of('file.transfer')[0]?.d).toMatchObject({
      direction: 'put',
      path: to,
      file: { sha256: sha256('the media'), bytes: 9 },
    });
    await run.finish();
  });
});
