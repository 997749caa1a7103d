/** Tells shell commands from prose where no fence does. When in doubt a line is prose: text is shown, a command is sent. */
import { literal } from '../runbook/template.ts';
import { shellContexts } from '../runbook/shellContext.ts';
import type { SourceLine } from './blocks.ts';

/** First words of a command line that are not words of an English sentence, or that need no option to be one. */
const PROGRAMS = new Set(
  (
    'ansible ansible-playbook apk apt apt-get aws awk az bash bao bconsole bzip2 cat cd chmod chown chronyc cksum conntrack ' +
    'consul cosign cp crictl ctr curl cut date dd df diff dig dnf docker docker-compose du echo env etcdctl etcdutl exit ' +
    'export find flux gcloud getent git gpg grep gunzip gzip helm head host hostname hostnamectl ip iptables journalctl jq ' +
    'kill kubeadm kubectl kustomize ln logger ls lsblk lsof mc mkdir mount mv mysql mysqldump nc netstat nft nginx nmap nslookup ' +
    'oc openssl pg_amcheck pg_basebackup pg_ctl pg_dump pg_dumpall pg_isready pg_restore ping podman printf ps psql pwd python ' +
    'python3 reboot redis-cli restic rm rpm rsync scp sed sftp sh sha256sum skopeo sleep snap source ss ssh ssh-keygen stat su ' +
    'sudo swapoff swapon sync sysctl systemctl systemd-run tail tar tee telnet terraform test timedatectl tmux touch traceroute ' +
    'trivy umask umount unzip useradd vacuumdb vault velero watch wc wget xz yq yum zcat zip zypper createdb dropdb reindexdb'
  ).split(' '),
);
/** Programs whose name is also an English word: they count only with an option, a path or another sign of a shell. */
const ALSO_WORDS = new Set(
  'cat cut date diff echo exit export find head host kill mount mv sleep source stat su sync tail test touch watch env snap split'.split(
    ' ',
  ),
);
const SIGN =
  /(?:^|\s)--?[A-Za-z]|[|<>]|&&|\$[A-Za-z_({]|(?:^|\s)["']?(?:\.{0,2}\/|~\/)[\w.*-]|\\$|=["'$]|(?:^|\s)\S+\.(?:sh|ya?ml|json|tar|gz|sql|pem|crt|key|conf|env)\b/;
const PROSE = /(?:^|\s)(?:the|is|are|was|a|an|and|should|must|will|to be|which|that)(?:\s|$)/i;
/** Most lines one command may be written on. */
const MAX_JOINED = 80;

/** Whether one line, without those before and after, is a shell command. */
export function isCommandLine(text: string): boolean {
  const line = text.trim().replace(/^[$%]\s+/, '');
  const words = line.replace(/^(?:[A-Za-z_]\w*=\S*\s+)+/, '').replace(/^sudo\s+(?:-\S+\s+)*/, '');
  const first = /^[^\s;|&]+/.exec(words)?.[0] ?? '';
  if (first === '' || line.length > 4000) return false;
  if (/^\.{0,2}\/[\w./-]+$/.test(first) && first.length > 1) return true;
  const bare = unquoted(words);
  const sign = SIGN.test(bare);
  if (/[.:!?]$/.test(bare) && PROSE.test(bare) && !sign) return false;
  if (PROGRAMS.has(first)) {
    if (words === first) return !ALSO_WORDS.has(first) && line === text.trim();
    return sign || (!ALSO_WORDS.has(first) && !PROSE.test(bare));
  }
  return (
    /^[a-z][a-z0-9_.-]+$/.test(first) && /\s--?[A-Za-z][\w-]*(?:[\s=]|$)/.test(bare) && !PROSE.test(bare)
  );
}

/** `# …` as a shell writes a comment and Markdown a heading. */
export function isCommentLine(text: string): boolean {
  return /^\s*#(?:\s|$|!)/.test(text);
}

/**
 * The number of lines that the command beginning at `start` is written on: to the end of what is open (a quote, a
 * here-document, a pipe, a backslash). 0 when there is no command.
 */
export function commandLength(lines: readonly SourceLine[], start: number): number {
  const first = lines[start];
  if (first === undefined || !isCommandLine(first.text)) return 0;
  let text = '';
  for (let n = 1; n <= MAX_JOINED; n++) {
    const line = lines[start + n - 1];
    if (line === undefined) break;
    text += `${n === 1 ? '' : '\n'}${line.text}`;
    if (!goesOn(line.text) && shellContexts(literal(text)).open === null) return n;
  }
  return 1;
}

/** Whether these lines are commands and comments, and nothing else. One command at least. */
export function onlyCommands(lines: readonly SourceLine[]): boolean {
  let commands = 0;
  for (let i = 0; i < lines.length;) {
    const line = lines[i];
    const length = commandLength(lines, i);
    if (length > 0) commands++;
    else if (line !== undefined && line.text.trim() !== '' && !isCommentLine(line.text)) return false;
    i += Math.max(1, length);
  }
  return commands > 0;
}

function goesOn(text: string): boolean {
  return /(?:\\|\||&&)\s*$/.test(text) && !isCommentLine(text);
}

function unquoted(text: string): string {
  return text.replace(/'[^']*'|"[^"]*"/g, "''");
}
