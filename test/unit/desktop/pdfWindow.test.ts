/** Reports become PDF in a hidden window in which nothing runs and from which nothing gets out. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as electronFake from '../../fakes/electron.ts';

let fake: typeof electronFake;

beforeEach(async () => {
  vi.resetModules();
  fake = await import('../../fakes/electron.ts');
});

async function printer(deadlineMs?: number) {
  const { createPdfPrinter } = await import('../../../electron/desktop/pdfWindow.ts');
  return createPdfPrinter(deadlineMs);
}

describe('printing in the desktop shell', () => {
  it('uses a hidden window without script, in a session that is kept nowhere', async () => {
    const pdf = await printer();
    const printed = await pdf.print('<p>report</p>');
    expect(printed.ok && Buffer.from(printed.value).toString()).toContain('%PDF-');
    const [window] = fake.BrowserWindow.all;
    expect(window?.options).toMatchObject({
      show: false,
      webPreferences: { javascript: false, sandbox: true, contextIsolation: true, nodeIntegration: false },
    });
    expect(window?.options['webPreferences']).not.toHaveProperty('preload');
    const [name] = fake.callsOf('session.fromPartition')[0] ?? [];
    expect(name).not.toMatch(/^persist:/);
    expect(fake.callsOf('window.show')).toHaveLength(0);
    expect(window?.destroyed).toBe(true);
    expect(fake.callsOf('webContents.printToPDF')[0]?.[0]).toMatchObject({ preferCSSPageSize: true });
  });

  it('answers one address with the page while it is printed, and no other ever', async () => {
    const pdf = await printer();
    let during: string | undefined;
    const room = () => [...fake.partitions.values()][0];
    const get = async (url: string) => (await room()?.schemes.get('app')?.({ url, method: 'GET' }))?.text();
    fake.answers.pdf = async () => {
      during = await get('app://ui/report.html');
      return Buffer.from('%PDF-1.4\n%%EOF\n');
    };
    await pdf.print('<p>report</p>');
    expect(during).toBe('<p>report</p>');
    expect(await get('app://ui/report.html')).toBe('Not found\n');
    expect(await get('app://ui/index.html')).toBe('Not found\n');
    const before = room()?.handlers.get('before-request') as unknown as (
      details: { url: string },
      callback: (answer: { cancel: boolean }) => void,
    ) => void;
    const allowed = (url: string) => {
      let cancelled = true;
      before({ url }, ({ cancel }) => {
        cancelled = cancel;
      });
      return !cancelled;
    };
    expect(allowed('app://ui/report.html')).toBe(true);
    for (const url of [
      'https://example.com/',
      'file:///etc/passwd',
      'app://ui/index.html',
      'http://127.0.0.1:1/',
    ]) {
      expect(allowed(url), url).toBe(false);
    }
  });

  it('gives up at its deadline, closes the window and prints the next page', async () => {
    const pdf = await printer(10);
    fake.answers.pdf = () => new Promise(() => undefined);
    expect(await pdf.print('<p>a</p>')).toMatchObject({ ok: false, error: { code: 'unsupported' } });
    expect(fake.BrowserWindow.all[0]?.destroyed).toBe(true);
    fake.answers.pdf = () => Promise.resolve(Buffer.from('%PDF-1.4\n%%EOF\n'));
    expect((await pdf.print('<p>b</p>')).ok).toBe(true);
  });

  it('prints the next page when a window could not even be made', async () => {
    const pdf = await printer();
    const partition = vi.spyOn(fake.session, 'fromPartition').mockImplementationOnce(() => {
      throw new Error('no display');
    });
    await expect(pdf.print('<p>a</p>')).rejects.toThrow('no display');
    partition.mockRestore();
    expect((await pdf.print('<p>b</p>')).ok).toBe(true);
  });

  it('says so when what came back is no PDF, or nothing', async () => {
    const pdf = await printer();
    fake.answers.pdf = () => Promise.resolve(Buffer.from('oops'));
    expect(await pdf.print('<p>a</p>')).toMatchObject({
      ok: false,
      error: { hint: expect.stringContaining('HTML') as string },
    });
    fake.answers.pdf = () => Promise.reject(new Error('gone'));
    expect(await pdf.print('<p>a</p>')).toMatchObject({ ok: false });
  });
});
