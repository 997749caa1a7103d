import { describe, expect, it } from 'vitest';
import { bindings, chord, commandFor, type KeyPress } from '../../../renderer/app/keymap.ts';

const press = (key: string, mods: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  ...mods,
});

describe('chord', () => {
  it('names modifiers in one order and letters in upper case', () => {
    expect(chord(press('f', { ctrlKey: true, shiftKey: true }))).toBe('Ctrl+Shift+F');
    expect(chord(press('Enter', { altKey: true, shiftKey: true }))).toBe('Alt+Shift+Enter');
  });
  it('leaves Shift out where it only makes the character', () => {
    expect(chord(press('?', { shiftKey: true }))).toBe('?');
  });
});

describe('commandFor', () => {
  it('runs the primary action by Alt+Enter everywhere, the terminal included', () => {
    for (const focus of ['terminal', 'text', 'other'] as const) {
      expect(commandFor(press('Enter', { altKey: true }), focus)).toBe('primary');
    }
  });
  it('never takes plain Enter', () => {
    expect(commandFor(press('Enter'), 'other')).toBeNull();
  });
  it('takes no Ctrl with a plain letter, no Alt with a digit and no F1 from the terminal', () => {
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
      expect(commandFor(press(letter, { ctrlKey: true }), 'terminal')).toBeNull();
      expect(commandFor(press(letter, { altKey: true }), 'terminal')).toBeNull();
    }
    expect(commandFor(press('1', { altKey: true }), 'terminal')).toBeNull();
    expect(commandFor(press('F1'), 'terminal')).toBeNull();
  });
  it('leaves the terminal by F6', () => {
    expect(commandFor(press('F6'), 'terminal')).toBe('next-region');
    expect(commandFor(press('F6', { shiftKey: true }), 'terminal')).toBe('previous-region');
  });
  it('lets a question mark be typed into a field', () => {
    expect(commandFor(press('?', { shiftKey: true }), 'text')).toBeNull();
    expect(commandFor(press('?', { shiftKey: true }), 'other')).toBe('help');
  });
  it('gives each chord one meaning', () => {
    expect(new Set(bindings.map((each) => each.keys)).size).toBe(bindings.length);
  });
});
