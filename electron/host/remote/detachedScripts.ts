/**
 * The shell texts of detached commands. Pure. They need a POSIX shell and its usual tools, nothing else. Folder of a
 * job on its host, mode 0700:
 *
 *   command   the wrapped command            run/      made by whoever may start it: once for ever
 *   facts     size, umask, way               begun/    made right before the command
 *   boot      boot id of the host            pid       the supervisor
 *   in        fifo: standard input           group     process group of the command
 *   log       output                         asked     signals that were asked for
 *   whole     there as long as the log has all of the output
 *   status    end as the runner saw it       exit      the same with the size of the log: written last, renamed
 */
import { keepLog, runner, supervisor } from './detachedSupervisor.ts';
import { quote } from './quote.ts';
import { signalGroup } from './signalGroup.ts';

/**
 * What every script begins with: where a job is. Only folders of our own that are no links count. They are entered before
 * they are judged: between two looks at a name, others could put something else under it.
 */
function findJob(id: string): string {
  return [
    `hp_j=${quote(id)}`,
    'hp_bases() { hp_b=/var/tmp; "$@" && return; hp_b=$HOME; "$@" && return; hp_b=/tmp; "$@" && return; hp_b=; return 1; }',
    'hp_ours() {',
    '  hp_y=$(cd -P "${1%/*}/" 2>/dev/null && pwd -P) || return 1',
    '  [ "$(cd -P "$1" 2>/dev/null && [ -O . ] && pwd -P)" = "${hp_y%/}/${1##*/}" ]',
    '}',
    'hp_here() {',
    '  case $hp_b in /*) ;; *) return 1 ;; esac',
    '  hp_d=${hp_b%/}/holdpoint-$hp_j',
    '  if hp_ours "$hp_d"; then return 0; fi',
    '  [ -d "$hp_d" ] || [ -L "$hp_d" ] || return 1',
    // It may have been made between the two looks, by a start that is asked for at the same time.
    '  if hp_ours "$hp_d"; then return 0; fi',
    '  hp_foreign=$hp_d',
    '  return 1',
    '}',
    'hp_find() { hp_d=; hp_foreign=; hp_bases hp_here || { hp_d=; return 1; }; }',
    'hp_nap() { sleep 0.1 2>/dev/null || sleep 1; }',
    'hp_boot() {',
    '  cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.bootsessionuuid 2>/dev/null ||',
    '    sysctl -n kern.boottime 2>/dev/null || echo unknown',
    '}',
    'hp_size() { set -- $(LC_ALL=C ls -ln log); hp_s=$5; }',
    // A number can belong to another process by now: where /proc tells, its command line must be ours.
    'hp_alive() {',
    '  [ -s pid ] && read -r hp_p <pid && kill -0 "$hp_p" 2>/dev/null || return 1',
    '  [ ! -r "/proc/$hp_p/cmdline" ] || grep -q -e "$hp_j" "/proc/$hp_p/cmdline" 2>/dev/null',
    '}',
  ].join('\n');
}

export interface StartScript {
  readonly id: string;
  readonly nonce: string;
  readonly detacher: string;
  readonly cols: number;
  readonly rows: number;
}

/**
 * Takes the wrapped command from standard input, claims the job by making its folder, and becomes the supervisor, not
 * by `&`: a shell without job control would have the command ignore ^C. Answers `NONCE started|there|…` on stdout.
 */
