import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Template } from '../../../../electron/contract/runbook.ts';
import { shellContexts } from '../../../../electron/domain/runbook/shellContext.ts';
import {
  constantOf,
  literal,
  parseTemplate,
  quoteForShell,
  renderCommand,
  renderText,
} from '../../../../electron/domain/runbook/template.ts';

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function template(source: string): Template {
  const parsed = parseTemplate(source);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}
function command(source: string, values: Record<string, string>): string {
  const rendered = renderCommand(template(source), values);
  if (!rendered.ok) throw new Error(rendered.error.message);
  return rendered.value.text;
}

const fitting = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .filter((s) => !/[\u0000-\u001f\u007f-\u009f]/.test(s) && !LONE_SURROGATE.test(s));
const nasty = fc
  .array(
    fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '`',
      '$(id)',
      '${x}',
      ' ',
      ';',
      '&&',
      '|',
      '*',
      '~',
      '#',
      '!',
      '-n',
      '=',
      '>',
      '2',
      '\\n',
      'é',
      '日',
      '%s',
      '{a,b}',
      '[',
      '(',
      ')',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const values = fc.oneof(fitting, nasty);

describe('parsing', () => {
  test('references, escapes and what belongs to the shell', () => {
    expect(template('a ${x} $HOME $(id) $${y} ${raw:z}$').parts).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'ref', name: 'x', raw: false },
      { kind: 'text', text: ' $HOME $(id) ${y} ' },
      { kind: 'ref', name: 'z', raw: true },
      { kind: 'text', text: '$' },
    ]);
  });

  test.each(['${HOME}', '${x', '${}', '${x:-y}', '${ x }', '${raw:}', '${a\n}'])(
    '%s is refused',
    (source) => {
      expect(parseTemplate(`echo ${source}`)).toMatchObject({ ok: false, error: { offset: 5 } });
    },
  );

  test('a literal comes back as it was', () => {
    fc.assert(
      // Made of the characters that mean something, so that every case of escaping comes up.
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('$', '{', '}', 'a') })), (text) => {
        expect(constantOf(literal(text))).toBe(text);
        expect(constantOf(template(literal(text).source))).toBe(text);
        expect(renderText(literal(text), {})).toEqual({ ok: true, value: text });
      }),
    );
  });

  test('text without references round-trips through parsing and rendering', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constant('${v}'),
            fc.constant('$${v}'),
            fc.string().map((s) => s.replaceAll('$', '')),
          ),
        ),
        values,
        (parts, value) => {
          const wanted = parts.map((p) => (p === '${v}' ? value : p === '$${v}' ? '${v}' : p)).join('');
          expect(renderText(template(parts.join('')), { v: value })).toEqual({ ok: true, value: wanted });
        },
      ),
    );
  });
});

describe('filling in for the shell', () => {
  test('bare when it can be, quoted when it must be, next to other text too', () => {
    expect(command('helm --set x=${v} -n ${n}', { v: 'a b', n: 'prod-1' })).toBe(
      "helm --set x='a b' -n prod-1",
    );
    expect(quoteForShell('')).toBe("''");
    expect(quoteForShell("it's")).toBe("'it'\\''s'");
    expect(quoteForShell('PATH=/tmp')).toBe("'PATH=/tmp'");
    expect(quoteForShell('~root')).toBe("'~root'");
  });

  test('a number before a redirection does not become a descriptor', () => {
    expect(command('echo ${n}>out', { n: '2' })).toBe("echo '2'>out");
    expect(command('echo ${n} >out', { n: '2' })).toBe('echo 2 >out');
    expect(command('echo "${n}>out"', { n: '2' })).toBe('echo "2>out"');
  });

  test('says where each value stands', () => {
    const rendered = renderCommand(
      template('a ${x} b ${y}'),
      new Map([
        ['x', "o'o"],
        ['y', 'z'],
      ]),
    );
    if (!rendered.ok) throw new Error(rendered.error.message);
    const { text, values: places } = rendered.value;
    expect(places.map(({ start, end, name }) => [name, text.slice(start, end)])).toEqual([
      ['x', "'o'\\''o'"],
      ['y', 'z'],
    ]);
  });

  test.each(['a\nb', 'a\u0000b', 'a\tb', '\u001b[2J', '\u009b2J', '\ud800'])('%j is refused', (value) => {
    expect(renderCommand(template('echo ${v}'), { v: value })).toMatchObject({
      ok: false,
      error: { code: 'bad-request' },
    });
    expect(renderCommand(template('echo ${raw:v}'), { v: value }).ok).toBe(false);
  });

  test('a value that would need quotes inside quotes is refused, even when the file was never checked', () => {
    expect(renderCommand(template('echo "${v}"'), { v: '$(id)' }).ok).toBe(false);
    expect(renderCommand(template(`sh -c 'echo \${v}'`), { v: "'; id; '" }).ok).toBe(false);
    expect(renderCommand(template('echo \\${v}'), { v: "a'b" }).ok).toBe(false);
    expect(command('echo "a ${v} b"', { v: 'prod-1' })).toBe('echo "a prod-1 b"');
    expect(command('echo "a${v}b"', { v: '' })).toBe('echo "ab"');
  });

  test('a missing value is refused; an inherited property is none', () => {
    expect(renderCommand(template('echo ${v}'), {})).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('"v"') as string },
    });
    expect(renderCommand(template('echo ${constructor}'), {}).ok).toBe(false);
    expect(renderText(template('${v}'), new Map()).ok).toBe(false);
  });
});

