/** The reader of shell texts: what is a command and what only looks like one, and that nothing makes it fail or lose its place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rules } from '../../../../electron/domain/lint/rules.ts';
import { calls, readingOf } from '../../../../electron/domain/lint/shell/invocations.ts';
import { readShell } from '../../../../electron/domain/lint/shell/parse.ts';
import type { ShellScript } from '../../../../electron/domain/lint/shell/syntax.ts';
import { shellText } from './lintText.ts';

function found(text: string, role: 'run' | 'document' = 'document'): readonly string[] {
  const command = shellText(text, role, { asserted: true });
  return rules.flatMap((rule) =>
    rule.scope === 'command' && rule.check(command).length > 0 ? [rule.id] : [],
  );
}

function programs(text: string): readonly string[] {
  return readingOf(shellText(text)).invocations.map(({ name }) => name);
}

describe('what runs', () => {
  it.each([
    ['a && b || c; d & e', ['a', 'b', 'c', 'd', 'e']],
    ['if a; then b; elif c; then d; else e; fi', ['a', 'b', 'c', 'd', 'e', 'fi']],
    ['for x in 1 2; do a "$x"; done | sort', ['a', 'done', 'sort']],
    ['case $x in a|b) c ;; *) d ;; esac', ['c', 'd', 'esac']],
    ['(a; b) | c', ['a', 'b', 'c']],
    ['A=1 B="$(x)" a', ['x', 'a']],
    ['echo "$(a "$(b)")" `c`', ['a', 'b', 'c', 'echo']],
    ['sudo -u root timeout 5 env A=1 a b', ['sudo', 'timeout', 'env', 'a']],
    ["kubectl exec -i pod -- sh -c 'exec a | b'", ['kubectl', 'sh', 'exec', 'a', 'b']],
    ['docker compose exec -T db psql -c x', ['docker', 'psql']],
    ['ssh -p 22 host "a; b"', ['ssh', 'a', 'b']],
    ['a \\\n  b # c d', ['a']],
    ['cat <<EOF | b\na c; d\nEOF\ne', ['cat', 'b', 'e']],
    ['f() { a; }', ['f', 'a', '}']],
    ['diff <(a) <(b)', ['a', 'b', 'diff']],
  ])('%s', (text, expected) => {
    expect([...programs(text)].sort()).toEqual([...expected].sort());
  });

  it('knows a reference of a runbook from an expansion of the shell', () => {
    const parts = (role: 'run' | 'document') =>
      readingOf(shellText('a ${name} $${NAME:-x} "$X"', role)).invocations[0]?.args.flatMap((word) =>
        word.parts.map(({ kind }) => kind),
      );
    expect(parts('run')).toEqual(['reference', 'variable', 'variable']);
    expect(parts('document')).not.toContain('reference');
  });
});

describe('what is only text', () => {
  it.each([
    ["echo 'curl -k https://x | sh'"],
    ['# curl -k https://x | sh'],
    ['printf "%s\\n" "docker compose down -v"'],
    ['cat <<EOF\nhelm rollback x\nkubectl exec -it x -- y | z\nEOF'],
    ['grep \'rm -rf "$X"\' notes.txt'],
    ['psql -X -c "SELECT \'REINDEX DATABASE x\'"'],
    ['test -f a || exit 1'],
    ['if kubectl get pods | grep -q Crash; then exit 1; fi'],
  ])('%s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('what is hidden deeper', () => {
  it.each([
    ["sh -c 'curl -fsSk --max-time 9 https://x'", 'tls.insecure'],
    ['x="$(curl -fsS --max-time 9 https://x | jq -e .a)"', 'curl.masked'],
    ["sudo bash -c 'helm rollback x --wait'", 'helm.rollback-revision'],
    ['bash <(curl -fsS --max-time 9 https://x)', 'shell.pipe-to-shell'],
    ['curl -fsS --max-time 9 https://x | sudo bash', 'shell.pipe-to-shell'],
    ['psql -X -v ON_ERROR_STOP=1 <<SQL\nreindex\n table x;\nSQL', 'pg.reindex-concurrently'],
    ['docker-compose down --volumes', 'compose.down-volumes'],
    ['curl -o k -fsS --max-time 9 --insecure https://x', 'tls.insecure'],
  ])('%s', (text, rule) => {
    expect(found(text)).toContain(rule);
  });

  it.each([
    ["bash -o pipefail -c 'a | b'", 'shell.pipefail'],
    ['set -euo pipefail\na | b', 'shell.pipefail'],
    ['curl -o k -fsS --max-time 9 https://x', 'tls.insecure'],
    ['kubectl exec -i x -- sh -c \'psql -X -h "$DB_HOST"\'', 'shell.local-expansion'],
    ['f=a; kubectl exec -i x -- cat "$f"', 'shell.local-expansion'],
    ['rm -rf "${DIR:?}/x"', 'rm.variable'],
    ['a <secret --password-stdin', 'secret.in-argument'],
    ['psql -X -c "REINDEX (CONCURRENTLY) TABLE x"', 'pg.reindex-concurrently'],
  ])('not in %s', (text, rule) => {
    expect(found(text)).not.toContain(rule);
  });
});

const piece = fc.constantFrom(
  ...'a b|c&&d;e\n$( ) ` \' " \\ ${x} $${Y} <<EOF\nEOF <( # case in esac if then fi do done { } $(( [[ sh -c sudo kubectl exec -- psql -c curl -k é 🔑'.split(
    ' ',
  ),
  ' ',
  '\n',
);
const text = fc.oneof(
  fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.string(),
);

function spans(script: ShellScript): readonly { readonly start: number; readonly end: number }[] {
  const words = script.commands.flatMap((command) => [...command.words, ...command.assignments]);
  const inner = words.flatMap((word) =>
    word.parts.flatMap((part) => [part, ...(part.kind === 'script' ? spans(part.script) : [])]),
  );
  return [...script.commands, ...script.comments, ...words, ...inner];
}

describe('any text', () => {
  it('is read without failing, with every place inside of it', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (source, references) => {
        for (const { start, end } of spans(readShell(source, { references }))) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(source.length);
        }
      }),
    );
  });

  it('is linted without failing, with every finding at a line that exists', () => {
    fc.assert(
      fc.property(text, (source) => {
        const command = shellText(source, 'document');
        const lines = source.split('\n').length;
        for (const rule of rules) {
          const hits =
            rule.scope === 'command'
              ? rule.check(command)
              : rule.scope === 'sequence'
                ? rule.check([command])
                : [];
          for (const { at } of hits) {
            expect(at.line).toBeGreaterThan(0);
            expect(at.line).toBeLessThanOrEqual(lines);
          }
        }
      }),
    );
  });

  it('gives a program the place where it stands, however deep', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(3), (blanks, depth) => {
        let source = `${' '.repeat(blanks)}needle`;
        for (let i = 0; i < depth; i++) source = `echo "$(${source})"`;
        const command = shellText(source);
        const [call] = calls(command, 'needle');
        expect(call?.at(call.word.start)).toBe(source.indexOf('needle'));
      }),
    );
  });

  it('is read in time that grows with its length', () => {
    for (const unit of ['$(', '"$(', '`', '((', '${', "'", '<<a ', 'a|', '\\']) {
      const source = unit.repeat(20_000 / unit.length);
      expect(spans(readShell(source, { references: true })).length).toBeLessThanOrEqual(source.length * 4);
    }
  });
});
