# What the simulated tools share: the platform's state, its lock, and the words for what is not simulated.
# POSIX sh. Each tool sets `tool` and `root` (the folder .platform) and then reads this file.
state=$root/state
# The small programs that are started here need no locale, which is most of what each would read.
LC_ALL=C
export LC_ALL
faults=$root/faults
tab=$(printf '\t')

# Says what the rehearsal does not know and stops: a silent success would be a lie.
unsupported() {
  echo "$tool: not part of this rehearsal: $*" >&2
  echo "$tool: the rehearsal simulates only what its runbooks use; nothing was changed." >&2
  exit 64
}

die() {
  echo "$1" >&2
  exit "${2:-1}"
}

now() { date +%s; }
stamp() { date -u +%Y-%m-%dT%H:%M:%SZ; }
fault() { [ -f "$faults/$1" ]; }

# What takes long to make and is alike in every rehearsal may lie prepared in a folder that several share, as the cases
# of one `holdpoint test` do: whoever makes it first leaves a copy there. $prepared is a link to it, if there is one.
prepared=$root/prepared
is_prepared() { [ -d "$prepared/$1" ]; }

# prepare NAME: true for the one who is to fill the folder $preparing; nobody waits for that.
prepare() {
  preparing=$prepared/$1.making
  [ -d "$prepared" ] && ! is_prepared "$1" && mkdir "$preparing" 2>/dev/null
}

is_now_prepared() { mv "$preparing" "${preparing%.making}"; }

# put FILE TEXT: replaces a state file in one move.
put() {
  printf '%s\n' "$2" >"$1.new.$$" && mv "$1.new.$$" "$1"
}

# value FILE KEY: the value of a `key=value` line.
value() {
  while IFS= read -r pair || [ -n "$pair" ]; do
    case $pair in "$2="*) printf '%s\n' "${pair#*=}" ;; esac
  done <"$1"
}

# version_field VERSION N: field N of the version's line (2 schema, 3 backend, 4 frontend, 5 ocsp digest).
version_field() {
  while IFS="$tab" read -r of schema backend frontend ocsp _; do
    [ "$of" = "$1" ] || continue
    case $2 in 2) echo "$schema" ;; 3) echo "$backend" ;; 4) echo "$frontend" ;; 5) echo "$ocsp" ;; esac
  done <"$state/versions"
}

running_version() { value "$state/running" version; }

set_running() {
  put "$state/running" "version=$1
replicas=$2
started=$(now)"
}

audit() {
  last=$(while IFS="$tab" read -r _ n _; do echo "$n"; done <"$state/audit")
  last=${last##*[!0-9]}
  printf '%s\t%s\tops\t%s\tok\n' "$(stamp)" "$((last + 1))" "$1" >>"$state/audit"
}

# One writer at a time. A lock older than its holder is broken after five seconds.
lock() {
  tries=0
  until mkdir "$root/lock" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -gt 50 ] && break
    sleep 0.1
  done
  trap 'rmdir "$root/lock" 2>/dev/null' EXIT
}

unlock() {
  rmdir "$root/lock" 2>/dev/null
  trap - EXIT
}

# A change of the release goes on by itself once it has been asked for, whoever is still watching. It is written down
# in `pending` and takes effect for everyone at its time.
settle() {
  [ -f "$state/pending" ] || return 0
  lock
  if [ -f "$state/pending" ] && [ "$(now)" -ge "$(value "$state/pending" ready)" ]; then
    apply_pending
  fi
  unlock
}

apply_pending() {
  revision=$(value "$state/pending" revision)
  version=$(value "$state/pending" version)
  case $(value "$state/pending" outcome) in
    deployed)
      mark_releases "$revision" deployed "$(value "$state/pending" description)"
      [ "$(value "$state/pending" migrate)" = yes ] && migrate "$version" f
      set_running "$version" up
      audit "release.$version"
      ;;
    migration-failed)
      mark_releases "$revision" failed "$(value "$state/pending" description)"
      migrate "$version" t
      ;;
    cancelled) mark_releases "$revision" failed "$(value "$state/pending" description)" ;;
  esac
  rm -f "$state/pending"
}

