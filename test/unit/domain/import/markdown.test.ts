/** Ordinary Markdown, and what is not so ordinary in it. */
import { describe, expect, it } from 'vitest';
import { importDocument } from '../../../../electron/domain/import/importDocument.ts';
import { markdownRunbook } from '../../../../electron/domain/import/markdownRunbook.ts';
import { constantOf } from '../../../../electron/domain/runbook/template.ts';
import { imported, lost } from './account.ts';

const commandsOf = (text: string) =>
  imported(text).runbook.phases.flatMap((phase) =>
    phase.steps.flatMap((step) => (step.kind === 'run' ? [constantOf(step.run)] : [])),
  );
const rulesOf = (text: string) => imported(text).imported.findings.map((one) => [one.rule, one.line]);

const ORDINARY = `---
title: Restart
---

# Restart the proxy

Why: it leaks. See [the ticket](https://example.com/1).

## Before

1. Look at the load:

   \`\`\`bash
   uptime
   free -m
   \`\`\`

2. Tell the others
   - in the channel
   - [x] on the board

| Host | Role |
|------|------|
| a1   | edge |
| a2   | core |

## Restart

> Only one at a time.

\`\`\`
systemctl restart proxy
\`\`\`

    systemctl status proxy

Then look at it:

\`\`\`json
{"status": "up"}
\`\`\`

Setext
------

* * *

kubectl get pods -n proxy
`;

describe('ordinary Markdown', () => {
  it('loses no line and no word', () => {
    const all = imported(ORDINARY);
    expect(lost(all)).toEqual([]);
    expect(all.imported.notImported).toEqual([{ from: 46, to: 46 }]);
  });

  it('makes one step of each block of commands: fenced, indented, or bare', () => {
    expect(commandsOf(ORDINARY)).toEqual([
      'uptime\nfree -m',
      'systemctl restart proxy',
      'systemctl status proxy',
      'kubectl get pods -n proxy',
    ]);
  });

  it('keeps the places of commands that stand in lists', () => {
    const uptime = imported(ORDINARY).imported.commands[0];
    expect(uptime?.place(0)).toEqual({ line: 14, column: 4 });
    expect(uptime?.place(uptime.text.indexOf('-m'))).toEqual({ line: 15, column: 9 });
  });

  it('keeps other code as a note, with a finding', () => {
    const all = imported(ORDINARY);
    const notes = all.runbook.phases.flatMap((phase) => phase.steps.map((step) => step.note ?? ''));
    expect(notes.some((note) => note.includes('{"status": "up"}'))).toBe(true);
    expect(rulesOf(ORDINARY)).toContainEqual(['import.not-a-command', 39]);
    expect(rulesOf(ORDINARY)).toContainEqual(['import.metadata', 1]);
  });

  it('sends what the shell expands as it is written, and never takes it for a value of its own', () => {
    expect(commandsOf('# A\n\n```sh\necho "${HOME}" $(date) \'${db_host}\' # $${x}\n```\n')).toEqual([
      'echo "${HOME}" $(date) \'${db_host}\' # $${x}',
    ]);
  });

  it('keeps a block as text when it is open at its end, or holds what nobody sees', () => {
    const open = '# A\n\n```sh\necho "never closed\n```\n';
    expect(commandsOf(open)).toEqual([]);
    expect(rulesOf(open)).toContainEqual(['import.unterminated', 4]);
    const bidi = '# A\n\n```sh\nrm -rf ./x \u202e# txt.\n```\n';
    expect(commandsOf(bidi)).toEqual([]);
    expect(rulesOf(bidi)).toContainEqual(['import.hidden-character', 4]);
    expect(lost(imported(bidi))).toEqual([]);
  });

  it('does not take a sentence for a command', () => {
    for (const text of [
      'find the cause and fix it',
      'test the restore on a host of its own',
      'docker is used to run the services.',
      'head of operations must agree',
      'kubectl is the tool that you need:',
    ]) {
      expect(commandsOf(`# A\n\n${text}\n`), text).toEqual([]);
    }
  });

  it('takes a comment above bare commands for a comment, and not for a chapter', () => {
    expect(commandsOf('# Doc\n\nText.\n\n# Update the repo\nhelm repo update\n')).toEqual([
      '# Update the repo\nhelm repo update',
    ]);
  });

  it('opens read-only, with all of its steps and its findings', () => {
    const opened = markdownRunbook(ORDINARY, 'docs/restart.md');
    expect(opened.ok && opened.value.readOnly).toBe(true);
    if (!opened.ok) return;
    expect(opened.value.runbook.id).toBe('restart');
    expect(opened.value.runbook.phases.map((phase) => phase.title)).toEqual([
      'Beginning',
      'Restart the proxy',
      'Before',
      'Restart',
      'Setext',
    ]);
    expect(opened.value.findings.some((one) => one.severity === 'error')).toBe(true);
    expect(opened.value.findings.every((one) => one.file === 'docs/restart.md')).toBe(true);
  });
});

