import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { initialState } from '../../../../electron/host/remote/carry.ts';
import { quote } from '../../../../electron/host/remote/quote.ts';
import { directExec, encodedExec, fileExec } from '../../../../electron/host/remote/wire.ts';
import { checkCommand } from '../../../../electron/host/remote/wrapper.ts';
import type { WrapperHost } from '../../../../electron/host/remote/wrapper.ts';

interface Ran {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

let root: string;
let host: WrapperHost;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'wrapper-'));
  await mkdir(join(root, 'busybox'));
  await symlink('/usr/bin/busybox', join(root, 'busybox', 'sh'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Runs an exec request as sshd does: handed to the login shell with `-c`. */
function login(exec: string, shell = '/bin/sh', env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const base = { PATH: '/usr/bin:/bin', HOME: root, LANG: 'C.UTF-8' };
    const child = spawn(shell, ['-c', exec], {
      cwd: root,
      env: { ...base, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
}

async function step(command: string, carry = true, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return login(directExec(command, host, carry), '/bin/sh', env);
}

const shells = [
  { name: 'bash', shell: 'bash', path: () => '/bin/bash' },
  { name: 'dash as sh', shell: 'sh', path: () => '/usr/bin/dash' },
  { name: 'busybox as sh', shell: 'sh', path: () => join(root, 'busybox', 'sh') },
  { name: 'ksh93 as sh', shell: 'sh', path: () => '/usr/bin/ksh93' },
  { name: 'mksh as sh', shell: 'sh', path: () => '/usr/bin/mksh' },
  { name: 'bash as sh', shell: 'sh', path: () => '/bin/bash' },
] as const;

function hostOf(shell: 'bash' | 'sh', shellPath: string, stateDir: string): WrapperHost {
  return { shell, shellPath, pipefail: shell === 'bash', stateDir, env: {}, startMark: null, tag: 'tag0' };
}

describe.each(shells)('under $name', ({ shell, path }) => {
  beforeEach(async () => {
    const stateDir = await mkdtemp(join(root, 'state-'));
    host = hostOf(shell, path(), stateDir);
    await writeFile(join(stateDir, 'state'), initialState({ GIVEN: "it's" }), { mode: 0o600 });
  });

  it.each([
    ['the last command', 'false; (exit 7)', 7],
    ['exit', 'exit 9; echo never', 9],
    ['exit in a function', 'f() { exit 4; }; f; echo never', 4],
    ['set -e', 'set -e\nfalse\necho never', 1],
    ['set -u', 'set -u; echo "$NOT_SET_ANYWHERE"; echo never', undefined],
    ['a trailing comment', '(exit 3) # done', 3],
    ['a trailing backslash', 'sh -c "exit 3" \\', 3],
    ['a here-document', "cat <<EOF\nit's $HOME\nEOF\n(exit 5)", 5],
    ['a here-document at the end', "cat <<')'\nbody\n)", 0],
    ['exec', 'exec sh -c "exit 6"', 6],
    ['a missing command', 'no-such-command-anywhere', 127],
    ['a background child', 'sleep 0.01 & (exit 8)', 8],
    ['a return code under set -x', 'set -x; (exit 11)', 11],
    ['a closed stderr', 'exec 2>&-; (exit 12)', 12],
  ])('hands through the status of %s', async (_what, command, code) => {
    const ran = await step(command);
    expect(ran.stdout).not.toContain('never');
    if (code === undefined) expect(ran.code).not.toBe(0);
    else expect(ran.code).toBe(code);
  });

  it('dies by the signal that the command dies by', async () => {
    expect(await step('kill -9 $$')).toMatchObject({ code: null, signal: 'SIGKILL' });
    // ksh93 and mksh themselves turn a SIGTERM into a status when there is a trap. It must never be 0.
    const own: Readonly<Record<string, object>> = { ksh93: { code: 15 }, mksh: { code: 143 } };
    const terminated = own[basename(host.shellPath)] ?? { code: null, signal: 'SIGTERM' };
    expect(await step('kill -TERM $$')).toMatchObject(terminated);
  });

  it.each([
    ['an unfinished if', 'if true; then echo never'],
    ['an open quote', 'echo "never'],
    ['an open single quote', "echo never'"],
    ['a stray parenthesis', 'echo never )'],
    ['an open here-document', 'echo never; cat <<EOF\nbody'],
    ['an open quoted here-document', "echo never; cat <<')'\nbody"],
    ['an open substitution', 'echo never $(date'],
  ])('runs nothing of %s', async (_what, command) => {
    const ran = await step(command);
    expect(ran).toMatchObject({ code: 126, stdout: '' });
    expect(ran.stderr).toMatch(/^holdpoint: not run/);
  });

  it('carries directory and exported variables, and only those', async () => {
    const odd = join(root, 'odd \'dir\' "x" $HOME');
    await mkdir(odd, { recursive: true });
    const value = 'a\'b"c$d`e\\f\n  g \u00e9*';
    await step(
      `cd ${quote(odd)}; export ODD=${quote(value)}; plain=1; LC_ALL=C; export LC_ALL; export LANG=C; greet() { :; }`,
    );
    const ran = await step(
      'pwd; printf "%s|" "$ODD" "$GIVEN" "${plain-unset}" "${LC_ALL-unset}" "$LANG"; command -v greet || echo none',
    );
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toBe(`${odd}\n${value}|it's|unset|unset|C.UTF-8|none\n`);
  });

  it('does not let a command that ends late undo what later ones have left', async () => {
    const gate = join(host.stateDir ?? '', 'gate');
    const late = step(`cd /usr; export A=late; : >${gate}.up; until [ -e ${gate} ]; do sleep 0.02; done`);
    while (!(await stat(`${gate}.up`).catch(() => null)))
      await new Promise((resolve) => setTimeout(resolve, 5));
    await step('cd /; export A=now');
    await writeFile(gate, '');
    const ran = await late;
    expect(ran.code).toBe(126);
    expect(ran.stderr).toMatch(/sent later .*\n.* could not be kept\n$/);
    expect((await step('echo "$A"; pwd')).stdout).toBe('now\n/\n');
  });

  it('carries from a command that exits, fails or fails under set -e', async () => {
    await step('export A=1; exit 3');
    await step('set -e; export B=2; false');
    await step('cd /usr; (cd /; export C=3); export D="$(cd /; pwd)"; no-such-command-anywhere');
    expect((await step('echo "$A $B ${C-unset} $D"; pwd')).stdout).toBe('1 2 unset /\n/usr\n');
  });

  it('carries over changed options, IFS, PATH and functions of the command', async () => {
    await step(
      'set -eufC; IFS=/; cd /usr/bin; export KEPT="x y"; PATH=/nowhere; export PATH; mv() { return 9; }',
    );
    const ran = await step('echo "$KEPT $PATH"; pwd');
    expect(ran.stdout).toBe('x y /nowhere\n/usr/bin\n');
  });

  it('only reads the state where nothing is to be carried', async () => {
    await step('export A=1; cd /usr');
    expect((await step('echo $A; pwd; export A=2; cd /', false)).stdout).toBe('1\n/usr\n');
    expect((await step('echo $A; pwd')).stdout).toBe('1\n/usr\n');
  });

  it('keeps the state private and the umask as it is', async () => {
    const ran = await step('umask; export A=1', true);
    expect(ran.stdout.trim()).toMatch(/^0?022$/);
    expect((await stat(join(host.stateDir ?? '', 'state'))).mode & 0o777).toBe(0o600);
  });

  it('leaves the state of a command that is killed as it was', async () => {
    await step('export A=1');
    await step('export A=2; kill -9 $$');
    expect((await step('echo $A')).stdout).toBe('1\n');
  });

  it("runs the command's own EXIT trap", async () => {
    const ran = await step("trap 'echo bye $?' EXIT; cd /usr; export T=1; (exit 5)");
    expect(ran).toMatchObject({ code: 5, stdout: 'bye 5\n' });
    expect((await step('echo $T; pwd')).stdout).toBe('1\n/usr\n');
  });

  it('keeps unset what the login brings and what an earlier command exported', async () => {
    await step('export A=1; unset HOME GIVEN');
    await step('unset A');
    expect((await step('echo "${A-unset} ${GIVEN-unset} ${HOME-unset}"')).stdout).toBe('unset unset unset\n');
  });

  it('fails closed when the state is missing, damaged or leads nowhere', async () => {
    const state = join(host.stateDir ?? '', 'state');
    const whole = await readFile(state, 'utf8');
    for (const broken of [
      '',
      'export A=1\n',
      "export A='\n",
      whole.slice(0, -2),
      whole.replace('__hp_cwd=', '__hp_cwd=/gone-for-good'),
    ]) {
      await writeFile(state, broken);
      const ran = await step('echo never');
      expect(ran.stdout).toBe('');
      expect(ran.code).not.toBe(0);
    }
    await rm(state);
    expect(await step('echo never')).toMatchObject({ code: 126, stdout: '' });
  });

  it('does not call a step good whose state could not be kept, and keeps a bad status', async () => {
    const breaking = `rm -rf ${host.stateDir ?? ''}`;
    expect(await step(breaking)).toMatchObject({ code: 126 });
    await mkdir(host.stateDir ?? '');
    await writeFile(join(host.stateDir ?? '', 'state'), initialState({}));
    expect(await step(`${breaking}; exit 3`)).toMatchObject({ code: 3 });
  });

  it('bounds the state', async () => {
    const grow =
      'i=0; v=xxxxxxxxxxxxxxxx; while [ $i -lt 12 ]; do v=$v$v; i=$((i+1)); done; export A=$v B=$v C=$v';
    const ran = await step(grow);
    expect(ran.code).toBe(126);
    expect((await step('echo ${A-unset}')).stdout).toBe('unset\n');
  });

  it('runs nothing of a script that did not arrive whole', async () => {
    const exec = encodedExec('echo never', host, true);
    const cuts = [
      exec.replace(/printf %s [^ ]+/, 'printf %s ""'),
      exec.replace(/printf %s [^ ]+/, 'printf %s "!!!!"'),
    ];
    cuts.push(
      exec.replace(/(printf %s )([^ ]+)/, (_all, head: string, body: string) => head + body.slice(0, -20)),
    );
    cuts.push(fileExec(join(root, 'no-such-file'), host));
    for (const cut of cuts) {
      expect(await login(cut)).toMatchObject({ code: 126, stdout: '' });
    }
    expect(await login(exec, '/bin/sh', { PATH: join(root, 'busybox') })).toMatchObject({
      code: 126,
      stdout: '',
    });
  });
});

describe('under bash', () => {
  beforeEach(async () => {
    const stateDir = await mkdtemp(join(root, 'state-'));
    host = hostOf('bash', '/bin/bash', stateDir);
    await writeFile(join(stateDir, 'state'), initialState({}), { mode: 0o600 });
  });

  it('fails a pipeline as a whole; sh does not', async () => {
    expect((await step('false | true')).code).toBe(1);
    host = { ...host, shell: 'sh', shellPath: '/usr/bin/dash', pipefail: false };
    expect((await step('false | true')).code).toBe(0);
  });

  it('keeps the state of a command with an EXIT trap that exits', async () => {
    const ran = await step(
      "cd /usr; trap 'echo bye $?' EXIT; trap - EXIT; trap 'echo again $?; exit 4' EXIT INT; exit 5",
    );
    expect(ran).toMatchObject({ code: 4, stdout: 'again 5\n' });
    expect((await step('pwd')).stdout).toBe('/usr\n');
  });

  it('does not take the state from a subshell with an EXIT trap', async () => {
    const ran = await step("cd /usr; (cd /; trap 'echo inner' EXIT); pwd");
    expect(ran).toMatchObject({ code: 0, stdout: 'inner\n/usr\n' });
    expect((await step('pwd')).stdout).toBe('/usr\n');
  });

  it('carries variables with the names that a script of its own might use', async () => {
    await step(
      'export f=1 n=2 t=3 v=4 p=5; declare -ix NUMBER=6; export ARRAY=7; readonly READ=8; export READ',
    );
    expect((await step('echo $f$n$t$v$p$NUMBER$ARRAY$READ')).stdout).toBe('12345678\n');
  });

  it('takes up the state before, when a command was killed while its own was being written', async () => {
    await step('export A=1');
    await step('export A=2');
    await writeFile(join(host.stateDir ?? '', 'state.1'), '#3\n__hp_cwd=/usr\ndeclare -x A="3"\n__hp_kep');
    expect((await step('echo $A; pwd; export A=4')).stdout).toBe(`2\n${root}\n`);
    expect((await step('echo $A')).stdout).toBe('4\n');
  });

  it('warns of nothing when a here-document ends inside a substitution', async () => {
    const ran = await step('x=$(cat <<EOF\nbody\nEOF\n); echo "$x"; y=$(cat <<EOF\nother\nEOF); echo "$y"');
    expect(ran).toMatchObject({ code: 0, stdout: 'body\nother\n' });
  });

  it('takes extended patterns, arrays and process substitution', async () => {
    const ran = await step('shopt -s extglob\na=(x "y z"); echo "${a[1]}"; echo /@(usr); cat <(echo sub)');
    expect(ran).toMatchObject({ code: 0, stdout: 'y z\n/usr\nsub\n', stderr: '' });
  });

  it('passes on any text that the command prints', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), async (text) => {
        fc.pre(!text.includes('\0'));
        const ran = await step(`printf %s ${quote(text)}`);
        expect(ran).toMatchObject({ code: 0, stdout: text });
      }),
      { numRuns: 25 },
    );
  });

  it('ends with 126 when the host has no base64', async () => {
    const bin = await mkdtemp(join(root, 'bin-'));
    await symlink('/bin/bash', join(bin, 'bash'));
    const ran = await login(encodedExec('echo never', host, true), '/bin/sh', { PATH: bin });
    expect(ran).toMatchObject({ code: 126, stdout: '' });
    expect(ran.stderr).toContain('holdpoint: the command did not arrive whole');
  });
});

it.each(['', '  \n ', 'echo \0', 'x'.repeat(1_000_001)])(
  'refuses a command that cannot be sent',
  (command) => {
    expect(checkCommand(command)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  },
);
