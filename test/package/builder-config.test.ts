/** Rules 12, 20 to 23 as far as the packaging file decides them. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = path.join(import.meta.dirname, '..', '..');
const text = await readFile(path.join(root, 'electron-builder.yml'), 'utf8');
const names = z.array(z.string());
const config = z
  .object({
    asar: z.literal(true),
    npmRebuild: z.boolean(),
    publish: z.unknown(),
    files: names,
    asarUnpack: names,
    extraResources: z.array(z.object({ from: z.string(), to: z.string() })),
    electronFuses: z.record(z.string(), z.boolean()),
    toolsets: z.object({ appimage: z.string() }),
    linux: z.object({ target: names, executableArgs: names, files: names }),
    mac: z.object({ hardenedRuntime: z.boolean(), files: names }),
    win: z.object({ files: names }),
  })
  .parse(parse(text));

describe('rule 12: fuses', () => {
  it('are all eight set, each the safe way', () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });
});

describe('rule 13: no process is started by a way the fuses close', () => {
  it('the desktop shell forks utility processes only', async () => {
    const folder = path.join(root, 'electron', 'desktop');
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.ts'))) {
      const source = await readFile(path.join(folder, name), 'utf8');
      expect(source, name).not.toMatch(/child_process|ELECTRON_RUN_AS_NODE/);
    }
  });
});

describe('rule 21: what is packed', () => {
  it('is named: the built shell and interface, no sources, maps, tests or environment files', () => {
    const packed = config.files.filter((pattern) => !pattern.startsWith('!'));
    expect(packed).toEqual(['package.json', 'LICENSE', 'dist/desktop/**/*', 'dist/renderer/**/*']);
    for (const left of ['!**/*.map', '!**/.env*', '!node_modules/ssh2/lib/protocol/crypto/{build,src}/**']) {
      expect(config.files).toContain(left);
    }
    expect(config.extraResources).toEqual([
      { from: 'runbooks', to: 'runbooks' },
      { from: 'assets/rehearsal', to: 'assets/rehearsal' },
    ]);
  });

  it("leaves the archive only for node-pty's native parts, and takes no foreign prebuilds", () => {
    expect(config.asarUnpack).toEqual([
      'node_modules/node-pty/**/*.node',
      'node_modules/node-pty/**/spawn-helper',
    ]);
    expect(config.linux.files).toContain('!node_modules/node-pty/prebuilds/**');
    expect(config.mac.files).toContain('!node_modules/node-pty/prebuilds/win32-*/**');
    expect(config.win.files).toContain('!node_modules/node-pty/prebuilds/darwin-*/**');
  });
});

describe('rule 22: the sandbox stays on', () => {
  it('no package asks for it to be off, and the AppImage toolset is not the one that does by itself', () => {
    expect(text).not.toMatch(/no-sandbox/);
    expect(config.linux.executableArgs).toEqual([]);
    expect(config.toolsets.appimage).not.toBe('0.0.0');
    expect(config.linux.target).toEqual(['deb', 'AppImage']);
    expect(config.mac.hardenedRuntime).toBe(true);
  });

  it('no source asks for it either', async () => {
    const entries = await readdir(path.join(root, 'electron'), { recursive: true });
    for (const name of entries.filter((file) => file.endsWith('.ts'))) {
      const source = await readFile(path.join(root, 'electron', name), 'utf8');
      expect(source, name).not.toMatch(/appendSwitch\(['"]no-sandbox/);
      expect(source, name).not.toMatch(/sandbox: false/);
    }
  });
});

describe('rule 23: no network', () => {
  it('no updater, no rebuild, no publishing', () => {
    expect(config.npmRebuild).toBe(false);
    expect(config.publish).toBeNull();
  });

  it('no source of the shells asks for one', async () => {
    for (const folder of ['desktop', 'serve']) {
      const place = path.join(root, 'electron', folder);
      for (const name of (await readdir(place)).filter((file) => file.endsWith('.ts'))) {
        const source = await readFile(path.join(place, name), 'utf8');
        expect(source, name).not.toMatch(/autoUpdater|crashReporter|\bfetch\(|http\.get|net\.request/);
      }
    }
  });
});
