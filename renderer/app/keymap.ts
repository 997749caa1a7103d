/**
 * Every key of the page in one table: the dispatcher and the key map both read it. A binding without `inTerminal` is
 * not taken while the terminal has focus, so that plain keys and Ctrl+letter belong to the shell there.
 */
import type { MessageKey } from '../i18n/t.ts';

export const commandIds = [
  'primary',
  'secondary',
  'next-region',
  'previous-region',
  'terminal',
  'place-run',
  'place-library',
  'place-evidence',
  'place-settings',
  'place-plans',
  'place-ledger',
  'place-people',
  'help',
  'stop',
  'back-to-current',
  'copy-command',
  'insert-command',
  'connect',
  'connection',
  'track-shell',
  'find',
  'terminal-find',
  'terminal-reset',
  'open-bundle',
  'compare',
  'report',
  'skip',
  'dry-run',
  'save',
  'rollback',
  'paper',
  'open-document',
  'place-reference',
  'place-packages',
] as const;
export type CommandId = (typeof commandIds)[number];

export interface Binding {
  readonly command: CommandId;
  /** Modifiers in the order Ctrl, Alt, Shift, then `KeyboardEvent.key` (letters upper case). */
  readonly keys: string;
  readonly label: MessageKey;
  readonly inTerminal: boolean;
  /** A key that types a character: not taken while a text field has focus. */
  readonly typing?: true;
}

export const bindings: readonly Binding[] = [
  { command: 'primary', keys: 'Alt+Enter', label: 'key.primary', inTerminal: true },
  { command: 'secondary', keys: 'Alt+Shift+Enter', label: 'key.secondary', inTerminal: false },
  { command: 'stop', keys: 'Ctrl+Shift+X', label: 'key.stop', inTerminal: true },
  { command: 'back-to-current', keys: 'Alt+Home', label: 'key.back', inTerminal: true },
  { command: 'copy-command', keys: 'Alt+C', label: 'key.copy-command', inTerminal: false },
  { command: 'insert-command', keys: 'Alt+I', label: 'key.insert-command', inTerminal: false },
  { command: 'connect', keys: 'Alt+R', label: 'key.connect', inTerminal: false },
  { command: 'connection', keys: 'Alt+K', label: 'key.connection', inTerminal: false },
  { command: 'track-shell', keys: 'Alt+T', label: 'key.track-shell', inTerminal: false },
  { command: 'next-region', keys: 'F6', label: 'key.next-region', inTerminal: true },
  { command: 'previous-region', keys: 'Shift+F6', label: 'key.previous-region', inTerminal: true },
  { command: 'terminal', keys: 'Ctrl+`', label: 'key.terminal', inTerminal: true },
  { command: 'terminal-find', keys: 'Ctrl+Shift+F', label: 'key.terminal-find', inTerminal: true },
  { command: 'terminal-reset', keys: 'Ctrl+Shift+L', label: 'key.terminal-reset', inTerminal: true },
  { command: 'find', keys: 'Ctrl+F', label: 'key.find', inTerminal: false },
  { command: 'place-run', keys: 'Alt+1', label: 'key.place-run', inTerminal: false },
  { command: 'place-library', keys: 'Alt+2', label: 'key.place-library', inTerminal: false },
  { command: 'place-evidence', keys: 'Alt+3', label: 'key.place-evidence', inTerminal: false },
  { command: 'place-settings', keys: 'Alt+4', label: 'key.place-settings', inTerminal: false },
  { command: 'place-plans', keys: 'Alt+5', label: 'key.place-plans', inTerminal: false },
  { command: 'place-ledger', keys: 'Alt+6', label: 'key.place-ledger', inTerminal: false },
  { command: 'place-people', keys: 'Alt+7', label: 'key.place-people', inTerminal: false },
  { command: 'open-bundle', keys: 'Alt+O', label: 'key.open-bundle', inTerminal: false },
  { command: 'compare', keys: 'Alt+M', label: 'key.compare', inTerminal: false },
  { command: 'report', keys: 'Alt+P', label: 'key.report', inTerminal: false },
  { command: 'skip', keys: 'Alt+J', label: 'key.skip', inTerminal: false },
  { command: 'dry-run', keys: 'Alt+Y', label: 'key.dry-run', inTerminal: false },
  { command: 'save', keys: 'Alt+S', label: 'key.save', inTerminal: false },
  { command: 'rollback', keys: 'Alt+B', label: 'key.rollback', inTerminal: false },
  { command: 'paper', keys: 'Alt+A', label: 'key.paper', inTerminal: false },
  { command: 'open-document', keys: 'Alt+U', label: 'key.open-document', inTerminal: false },
  { command: 'place-reference', keys: 'Alt+8', label: 'key.place-reference', inTerminal: false },
  { command: 'place-packages', keys: 'Alt+9', label: 'key.place-packages', inTerminal: false },
  { command: 'help', keys: 'F1', label: 'key.help', inTerminal: false },
  { command: 'help', keys: '?', label: 'key.help', inTerminal: false, typing: true },
];

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

function isLetter(key: string): boolean {
  return /^\p{L}$/u.test(key);
}

/** A key press in the table's notation. Shift is only named where it does not itself change the character. */
export function chord(press: KeyPress): string {
  const key = isLetter(press.key) ? press.key.toUpperCase() : press.key;
  const named = press.key.length > 1 || isLetter(press.key);
  return [
    press.ctrlKey ? 'Ctrl' : null,
    press.metaKey ? 'Meta' : null,
    press.altKey ? 'Alt' : null,
    press.shiftKey && named ? 'Shift' : null,
    key,
  ]
    .filter((part) => part !== null)
    .join('+');
}

export type FocusKind = 'terminal' | 'text' | 'other';

/** The command that a key press stands for where the focus is; null when the press belongs to the focused thing. */
export function commandFor(press: KeyPress, focus: FocusKind): CommandId | null {
  const pressed = chord(press);
  const binding = bindings.find((each) => each.keys === pressed);
  if (binding === undefined) return null;
  if (focus === 'terminal' && !binding.inTerminal) return null;
  if (focus === 'text' && binding.typing === true) return null;
  return binding.command;
}