describe('a document that is large in one way or another', () => {
  it('keeps more sections than a runbook has phases', () => {
    const text = Array.from({ length: 130 }, (_, i) => `## Part ${String(i)}\n\n- do ${String(i)}\n`).join(
      '\n',
    );
    const all = imported(text);
    expect(all.runbook.phases.length).toBeLessThanOrEqual(50);
    expect(all.runbook.phases.flatMap((phase) => phase.steps)).toHaveLength(130);
  });

  it('keeps long lists, long lines and long text, in parts', () => {
    const list = Array.from({ length: 120 }, (_, i) => `- item${String(i)}`).join('\n');
    const text = `# A\n\n${list}\n\n- ${'long '.repeat(200)}\n\n${'word '.repeat(4000)}\n`;
    expect(lost(imported(text))).toEqual([]);
  });

  it.each([
    ['too many bytes', 'a'.repeat(256 * 1024 + 1), '256 KiB'],
    ['a mebibyte of brackets', '['.repeat(1024 * 1024), '256 KiB'],
    ['too many bytes of few characters', '🔑'.repeat(70_000), '256 KiB'],
    ['too many lines', 'a\n'.repeat(5001), '5000 lines'],
    ['a hundred thousand lines', '\n'.repeat(100_000), '5000 lines'],
    ['quotes in quotes', `${'>'.repeat(40)} a`, 'deeper than 16'],
    ['lists in lists', `${'- '.repeat(40)}a`, 'deeper than 16'],
    [
      'lists in lists by their indentation',
      Array.from({ length: 300 }, (_, i) => `${'  '.repeat(i)}- a`).join('\n'),
      'deeper than 16',
    ],
    ['a table as wide as it is long', `${'|a'.repeat(21_000)}|\n`, '20,000 cells'],
    ['a draft that no runbook file may be', `| a |\n${`T${'itle'.repeat(10)}\n`.repeat(4900)}`, '1 MiB'],
    ['NUL', '# A\n\nls\u0000-l', 'line 3 holds a NUL'],
    ['nothing', ' \n\n', 'is empty'],
  ])('is refused for %s', (_, text, message) => {
    const result = importDocument(text, 'big.md');
    expect(result.ok).toBe(false);
    expect(!result.ok && result.error.message).toContain(message);
    expect(!result.ok && result.error.hint).not.toBe('');
  });
});

describe('hostile Markdown', () => {
  const HOSTILE = [
    '# <script>alert(1)</script>',
    '',
    '[click](javascript:alert(1)) ![x](https://evil.example/p.png) <img src=x onerror=alert(1)>',
    '',
    '- [ ] <a href="data:text/html,x">tick</a>',
    '',
    '| a |',
    '|---|',
    '| <iframe src=//evil.example> |',
    '',
    '``` \n[x]: y\n```',
    '',
    '[a]: [b][b][b]',
    '[b]: [a][a][a]',
    '',
    'text ``` with ```` ticks <!-- and a comment -->',
    '',
    '\u202egnirts\u202c and \u200bzero',
    '\u001b]0;title\u0007',
  ].join('\n');

  it('loses nothing, and says what it found', () => {
    const all = imported(HOSTILE);
    expect(lost(all)).toEqual([]);
    const rules = new Set(all.imported.findings.map((one) => one.rule));
    for (const rule of ['import.html', 'import.link', 'import.image', 'import.hidden-character']) {
      expect(rules).toContain(rule);
    }
  });

  it('puts all that a renderer could act on into code blocks that it cannot close', () => {
    const notes = imported(HOSTILE).runbook.phases.flatMap((phase) =>
      phase.steps.flatMap((step) => (step.note === undefined ? [] : [step.note])),
    );
    expect(notes.length).toBeGreaterThan(0);
    for (const note of notes) {
      const open = outsideFences(note);
      expect(open).not.toMatch(/<[a-z!/]|\]\(|\]:|javascript:|https?:/i);
    }
  });

  it('leaves no character in the draft that cannot be seen', () => {
    const { runbook } = imported(HOSTILE).imported;
    expect(runbook).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
    );
    expect(runbook).toContain('⟨U+202E⟩');
  });
});

function outsideFences(note: string): string {
  let fence: string | null = null;
  const open: string[] = [];
  for (const line of note.split('\n')) {
    const mark = /^(`{3,})(.*)$/.exec(line);
    if (fence === null && mark !== null) fence = mark[1] ?? '';
    else if (
      fence !== null &&
      mark !== null &&
      (mark[1] ?? '').length >= fence.length &&
      mark[2]?.trim() === ''
    )
      fence = null;
    else if (fence === null) open.push(line);
  }
  expect(fence).toBeNull();
  return open.join('\n');
}
