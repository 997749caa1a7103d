/** The real peers the tests speak to. On Debian as root they are installed; elsewhere one line says how. */
import { mkdirSync } from 'node:fs';
import { run } from './child.mjs';
import { findProgram } from './desktop.mjs';

const INSTALL_LIMIT_MS = 10 * 60_000;

/** Program: the Debian package that has it. */
const PACKAGES = {
  sshd: 'openssh-server',
  'ssh-keygen': 'openssh-client',
  'ssh-agent': 'openssh-client',
  chromium: 'chromium',
  asciinema: 'asciinema',
  unzip: 'unzip',
  zipinfo: 'unzip',
  openssl: 'openssl',
  perl: 'perl',
  script: 'bsdutils',
  zsh: 'zsh',
  ksh: 'ksh',
  fish: 'fish',
  busybox: 'busybox',
  mksh: 'mksh',
  tmux: 'tmux',
  ip: 'iproute2',
  pdftotext: 'poppler-utils',
  pg_ctlcluster: 'postgresql',
  setpriv: 'util-linux',
};

/** Peers of the measurements: large, and only installed when something is measured. */
const BENCH_PACKAGES = { 'ansible-playbook': 'ansible-core' };

/** The Debian packages whose programs are not here, each once. */
export function missingPackages(find = findProgram, more = []) {
  const wanted = {
    ...PACKAGES,
    ...Object.fromEntries(more.map((name) => [name, BENCH_PACKAGES[name] ?? name])),
  };
  return [
    ...new Set(
      Object.keys(wanted)
        .filter((name) => find(name) === undefined)
        .map((name) => wanted[name]),
    ),
  ];
}

/**
 * Installs what is missing where that is possible; says what is left. Never fails: tests skip what they cannot have.
 * `more`: programs that only this call needs.
 */
export async function ensurePrograms(more = []) {
  const missing = missingPackages(findProgram, more);
  const isRoot = process.getuid?.() === 0;
  if (missing.length > 0 && isRoot && findProgram('apt-get') !== undefined) {
    process.stderr.write(`Installing what the tests need: ${missing.join(' ')} …\n`);
    const options = {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeoutMs: INSTALL_LIMIT_MS,
    };
    await run('apt-get', ['-qq', 'update'], options);
    const install = ['-qq', '-y', '--no-install-recommends', 'install'];
    const { code } = await run('apt-get', [...install, ...missing], options);
    // One package that cannot be had must not cost the others.
    if (code !== 0) for (const one of missing) await run('apt-get', [...install, one], options);
  }
  // sshd wants its separation folder; no init made it in a container.
  if (isRoot && findProgram('sshd') !== undefined) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const left = missingPackages(findProgram, more);
  if (left.length === 0) return;
  process.stderr.write(`Some tests will be skipped. To run them: sudo apt-get install ${left.join(' ')}\n`);
}
