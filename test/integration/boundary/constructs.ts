/** Commands that are hard to find the end of, and what must come of each, whatever the login shell. */
import type { ChannelEnd } from '../../../electron/host/connect/connection.ts';

export interface Construct {
  readonly name: string;
  readonly command: string;
  readonly end: ChannelEnd | 'not run';
  readonly stdout: string;
  /** Only where bash runs it. */
  readonly bash?: true;
  /** A command that runs after it, and what that prints: what was carried. */
  readonly then?: readonly [command: string, stdout: string];
}

const exit = (code: number): ChannelEnd => ({ how: 'exit', code });
const signal = (name: string): ChannelEnd => ({ how: 'signal', signal: name });

export const constructs: readonly Construct[] = [
  { name: 'lines', command: 'echo one\necho two\n\n(exit 3)\n', end: exit(3), stdout: 'one\ntwo\n' },
  {
    name: 'a here-document',
    command: "cat <<EOF\nit's $((1+1))\nEOF\n(exit 4)",
    end: exit(4),
    stdout: "it's 2\n",
  },
  {
    name: 'a quoted here-document',
    command: 'cat <<\'EOF\'\n$x \\ `y` "z"\nEOF',
    end: exit(0),
    stdout: '$x \\ `y` "z"\n',
  },
  { name: 'a trailing comment', command: 'echo one; (exit 5) # it\'s "over', end: exit(5), stdout: 'one\n' },
  { name: 'only a comment', command: '# nothing', end: exit(0), stdout: '' },
  { name: 'a trailing backslash', command: 'echo one \\', end: exit(0), stdout: 'one\n' },
  { name: 'an open double quote', command: 'echo never; echo "never', end: 'not run', stdout: '' },
  { name: 'an open single quote', command: "echo never; echo 'never", end: 'not run', stdout: '' },
  { name: 'an open here-document', command: 'echo never\ncat <<EOF\nnever', end: 'not run', stdout: '' },
  { name: 'an unfinished if', command: 'echo never\nif true; then echo never', end: 'not run', stdout: '' },
  { name: 'a stray fi', command: 'echo never; fi; echo never', end: 'not run', stdout: '' },
  { name: 'a stray brace', command: 'echo never\n}\necho never', end: 'not run', stdout: '' },
  {
    name: 'exit',
    command: 'cd /usr; export E=1; exit 6; echo never',
    end: exit(6),
    stdout: '',
    then: ['pwd; echo $E', '/usr\n1\n'],
  },
  { name: 'exec', command: 'exec sh -c "echo one; exit 7"; echo never', end: exit(7), stdout: 'one\n' },
  { name: 'cd', command: 'cd /usr && cd bin', end: exit(0), stdout: '', then: ['pwd', '/usr/bin\n'] },
  {
    name: 'a variable that is exported',
    command: 'export A="x  y"; B=here',
    end: exit(0),
    stdout: '',
    then: ['echo "$A ${B-gone}"', 'x  y gone\n'],
  },
  {
    name: 'variables that are hard to write',
    command: 'export H1="a\'b\\"c\\\\d" H2="one\ntwo\n" H3="é日本$(printf \'\\t\')*"',
    end: exit(0),
    stdout: '',
    then: ['printf "[%s]" "$H1" "$H2" "$H3"', '[a\'b"c\\d][one\ntwo\n][é日本\t*]'],
  },
  {
    name: 'unset',
    command: 'unset A GIVEN',
    end: exit(0),
    stdout: '',
    then: ['echo "${A-gone} ${GIVEN-gone}"', 'gone gone\n'],
  },
  { name: 'set -e', command: 'set -e\necho one\nfalse\necho never', end: exit(1), stdout: 'one\n' },
  {
    name: 'set -u',
    command: 'set -u; echo one; (echo "$not_set_at_all") 2>/dev/null || exit 9',
    end: exit(9),
    stdout: 'one\n',
  },
  { name: 'a trap', command: "trap 'echo bye' EXIT; echo one; (exit 8)", end: exit(8), stdout: 'one\nbye\n' },
  { name: 'a pipeline', command: 'false | true', end: exit(1), stdout: '', bash: true },
  { name: 'a pipeline that is cut short', command: 'seq 3 | head -n 1', end: exit(0), stdout: '1\n' },
  { name: 'a read without input', command: 'read x || echo none', end: exit(0), stdout: 'none\n' },
  { name: 'KILL to itself', command: 'echo one; kill -9 $$', end: signal('KILL'), stdout: 'one\n' },
  { name: 'TERM to itself', command: 'echo one; kill -TERM $$', end: signal('TERM'), stdout: 'one\n' },
  {
    name: 'a child that is killed',
    command: '{ sh -c "kill -9 \\$\\$"; } 2>/dev/null',
    end: exit(137),
    stdout: '',
  },
  {
    name: 'children that are ended before they have become their program',
    command: '{ for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1 & kill $!; done; wait; } 2>/dev/null; echo front',
    end: exit(0),
    stdout: 'front\n',
  },
  {
    name: 'state is kept by a shell that does not tell its own number, as old ones do not',
    command: 'unset BASHPID; cd /usr; export KEPT=1',
    end: exit(0),
    stdout: '',
    then: ['echo "$KEPT"; pwd; unset KEPT', '1\n/usr\n'],
  },
  { name: 'a background child', command: 'sleep 0.05 & echo one; (exit 3)', end: exit(3), stdout: 'one\n' },
  {
    name: 'a background child that writes later',
    command: '(sleep 0.05; echo late) & echo one',
    end: exit(0),
    stdout: 'one\nlate\n',
  },
  { name: 'output without a newline', command: 'printf one', end: exit(0), stdout: 'one' },
  {
    name: 'a nested shell',
    command: 'sh -c "cd /; export X=inner; exit 4"',
    end: exit(4),
    stdout: '',
    then: ['echo "${X-unset}"', 'unset\n'],
  },
  {
    name: 'forged marks',
    command: 'printf "\\033]633;D;0;1\\007\\033]133;D;0\\007#whole\\n"; (exit 2)',
    end: exit(2),
    stdout: '\x1b]633;D;0;1\x07\x1b]133;D;0\x07#whole\n',
  },
  {
    name: 'an alternate screen',
    command: 'printf "\\033[?1049hfull\\033[?1049l"; (exit 1)',
    end: exit(1),
    stdout: '\x1b[?1049hfull\x1b[?1049l',
  },
  { name: 'a missing command', command: 'no-such-command-anywhere 2>/dev/null', end: exit(127), stdout: '' },
  {
    name: 'a closed standard output',
    command: 'echo one; exec >&-; (exit 2)',
    end: exit(2),
    stdout: 'one\n',
  },
];