# mark_releases REVISION STATUS DESCRIPTION: the revision gets its status; a deployed one supersedes the others.
mark_releases() {
  awk -F "$tab" -v OFS="$tab" -v r="$1" -v s="$2" -v d="$3" '
    $1 == r { $3 = s; $5 = d }
    $1 != r && s == "deployed" && $3 == "deployed" { $3 = "superseded" }
    { print }' "$state/releases" >"$state/releases.new" && mv "$state/releases.new" "$state/releases"
}

# migrate VERSION DIRTY: brings the live database to the version's schema, never back.
migrate() {
  wanted=$(version_field "$1" 2)
  live=$state/databases/mazevault
  [ "$(cat "$live/schema_version")" -lt "$wanted" ] || return 0
  put "$live/schema_version" "$wanted"
  put "$live/dirty" "$2"
}

# healthy, degraded or down: what the health endpoint would say.
health() {
  [ "$(value "$state/running" replicas)" = up ] || { echo down; return; }
  live=$state/databases/mazevault
  [ -d "$live" ] || { echo down; return; }
  version=$(running_version)
  if [ "$(cat "$live/dirty")" = t ] || [ "$(cat "$live/schema_version")" != "$(version_field "$version" 2)" ]; then
    echo degraded
  elif fault health-degraded && [ "$version" = 1.0.17 ]; then
    echo degraded
  else
    echo healthy
  fi
}

# Share of agents with a fresh heartbeat, in per cent: they come back within seconds after a change.
agents_percent() {
  [ "$(value "$state/running" replicas)" = up ] || { echo 0.0; return; }
  age=$(($(now) - $(value "$state/running" started)))
  if fault agents-missing && [ "$(running_version)" = 1.0.17 ]; then echo 90.0
  elif [ "$age" -lt 1 ]; then echo 82.5
  elif [ "$age" -lt 2 ]; then echo 92.5
  else echo 100.0
  fi
}

# component replicas hash: what the release runs.
workloads() {
  version=$(running_version)
  for line in backend:3:3 frontend:2:4 ocsp:2:5; do
    name=${line%%:*}
    rest=${line#*:}
    digest=$(version_field "$version" "${rest#*:}")
    hash=${digest#sha256:}
    hash=${hash%"${hash#?????????}"}
    count=${rest%%:*}
    [ "$(value "$state/running" replicas)" = up ] || count=0
    printf '%s %s %s %s\n' "$name" "$count" "$hash" "$digest"
  done
}

# component pod digest restarts, one line a pod.
pods() {
  count=0
  fault pods-restart && count=$(($(now) - $(value "$state/running" started)))
  workloads | awk -v restarts="$count" '{
    for (i = 1; i <= $2; i++) {
      suffix = substr("bcdfghjklmnpqrstvwxz2456789", i * 3, 5)
      printf "%s mazevault-%s-%s-%s %s %d\n", $1, $1, $3, suffix, $4, restarts
    }
  }'
}

# A connection to PostgreSQL as libpq would make one: a service of this host, host and password in the pod, or the socket
# in the container of the database.
pg_connect() {
  [ -z "${PG_SOCKET:-}" ] || return 0
  if [ -n "${PGSERVICE:-}" ]; then
    grep -q "^\[$PGSERVICE\]" "${HOME:-/nonexistent}/.pg_service.conf" 2>/dev/null ||
      die "$tool: error: definition of service \"$PGSERVICE\" not found" 2
    return 0
  fi
  if [ -z "${pg_host:-}" ]; then
    die "$tool: error: connection to server on socket \"/var/run/postgresql/.s.PGSQL.5432\" failed: No such file or directory
	Is the server running locally and accepting connections on that socket?" 2
  fi
  [ "$pg_host" = mazevault-db.internal ] ||
    die "$tool: error: could not translate host name \"$pg_host\" to address: Name or service not known" 2
  [ "${PGPASSWORD:-}" = rehearsal ] ||
    die "$tool: error: connection to server at \"$pg_host\" (10.20.4.11), port 5432 failed: fe_sendauth: no password supplied" 2
}

need_database() {
  case $1 in '' | */* | .*) die "$tool: error: invalid database name: \"$1\"" 2 ;; esac
  [ -d "$state/databases/$1" ] ||
    die "$tool: error: connection to server at \"mazevault-db.internal\" (10.20.4.11), port 5432 failed: FATAL:  database \"$1\" does not exist" 2
}
