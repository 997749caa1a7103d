/** Colours of the terminal, from the page's tokens; the sixteen ANSI colours keep 4.5:1 on both grounds. */
import type { ITheme } from '@xterm/xterm';

const dark: ITheme = {
  black: '#5c6773',
  red: '#ff7b72',
  green: '#57c98a',
  yellow: '#f0b429',
  blue: '#6cb6ff',
  magenta: '#d2a8ff',
  cyan: '#5fd0d6',
  white: '#b3bdca',
  brightBlack: '#95a1b0',
  brightRed: '#ffa198',
  brightGreen: '#7fe0a8',
  brightYellow: '#ffd166',
  brightBlue: '#9ccfff',
  brightMagenta: '#e2c5ff',
  brightCyan: '#8ce6ea',
  brightWhite: '#e8edf3',
};
const light: ITheme = {
  black: '#151b23',
  red: '#b3261e',
  green: '#12693a',
  yellow: '#7a5000',
  blue: '#0b5cb8',
  magenta: '#7340b5',
  cyan: '#0d6570',
  white: '#56616f',
  brightBlack: '#414c5a',
  brightRed: '#9c1c15',
  brightGreen: '#0f5a31',
  brightYellow: '#6a4500',
  brightBlue: '#094c99',
  brightMagenta: '#61339b',
  brightCyan: '#0a545d',
  brightWhite: '#151b23',
};

export function terminalTheme(mode: string | undefined): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ...(mode === 'light' ? light : dark),
    background: token('--bg0'),
    foreground: token('--fg0'),
    cursor: token('--fg0'),
    cursorAccent: token('--bg0'),
    selectionBackground: mode === 'light' ? '#0b5cb83d' : '#6cb6ff4d',
  };
}