export function startScript(options: StartScript): string {
  return [
    findJob(options.id),
    `hp_n=${options.nonce} hp_way=${options.detacher} hp_cols=${String(options.cols)} hp_rows=${String(options.rows)}`,
    String.raw`
hp_say() { printf '%s %s\n' "$hp_n" "$*"; exit 0; }
hp_usable() {
  case $hp_b in /*) ;; *) return 1 ;; esac
  [ -d "$hp_b" ] && [ -w "$hp_b" ] && { [ -O "$hp_b" ] || [ -k "$hp_b" ]; }
}
hp_t=$(cat)
case $hp_t in *'#whole') ;; *) hp_say cut ;; esac
if hp_find; then hp_say there; fi
[ -z "$hp_foreign" ] || hp_say foreign "$hp_foreign"
hp_bases hp_usable || hp_say no-place
case $hp_way in
  tmux) command -v tmux >/dev/null 2>&1 || hp_say missing tmux is not installed there ;;
  systemd-run)
    command -v systemd-run >/dev/null 2>&1 || hp_say missing systemd-run is not installed there
    [ -d /run/systemd/system ] || hp_say missing the host is not run by systemd
    hp_m=--system
    if [ "$(id -u)" != 0 ]; then
      hp_m=--user
      [ -e "/var/lib/systemd/linger/$(id -un)" ] ||
        hp_say missing the account does not linger: its units end at logout "(loginctl enable-linger)"
    fi ;;
esac
hp_umask=$(umask)
umask 077
hp_cwd=$PWD
hp_d=\${hp_b%/}/holdpoint-$hp_j
if hp_e=$(mkdir "$hp_d" 2>&1); then :; elif hp_find; then hp_say there; else hp_say no-room $hp_e; fi
hp_fill() {
  cd "$hp_d" && mkfifo in && : >log && : >whole && : >word && : >asked && : >errors && hp_boot >boot &&
  printf '%s\n' "$hp_cwd" >cwd && printf '%s' "$SHELL" >shell && { [ -z "$SHELL" ] || echo >>shell; } &&
  printf '%s\n' "hp_way=$hp_way hp_cols=$hp_cols hp_rows=$hp_rows hp_umask=$hp_umask" >facts &&
  { [ "$hp_way" = shell ] || export -p >env; } &&
  cat >runner <<'HOLDPOINT_END' && cat >supervisor <<'HOLDPOINT_END' && cat >command <<HOLDPOINT_END`.replaceAll(
      '\\$',
      '$',
    ),
    `${runner}\nHOLDPOINT_END`,
    `${supervisor}\nHOLDPOINT_END`,
    // Redirected here, not by the runner: dash would put the runner's own word there too.
    String.raw`exec 2>&8 8>&-
printf '%s\n' \$\$ >"\${0%/*}/leader"
$hp_t
HOLDPOINT_END
}
if hp_e=$(hp_fill 2>&1); then cd "$hp_d"; else rm -rf -- "$hp_d"; hp_say no-room $hp_e; fi
case $hp_way in
  shell)
    if command -v setsid >/dev/null 2>&1; then exec setsid /bin/sh "$hp_d/supervisor" "$hp_n"; fi
    exec /bin/sh "$hp_d/supervisor" "$hp_n" ;;
  tmux)
    hp_e=$(tmux -S "$hp_d/tmux" -f /dev/null new-session -d -s job -x "$hp_cols" -y "$hp_rows" "exec /bin/sh '$hp_d/supervisor'" 2>&1) &&
      tmux -S "$hp_d/tmux" set-option -g status off &&
      tmux -S "$hp_d/tmux" pipe-pane -t job "cd '$hp_d' && { KEEP_LOG; }" && : >piped ;;
  systemd-run)
    hp_e=$(systemd-run "$hp_m" --unit="holdpoint-$hp_j" --collect --quiet -p KillMode=process \
      -p StandardOutput=null -p StandardError=null /bin/sh "$hp_d/supervisor" '' 2>&1) ;;
esac
hp_i=0
while [ ! -e pid ] && [ "$hp_i" -lt 100 ]; do hp_nap; hp_i=$((hp_i + 1)); done
if [ ! -e pid ] && mkdir run 2>/dev/null; then
  [ "$hp_way" != tmux ] || tmux -S "$hp_d/tmux" kill-server 2>/dev/null
  cd / && rm -rf -- "$hp_d"
  hp_say missing $hp_way could not start it: $hp_e
fi
hp_say started`.replace('KEEP_LOG', keepLog),
  ].join('\n');
}

/**
 * Sends the log from a byte on, once and in order: everything is read through one open file, whose place is kept by the
 * kernel. On stderr: `NONCE head …`, then `NONCE end KIND VALUE PLACE` or `NONCE gone REASON`. Standard input goes to
 * the command; when it ends, so does the following.
 */
