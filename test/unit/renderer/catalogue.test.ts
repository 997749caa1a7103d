import { readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { en } from '../../../renderer/i18n/en.ts';
import { t } from '../../../renderer/i18n/t.ts';

describe('the message catalogue', () => {
  it('holds only messages that can be read', () => {
    for (const [key, message] of Object.entries(en)) {
      expect(() => new IntlMessageFormat(message, 'en'), key).not.toThrow();
    }
  });
  it('keeps to the words of the house', () => {
    for (const message of Object.values(en)) expect(message).not.toMatch(/!|\bplease\b|successfully/i);
  });
  it('counts and quotes', () => {
    expect(t('steps.count', { n: 1 })).toBe('1 step');
    expect(t('template.ref', { name: 'x' })).toBe('$' + '{x}');
  });
});

const css = readFileSync(new URL('../../../renderer/styles/tokens.css', import.meta.url), 'utf8');
function theme(name: string): Readonly<Record<string, string>> {
  const block = new RegExp(`\\[data-theme='${name}'\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--(\w+): (#[0-9a-f]{6});/g)].map(([, key = '', value = '']) => [key, value]),
  );
}
/** WCAG 2.2 relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a = '', b = ''): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

describe.each(['dark', 'light'])('%s tokens', (name) => {
  const tokens = theme(name);
  const grounds = ['bg0', 'bg1', 'bg2', 'bg3'];
  it.each(['fg0', 'fg1', 'fg2', 'accent', 'pass', 'attest', 'hold', 'fail', 'unknown'])(
    '%s reads on every ground',
    (text) => {
      for (const ground of grounds)
        expect(contrast(tokens[text], tokens[ground]), ground).toBeGreaterThanOrEqual(4.5);
    },
  );
  it('edges of controls are seen', () => {
    for (const ground of ['bg0', 'bg1', 'bg2'])
      expect(contrast(tokens['edge'], tokens[ground]), ground).toBeGreaterThanOrEqual(3);
  });
  it('words on filled state colours read', () => {
    for (const fill of ['accent', 'prod'])
      expect(contrast(tokens['onstate'], tokens[fill]), fill).toBeGreaterThanOrEqual(4.5);
  });
});
