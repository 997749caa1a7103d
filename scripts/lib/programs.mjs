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
};

/** The Debian packages whose programs are not here, each once. */
export function missingPackages(find = findProgram) {
  return [
    ...new Set(
      Object.keys(PACKAGES)
        .filter((name) => find(name) === undefined)
        .map((name) => PACKAGES[name]),
    ),
  ];
}

/** Installs what is missing where that is possible; says what is left. Never fails: tests skip what they cannot have. */
export async function ensurePrograms() {
  const missing = missingPackages();
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
  const left = missingPackages();
  if (left.length === 0) return;
  process.stderr.write(`Some tests will be skipped. To run them: sudo apt-get install ${left.join(' ')}\n`);
}
