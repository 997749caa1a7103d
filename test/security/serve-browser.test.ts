/** Rules 4, 15 and 16 in a real browser: what the policy blocks, what a foreign page can do, where the token is. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../electron/serve/server.ts';
import { type FakeHost, fakeHost } from '../fakes/host.ts';

const CHROMIUM = '/usr/bin/chromium';

/** A page as small as can be that does what the interface does: reads the token, hides it, says hello. */
const SCRIPT = `
const token = location.hash.slice('#t='.length);
history.replaceState(null, '', '/');
const socket = new WebSocket('ws://' + location.host + '/ws');
socket.addEventListener('open', () => socket.send(JSON.stringify({ hello: 1, token })));
socket.addEventListener('message', (event) => { document.title = String(event.data); });
`;

describe.skipIf(!existsSync(CHROMIUM))('the browser shell in Chromium', () => {
  let folder: string;
  let host: FakeHost;
  let server: RunningServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-browser-'));
    await mkdir(path.join(folder, 'assets'));
    await writeFile(
      path.join(folder, 'index.html'),
      '<!doctype html><title>waiting</title><script type="module" crossorigin src="/assets/app.js"></script>' +
        '<script>window.inline = true</script><p id="p" style="color: rgb(204, 0, 0)">text</p>',
    );
    await writeFile(path.join(folder, 'assets', 'app.js'), SCRIPT);
    host = fakeHost();
    const started = await startServer({ host, rendererDir: folder });
    if (!started.ok) throw new Error(started.error.message);
    server = started.value;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    page = await browser.newPage();
  });

  afterEach(async () => {
    await page.close();
  });

  it('connects a page that has the token, and the token is then nowhere in the browser', async () => {
    await page.goto(server.url);
    await page.waitForFunction(() => document.title.includes('welcome'));
    expect(page.url()).toBe(`http://127.0.0.1:${String(server.port)}/`);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    expect(await page.context().cookies()).toEqual([]);
  });

  it('blocks inline script, HTML injection and foreign connections, and keeps styles', async () => {
    await page.goto(server.url);
    await page.waitForFunction(() => document.title.includes('welcome'));
    const found = await page.evaluate(async () => {
      const attempt = async (act: () => unknown) => {
        try {
          await act();
          return 'allowed';
        } catch {
          return 'blocked';
        }
      };
      return {
        inline: 'inline' in window ? 'allowed' : 'blocked',
        html: await attempt(() => {
          const element = document.createElement('div');
          element.innerHTML = '<img src=x>';
        }),
        foreign: await attempt(() => fetch('http://127.0.0.1:9/')),
        colour: getComputedStyle(document.querySelector('#p') ?? document.body).color,
      };
    });
    expect(found).toEqual({
      inline: 'blocked',
      html: 'blocked',
      foreign: 'blocked',
      colour: 'rgb(204, 0, 0)',
    });
  });

  it('gives a page of another origin neither files nor a socket', async () => {
    const before = host.sinks.length;
    const evil = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>evil</title>');
    });
    await new Promise<void>((resolve) => {
      evil.listen(0, '127.0.0.1', resolve);
    });
    const address = evil.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const target = `127.0.0.1:${String(server.port)}`;
    await page.goto(`http://127.0.0.1:${String(address.port)}/`);
    const got = await page.evaluate(async (at) => {
      const fetched = await fetch(`http://${at}/`).then(
        () => 'read',
        () => 'refused',
      );
      const blind = await new Promise<string>((resolve) => {
        const script = document.createElement('script');
        script.src = `http://${at}/assets/app.js`;
        script.onload = () => {
          resolve('loaded');
        };
        script.onerror = () => {
          resolve('refused');
        };
        document.head.append(script);
      });
      const socket = await new Promise<string>((resolve) => {
        const opened = new WebSocket(`ws://${at}/ws`);
        opened.onopen = () => {
          resolve('open');
        };
        opened.onerror = () => {
          resolve('refused');
        };
      });
      return { fetched, blind, socket };
    }, target);
    expect(got).toEqual({ fetched: 'refused', blind: 'refused', socket: 'refused' });
    expect(host.sinks).toHaveLength(before);
    evil.closeAllConnections();
    await new Promise((resolve) => {
      evil.close(resolve);
    });
  });
});