export function followScript(id: string, nonce: string, fromByte: number, upSince: number | null): string {
  return [
    findJob(id),
    `hp_n=${nonce} hp_from=${String(fromByte)} hp_ago=${upSince === null ? '' : String(upSince)}`,
    String.raw`
hp_say() { printf '%s %s\n' "$hp_n" "$*" >&2; }
umask 077
if ! hp_find; then
  hp_up=
  if [ -r /proc/uptime ]; then read -r hp_up hp_x </proc/uptime; hp_up=\${hp_up%%.*}; fi
  [ -z "$hp_foreign" ] || hp_say note "$hp_foreign belongs to somebody else"
  if [ -n "$hp_ago" ] && [ -n "$hp_up" ] && [ "$hp_up" -lt "$hp_ago" ]; then hp_say gone rebooted; else hp_say gone no-trace; fi
  exit 0
fi
cd "$hp_d" || exit 1
hp_i=0
while [ ! -e pid ] && [ "$hp_i" -lt 100 ]; do
  hp_nap; hp_i=$((hp_i + 1))
done
if [ ! -e pid ]; then
  if mkdir run 2>/dev/null || [ ! -d begun ]; then hp_say gone never-started; exit 0; fi
fi
read -r hp_pid <pid
. ./facts
hp_term=none
[ ! -s terminal ] || read -r hp_term <terminal
hp_say head "$hp_way" "$hp_term" "\${hp_pid:-0}"
exec 3<log
hp_size
if [ "$hp_from" -gt "$hp_s" ]; then hp_say gone short "$hp_s"; exit 0; fi
dd bs=1048576 skip=$((hp_from / 1048576)) count=0 <&3 >/dev/null 2>&1
dd bs=1 skip=$((hp_from % 1048576)) count=0 <&3 >/dev/null 2>&1
printf '%s\n' "$hp_n"
exec 4<&0
if [ "$hp_way" = tmux ]; then
  while IFS= read -r hp_l; do tmux -S "$hp_d/tmux" send-keys -t job -H $hp_l 2>/dev/null; done <&4 3<&- &
else
  cat <&4 1<>in 3<&- 2>/dev/null &
fi
hp_r=$!
trap 'kill $hp_r 2>/dev/null' EXIT
trap 'exit 1' HUP INT TERM
hp_at=$hp_from hp_i=0 hp_dead=
while :; do
  hp_end=
  if [ -e exit ]; then read -r hp_end hp_v hp_s <exit; else hp_size; fi
  while [ "$hp_at" -lt "$hp_s" ]; do
    hp_c=$((hp_s - hp_at)); [ "$hp_c" -le 1048576 ] || hp_c=1048576
    dd bs="$hp_c" count=1 <&3 2>/dev/null || exit 1
    hp_at=$((hp_at + hp_c))
  done
  if [ -n "$hp_end" ]; then
    if [ "$hp_s" -lt "$hp_from" ]; then hp_say gone short "$hp_s"; else hp_say end "$hp_end" "$hp_v" "$hp_at"; fi
    exit 0
  fi
  if [ -n "$hp_dead" ]; then hp_say gone "$hp_dead" "$hp_at"; exit 0; fi
  kill -0 "$hp_r" 2>/dev/null || exit 1
  if [ $((hp_i % 50)) = 0 ] || ! kill -0 "$hp_pid" 2>/dev/null; then
    if ! hp_alive && [ ! -e exit ]; then
      hp_dead=died
      [ "$(hp_boot)" = "$(cat boot)" ] || hp_dead=rebooted
      [ -d begun ] || hp_dead=never-started
      continue
    fi
    [ ! -e exit ] || continue
  fi
  hp_i=$((hp_i + 1))
  if [ "$hp_i" -lt 100 ]; then hp_nap; else sleep 0.3 2>/dev/null || sleep 1; fi
done`.replaceAll('\\$', '$'),
  ].join('\n');
}

/** Signals the command's process group, and notes it first: a shell alone cannot always tell a signal's end. */
export function signalScript(id: string, name: 'INT' | 'TERM' | 'KILL'): string {
  return `${findJob(id)}
hp_find && cd "$hp_d" && [ ! -e exit ] && hp_alive || exit 3
echo ${name} >>asked
if [ ${name} = KILL ] && [ -e lone ]; then read -r hp_g <leader && kill -s KILL "$hp_g"
else read -r hp_g <group && { ${signalGroup(name, '"$hp_g"')}; }
fi`;
}

/** Tells the command's terminal another size. */
export function resizeScript(id: string, cols: number, rows: number): string {
  const [c, r] = [String(cols), String(rows)];
  return `${findJob(id)}
hp_find && cd "$hp_d" && [ ! -e exit ] || exit 3
if [ -e tmux ]; then tmux -S ./tmux resize-window -t job -x ${c} -y ${r}
elif [ -s tty ]; then IFS= read -r hp_t <tty; stty cols ${c} rows ${r} <"$hp_t"; fi`;
}

/**
 * Removes the folder of a job that has ended; answers `removed`, `none` or `running`. A command whose watcher was killed
 * may still be at work: its log is all that there will be of it.
 */
export function removeScript(id: string): string {
  return `${findJob(id)}
hp_find || { echo none; exit 0; }
cd "$hp_d" || exit 1
if [ ! -e exit ] && [ "$(hp_boot)" = "$(cat boot)" ]; then
  if hp_alive; then echo running; exit 0; fi
  if [ ! -e exit ] && [ -s group ] && read -r hp_g <group && kill -0 "$hp_g" 2>/dev/null &&
    { [ ! -r "/proc/$hp_g/cmdline" ] || grep -q -e runner "/proc/$hp_g/cmdline" 2>/dev/null; }; then
    echo running; exit 0
  fi
  if [ ! -e exit ] && [ ! -e pid ] && ! mkdir run 2>/dev/null && [ -d begun ]; then echo running; exit 0; fi
fi
[ ! -e tmux ] || tmux -S ./tmux kill-server 2>/dev/null
cd / && rm -rf -- "$hp_d" && echo removed`;
}

/** One line a job: id, state, bytes. */
export function listScript(runId: string): string {
  return `${findJob('')}
hp_one() {
  for hp_d in "\${hp_b%/}/holdpoint-"${quote(runId)}-*; do
    hp_ours "$hp_d" && cd "$hp_d" || continue
    hp_j=\${hp_d##*/holdpoint-}
    hp_s=0; [ ! -e log ] || hp_size
    if [ -e exit ]; then hp_k=ended; elif hp_alive; then hp_k=running
    elif [ "$(hp_boot)" != "$(cat boot 2>/dev/null)" ]; then hp_k=rebooted
    elif [ ! -d begun ]; then hp_k=never-started; elif [ -e exit ]; then hp_k=ended; else hp_k=died; fi
    echo "job $hp_j $hp_k $hp_s"
  done
  return 1
}
hp_bases hp_one; echo whole`;
}
