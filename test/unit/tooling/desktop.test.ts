import { describe, expect, it } from 'vitest';
import { whyNoWindow } from '../../../scripts/lib/desktop.mjs';
import { missingPackages } from '../../../scripts/lib/programs.mjs';

describe('whyNoWindow', () => {
  it('needs a display on Linux, of either kind', () => {
    expect(whyNoWindow({ platform: 'linux', env: {}, uid: 1000 })).toBe('this session has no display');
    expect(whyNoWindow({ platform: 'linux', env: { DISPLAY: ':0' }, uid: 1000 })).toBeUndefined();
    expect(
      whyNoWindow({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, uid: 1000 }),
    ).toBeUndefined();
  });

  it('opens no window as root, where Chromium would run without its sandbox', () => {
    expect(whyNoWindow({ platform: 'linux', env: { DISPLAY: ':0' }, uid: 0 })).toContain('root');
  });

  it('asks for nothing elsewhere', () => {
    expect(whyNoWindow({ platform: 'darwin', env: {}, uid: 501 })).toBeUndefined();
  });
});

describe('missingPackages', () => {
  it('names each package once, and none whose programs are all there', () => {
    const has = (name: string): string | undefined =>
      name.startsWith('ssh-') ? undefined : `/usr/bin/${name}`;
    expect(missingPackages(has)).toEqual(['openssh-client']);
    expect(missingPackages((name: string) => `/usr/bin/${name}`)).toEqual([]);
  });
});