const shells = [
  ['sh', '/bin/sh'],
  ['dash', '/bin/dash'],
  ['bash', '/bin/bash'],
  ['zsh', '/usr/bin/zsh'],
].filter((shell): shell is [string, string] => existsSync(shell[1] ?? ''));

describe.each(shells)('%s gives back exactly the value', (_name, shell) => {
  const forms = [
    "printf '%s' ${v}",
    "printf '%s' \"$(printf '%s' ${v})\"",
    "printf '%s' ''${v}\"\"",
    "case x in x) printf '%s' ${v};; esac",
    'x=${v}; printf \'%s\' "$x"',
  ];

  test('for any value, in any place where it is allowed', () => {
    // One shell runs many commands: each ends with a byte that no value can hold.
    const samples = fc.sample(values, { numRuns: 250, seed: 20261121 });
    const script = samples
      .flatMap((v) => forms.map((form) => `${command(form, { v })}; printf '\\001'`))
      .join('\n');
    const out = execFileSync(shell, ['-s'], {
      input: script,
      maxBuffer: 1 << 24,
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' },
    });
    const seen = out.toString('utf8').split('\u0001').slice(0, -1);
    // A substitution drops final line breaks; no value has any.
    expect(seen).toEqual(samples.flatMap((v) => forms.map(() => v)));
  });
});

describe('where a reference stands', () => {
  const cases: readonly [string, readonly string[], open?: string][] = [
    ['echo ${a}', ['unquoted']],
    ['echo "${a}" ${b} \'${c}\'', ['double', 'unquoted', 'single']],
    ['echo "a\\"${a}" ${b}', ['double', 'unquoted']],
    ["echo 'a\\' ${a}", ['unquoted']],
    ["echo $'a\\'${a}' ${b}", ['single', 'unquoted']],
    ['echo "$(cat ${a} "${b}")" ${c}', ['unquoted', 'double', 'unquoted']],
    ['echo `cat ${a}` ${b}', ['backtick', 'unquoted']],
    ['echo $${x:-${a}} ${b}', ['expansion', 'unquoted']],
    ['echo $((1 + ${a} * (2))) ${b}', ['arithmetic', 'unquoted']],
    ['echo \\${a}', ['escaped']],
    ['echo \\\\${a}', ['unquoted']],
    ["echo a # it's ${a}\necho ${b}", ['comment', 'unquoted']],
    ['echo a#${a}', ['unquoted']],
    ["cat <<EOF\n${a} '\nEOF\necho ${b}", ['heredoc', 'unquoted']],
    ["cat <<-'EOF' | wc ${a}\n\t${b}\n\tEOF\necho ${c}", ['unquoted', 'heredoc', 'unquoted']],
    ['cat <<A <<B\n${a}\nA\n${b}\nB\n${c}', ['heredoc', 'heredoc', 'unquoted']],
    ['wc <<<${a} ${b}', ['unquoted', 'unquoted']],
    ['x=$(case ${a} in a) echo "${b}";; esac) ${c}', ['unquoted', 'double', 'unquoted']],
    ['( echo ${a} ); f() { echo ${b}; }', ['unquoted', 'unquoted']],
    ['echo "${a}', ['double'], 'a double quote'],
    ["echo '${a}", ['single'], 'a single quote'],
    ['cat <<EOF\n${a}', ['heredoc'], 'a here-document'],
    ['echo $(ls ${a}', ['unquoted'], '$( … )'],
  ];
  test.each(cases)('%s', (source, refs, open) => {
    expect(shellContexts(template(source))).toEqual({ refs, open: open ?? null });
  });

  test('one context for each reference, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '${v}',
            "'",
            '"',
            '\\',
            '`',
            '$(',
            '))',
            '$((',
            '$${',
            '}',
            '<<E',
            '\nE\n',
            '#',
            ' ',
            'case ',
            'esac',
            'a',
            '\uffff',
          ),
          { maxLength: 30 },
        ),
        (parts) => {
          const parsed = template(parts.join('').replaceAll('$${v}', ''));
          expect(shellContexts(parsed).refs.length).toBe(parsed.parts.filter((p) => p.kind === 'ref').length);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
