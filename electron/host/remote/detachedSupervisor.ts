/**
 * The two shell texts that live on the host with a detached command. Pure. They must never start it twice, and write
 * down how it ended only after its output is whole. The files they speak of are listed in detachedScripts.ts.
 *
 * `script` goes on when its output cannot be written, and what it then drops nobody would miss: so the log is written by
 * `cat`, which stops and tells. The command goes on all the same, but its end proves nothing any more.
 */

/**
 * Runs the command and writes down how it ended. A shell folds a signal into an exit status above 128; what tells the
 * two apart is the word it then says on its own standard error.
 */
export const runner = String.raw`
mkdir begun 2>/dev/null || exit 1
. ./facts
hp_d=$PWD
if [ -t 0 ]; then
  stty cols "$hp_cols" rows "$hp_rows" echo 2>/dev/null
  tty >tty
  TERM=xterm-256color; export TERM
fi
[ -s group ] || printf '%s\n' $$ >group
trap : HUP INT QUIT TERM
if [ -s shell ]; then IFS= read -r SHELL <shell; export SHELL; else unset SHELL; fi
IFS= read -r hp_cwd <cwd
cd -- "$hp_cwd" 2>/dev/null || cd /
umask "$hp_umask"
exec 8>&2 2>>"$hp_d/word"
/bin/sh "$hp_d/command"
hp_x=$?
exec 2>/dev/null
umask 077
cd "$hp_d" || exit 1
hp_k=exit; hp_v=$hp_x
if [ "$hp_x" -gt 128 ]; then
  hp_n=$((hp_x - 128)); [ "$hp_x" -le 256 ] || hp_n=$((hp_x - 256))
  hp_n=$(kill -l "$hp_n" 2>/dev/null)
  if [ -n "$hp_n" ] && { [ "$hp_x" -gt 256 ] || [ -s word ] || grep -q -x -e "$hp_n" asked; }; then
    hp_k=signal; hp_v=\${hp_n#SIG}
  fi
fi
until printf '%s %s\n' "$hp_k" "$hp_v" >status.new && mv -f status.new status; do sleep 5; done
`.replaceAll('\\$', '$');

/** Takes the output into the log, to its end even when there is no room for it. */
export const keepLog = 'cat >>log || { rm -f whole; cat >/dev/null; }';

/** Watches over the runner in a session of its own; the last thing it writes is `exit`. Never starts anything twice. */
export const supervisor = String.raw`
cd "\${0%/*}" || exit 1
. ./facts
if [ -e env ]; then . ./env; rm -f env; fi
umask 077
if [ "$hp_way" = tmux ]; then
  hp_i=0
  while [ ! -e piped ] && [ "$hp_i" -lt 100 ]; do sleep 0.1 2>/dev/null || sleep 1; hp_i=$((hp_i + 1)); done
fi
mkdir run 2>/dev/null || exit 0
trap : HUP INT QUIT TERM
hp_keep() { ${keepLog}; } 5>&-
hp_script=none
case $(script --version 2>&1 </dev/null; script --help 2>&1 </dev/null) in
  *util-linux* | *BusyBox*) hp_script=long ;;
  *) if command -v script >/dev/null 2>&1; then
    case $(uname) in *BSD | Darwin | DragonFly) hp_script=bsd ;; esac
  fi ;;
esac
if [ "$hp_way" = tmux ]; then echo tmux; elif [ $hp_script = none ]; then echo none; else echo script; fi >terminal
date +%s >since
printf '%s\n' $$ >pid.new && mv -f pid.new pid || exit 1
exec 5<>in
if [ "$hp_way" = tmux ]; then
  printf '%s\n' $$ >group; : >lone
  /bin/sh ./runner 5>&-
  hp_old=-1; hp_i=0
  while [ "$hp_i" -lt 50 ]; do
    set -- $(LC_ALL=C ls -ln log)
    [ "$5" != "$hp_old" ] || break
    hp_old=$5; hp_i=$((hp_i + 1)); sleep 0.3 2>/dev/null || sleep 1
  done
else
  [ -z "$1" ] || printf '%s started\n' "$1"
  exec </dev/null >/dev/null 2>>errors
  case $hp_script in
    long) SHELL=/bin/sh script -qf -c 'exec /bin/sh ./runner' /dev/null <&5 5>&- | hp_keep ;;
    bsd) script -q /dev/null /bin/sh ./runner <&5 5>&- | hp_keep ;;
  esac
  if [ ! -d begun ]; then
    echo none >terminal
    if command -v setsid >/dev/null 2>&1; then
      setsid /bin/sh ./runner <&5 >>log 2>&1 5>&-
    else
      printf '%s\n' $$ >group; : >lone
      /bin/sh ./runner <&5 >>log 2>&1 5>&-
    fi
  fi
fi
hp_k=broken; hp_v=0
if [ -s status ]; then read -r hp_k hp_v <status
elif grep -q -x KILL asked; then hp_k=signal; hp_v=KILL
fi
[ -e whole ] || { hp_v=$hp_k-$hp_v; hp_k=short; }
set -- $(LC_ALL=C ls -ln log)
until printf '%s %s %s\n' "$hp_k" "$hp_v" "$5" >exit.new && mv -f exit.new exit; do sleep 5; done
`.replaceAll('\\$', '$');
