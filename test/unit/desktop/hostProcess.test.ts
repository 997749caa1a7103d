/** The host process as it is put together for the desktop, with the real host behind it. */
import { EventEmitter } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { FromHost, ToHost } from '../../../electron/desktop/hostMessages.ts';
import { createFileSecretBox } from '../../../electron/host/settings/fileSecretBox.ts';
import { FakePort } from '../../fakes/electron.ts';

const appDir = path.join(import.meta.dirname, '..', '..', '..');
const box = createFileSecretBox();
let home: string;
let shell: FakeParent;
let exit: ReturnType<typeof vi.fn>;

/** The main process's end of the line: answers for the keyring, as the supervisor does. */
class FakeParent extends EventEmitter {
  readonly sent: FromHost[] = [];
  postMessage(message: FromHost): void {
    this.sent.push(message);
    if (message.type === 'seal') {
      void box.seal(message.bytes).then((value) => {
        this.say({ type: 'sealed', id: message.id, result: { ok: true, value } });
      });
    }
    if (message.type === 'unseal') {
      void box.open(message.bytes).then((result) => {
        this.say({ type: 'sealed', id: message.id, result });
      });
    }
  }
  say(data: ToHost, ports: readonly FakePort[] = []): void {
    this.emit('message', { data, ports });
  }
}

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-host-'));
  vi.stubEnv('HOLDPOINT_HOME', home);
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', path.join(home, 'no-binary'));
  shell = new FakeParent();
  exit = vi.fn();
  Object.defineProperty(process, 'parentPort', { value: shell, configurable: true });
  vi.spyOn(process, 'exit').mockImplementation(exit as never);
  vi.resetModules();
  await import('../../../electron/desktop/hostProcess.ts');
});

afterEach(async () => {
  shell.say({ type: 'close' });
  await vi.waitFor(() => {
    expect(exit).toHaveBeenCalled();
  });
  Reflect.deleteProperty(process, 'parentPort');
  await rm(home, { recursive: true, force: true });
});

function start(): void {
  shell.say({ type: 'start', version: '9.9.9', appDir, protection: 'file', notices: [] });
}

const DeskReply = z.object({
  kind: z.literal('reply'),
  reply: z.object({ ok: z.literal(true), value: z.object({ shell: z.string(), version: z.string() }) }),
});

describe('the host process', () => {
  it('keeps its state for the owner alone and answers a page', async () => {
    start();
    await vi.waitFor(() => {
      expect(shell.sent).toContainEqual({ type: 'ready' });
    });
    expect((await stat(path.join(home, 'data'))).mode & 0o777).toBe(0o700);
    const port = new FakePort();
    shell.say({ type: 'page' }, [port]);
    port.emit('message', { data: JSON.stringify({ id: 1, method: 'desk.info', arg: {} }) });
    await vi.waitFor(() => {
      const reply = port.sent
        .map((frame) => DeskReply.safeParse(JSON.parse(String(frame))))
        .find((parsed) => parsed.success);
      expect(reply?.data.reply.value).toEqual({ shell: 'desktop', version: '9.9.9' });
    });
  });

  it('says why it cannot start when its home is no folder, and leaves what is there', async () => {
    const file = path.join(home, 'a-file');
    await writeFile(file, 'precious');
    vi.stubEnv('HOLDPOINT_HOME', file);
    start();
    await vi.waitFor(() => {
      expect(shell.sent).toEqual([
        { type: 'failed', failure: expect.objectContaining({ code: 'storage' }) as unknown },
      ]);
    });
    expect(await readFile(file, 'utf8')).toBe('precious');
  });
});
