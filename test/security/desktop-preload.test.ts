/** Rule 11: the preload is one small CommonJS file with one frozen object and nothing else of Electron. */
import path from 'node:path';
import { build } from 'esbuild';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as electronFake from '../fakes/electron.ts';

const entry = path.join(import.meta.dirname, '..', '..', 'electron', 'desktop', 'preload.ts');

describe('the preload as built', () => {
  it('is one input, imports only electron and stays under 2 kB', async () => {
    const built = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      format: 'cjs',
      platform: 'node',
      external: ['electron'],
      logLevel: 'silent',
    });
    expect(Object.keys(built.metafile.inputs)).toHaveLength(1);
    const text = built.outputFiles[0]?.text ?? '';
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThan(2048);
    expect([...text.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1])).toEqual(['electron']);
  });
});

describe('what the page gets', () => {
  const posted: unknown[][] = [];
  let fake: typeof electronFake;

  beforeEach(async () => {
    posted.length = 0;
    vi.stubGlobal('window', { postMessage: (...args: unknown[]) => posted.push(args) });
    vi.resetModules();
    fake = await import('../fakes/electron.ts');
    await import('../../electron/desktop/preload.ts');
  });

  it('is one frozen object of plain functions', () => {
    expect([...fake.exposed.keys()]).toEqual(['holdpoint']);
    const bridge = fake.exposed.get('holdpoint') as Record<string, unknown>;
    expect(Object.isFrozen(bridge)).toBe(true);
    expect(Object.keys(bridge).sort()).toEqual([
      'chooseDirectory',
      'chooseFile',
      'connect',
      'openExternal',
      'shell',
    ]);
  });

  it('asks on one channel, with requests the shell accepts', async () => {
    const { ASK_CHANNEL, ShellRequest } = await import('../../electron/desktop/ipc.ts');
    const bridge = fake.exposed.get('holdpoint') as Record<string, (url?: string) => Promise<unknown>>;
    for (const name of ['connect', 'chooseDirectory', 'chooseFile', 'openExternal'])
      await bridge[name]?.('https://x/');
    const asked = fake.callsOf('ipcRenderer.invoke');
    expect(asked).toHaveLength(4);
    for (const [channel, message, ...rest] of asked) {
      expect(channel).toBe(ASK_CHANNEL);
      expect(ShellRequest.safeParse(message).success).toBe(true);
      expect(rest).toEqual([]);
    }
  });

  it('passes the port to our own origin only, without the event', async () => {
    const { PORT_CHANNEL } = await import('../../electron/desktop/ipc.ts');
    const { PORT_MESSAGE } = await import('../../electron/contract/bridge.ts');
    const port = {};
    fake.ipcRenderer.emit(PORT_CHANNEL, { sender: 'secret', ports: [port] });
    expect(posted).toEqual([[{ type: PORT_MESSAGE }, 'app://ui', [port]]]);
  });
});
