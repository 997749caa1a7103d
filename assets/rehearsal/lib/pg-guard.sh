# Ends the PostgreSQL of a rehearsal when its home is gone or made anew, however that came about. Started once for each
# cluster; ends with it. $1 a file of the home, $2 pg_ctl, $3 the folder of the cluster, $4 the user it runs as.
set -u
# Asked often: without starting a program. A home that was made anew has another guard.
[ -f "$1" ] && echo $$ >"$1.guard"
here() { IFS= read -r guard <"$1.guard" && [ "$guard" = $$ ]; }
while here "$1"; do sleep 0.5; done
cd "$3" || exit 0
if [ "$(id -u)" = 0 ]; then
  setpriv --reuid="$4" --regid="$(id -g "$4")" --clear-groups "$2" -D "$3/data" -m immediate -w -t 10 stop
else
  "$2" -D "$3/data" -m immediate -w -t 10 stop
fi
cd /
case $3 in /tmp/holdpoint-pg.*) rm -rf -- "$3" ;; esac
