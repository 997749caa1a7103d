#!/bin/sh
# Simulated psql: answers the statements that the runbooks send, one at a time, and no others.
tool=psql
root=${0%/*}/..
. "$root/lib/platform.sh"
case ${PGSERVICE:-} in mazevault-maintenance | mazevault-test) . "$root/lib/pg-real.sh"; pg_real "$@" ;; esac
case ${PGSERVICE:-} in naksha-region-* | naksha-restore | naksha-test) . "$root/lib/naksha-pg.sh"; nk_pg "$@"; exit ;; esac
all="$*"
case ${PGSERVICE:-} in orders-* | postgres-*) . "$root/lib/dual-roles.sh"; dual_roles "$@"; exit ;; esac
pg_host='' database='' statement='' second='' single=no heartbeat='' canary=''
statement_from() {
  if [ -z "$statement" ]; then statement=$1
  elif [ -z "$second" ]; then second=$1
  else unsupported 'psql with more than two statements'
  fi
}
while [ $# -gt 0 ]; do
  case $1 in
    --version) echo 'psql (PostgreSQL) 16.10'; exit 0 ;;
    -h | --host) pg_host=$2; shift ;;
    --host=*) pg_host=${1#*=} ;;
    -v | --set | --variable)
      case $2 in
        heartbeat=*) heartbeat=${2#*=} ;;
        canary=*) canary=${2#*=} ;;
      esac
      shift ;;
    -U | --username | -p | --port | -F) shift ;;
    -d | --dbname) database=$2; shift ;;
    --dbname=*) database=${1#*=} ;;
    -c | --command) statement_from "$2"; shift ;;
    --command=*) statement_from "${1#*=}" ;;
    -1 | --single-transaction) single=yes ;;
    -X | -A | -t | -q | -w | -XAt | -XAtq | -At | -Atq | -XAtw | -XAtqw | --no-psqlrc | --no-password) ;;
    -*) unsupported "option $1 in: psql $all" ;;
    *) database=$1 ;;
  esac
  shift
done
if [ -z "$statement" ]; then
  [ ! -t 0 ] || unsupported 'psql at a prompt'
  statement=$(cat)
  [ -n "$statement" ] || unsupported 'psql without a statement'
fi
settle
pg_connect
need_database "$database"
here=$state/databases/$database
# One space between words, no semicolon at the end.
plain_sql() {
  printf '%s' "$1" | tr -s ' \n\t' ' ' | sed -e 's/^ //' -e 's/ *; *$//' -e 's/ $//'
}

failed() { die "ERROR:  $1"; }

need_table() {
  grep -q "^$1$tab" "$here/rows" || failed "relation \"$1\" does not exist"
}

# check_rename OLD NEW: what PostgreSQL would object to.
check_rename() {
  [ -n "$1" ] && [ -n "$2" ] || failed 'syntax error at or near "RENAME"'
  [ "$database" != "$1" ] || failed 'current database cannot be renamed'
  [ -d "$state/databases/$1" ] || failed "database \"$1\" does not exist"
  [ ! -d "$state/databases/$2" ] || failed "database \"$2\" already exists"
  if [ "$1" = mazevault ] && [ "$(value "$state/running" replicas)" = up ]; then
    echo "ERROR:  database \"$1\" is being accessed by other users" >&2
    die 'DETAIL:  There are 12 other sessions using the database.'
  fi
}

# renamed SQL N: the old (1) or new (2) name in `ALTER DATABASE … RENAME TO …`.
renamed() {
  printf '%s' "$1" | sed -n "s/^ALTER DATABASE $word RENAME TO $word\$/\\$2/p"
}

rename() {
  old=$(renamed "$1" 1)
  new=$(renamed "$1" 2)
  check_rename "$old" "$new"
  mv "$state/databases/$old" "$state/databases/$new"
}

# Two renames in one transaction: both or none.
swap() {
  rename "$1"
  undo_old=$old undo_new=$new
  if ! (rename "$2"); then
    mv "$state/databases/$undo_new" "$state/databases/$undo_old"
    exit 1
  fi
  printf 'ALTER DATABASE\nALTER DATABASE\n'
}

sessions() {
  [ "$1" = mazevault ] && [ "$(value "$state/running" replicas)" = up ] && { echo 12; return; }
  echo 0
}

# A name in SQL: plain, or in double quotes.
word='"\{0,1\}\([a-z_][a-z0-9_]*\)"\{0,1\}'
plain=$(plain_sql "$statement")
if [ -n "$second" ]; then
  [ "$single" = yes ] || unsupported 'psql with two statements and without --single-transaction'
  other=$(plain_sql "$second")
  case "$plain/$other" in
    'ALTER DATABASE '*/'ALTER DATABASE '*) swap "$plain" "$other" ;;
    *) unsupported "these SQL statements: $plain; $other" ;;
  esac
  exit 0
fi
case $plain in
  'SELECT system_identifier FROM pg_control_system()')
    if [ "${PGSERVICE:-}" = mazevault-scratch ]; then echo 7401167733509218804; else echo 7312845990127364521; fi ;;
  "SELECT json_build_object('version', version, 'dirty', dirty) FROM schema_migrations")
    need_table schema_migrations
    case $(cat "$here/dirty") in t) dirty=true ;; *) dirty=false ;; esac
    printf '{"version" : %s, "dirty" : %s}\n' "$(cat "$here/schema_version")" "$dirty" ;;
  "SELECT round(100.0 * count(*) FILTER (WHERE last_heartbeat > now() - interval '5 minutes') / count(*), 1) FROM agents")
    need_table agents
    agents_percent ;;
  "SELECT round(100.0 * count(*) FILTER (WHERE last_heartbeat > now() - 2 * interval :'heartbeat') / nullif(count(*), 0), 1) FROM agents")
    need_table agents
    case $heartbeat in
      *[0-9]s | *[0-9]m | *[0-9]h) ;;
      *) failed "invalid input syntax for type interval: \"$heartbeat\"" ;;
    esac
    agents_percent ;;
  "SELECT coalesce(max(id), 0) FROM audit_log WHERE action = 'secret.read' AND resource = :'canary' AND at > now() - interval '10 minutes'")
    need_table audit_log
    [ -n "$canary" ] || failed 'syntax error at or near ":"'
    awk -F "$tab" '$4 == "secret.read" { last = $2 } END { print last + 0 }' "$state/audit" ;;
  'SELECT count(*) FROM secrets')
    need_table secrets
    awk -F "$tab" '$1 == "secrets" { print $2 }' "$here/rows" ;;
  "SELECT count(*) FROM pg_stat_activity WHERE datname = '"*"'")
    sessions "$(printf '%s' "$plain" | sed "s/.*datname = '\(.*\)'\$/\1/")" ;;
  'ALTER DATABASE '*)
    rename "$plain"
    echo 'ALTER DATABASE' ;;
  'SELECT datname FROM pg_database ORDER BY datname') ls "$state/databases" ;;
  "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") grep -c . "$here/rows" || : ;;
  "SELECT count(*) FROM pg_database WHERE datname = '"*"'")
    named=$(printf '%s' "$plain" | sed "s/.*datname = '\(.*\)'\$/\1/")
    if [ -d "$state/databases/$named" ]; then echo 1; else echo 0; fi ;;
  "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '"*"'")
    named=$(printf '%s' "$plain" | sed "s/.*datname = '\(.*\)'\$/\1/")
    if [ -f "$state/databases/$named/comment" ]; then cat "$state/databases/$named/comment"; elif [ -d "$state/databases/$named" ]; then echo; fi ;;
  'COMMENT ON DATABASE "'*'" IS '"'"*"'")
    named=$(printf '%s' "$plain" | sed 's/^COMMENT ON DATABASE "\([^"]*\)" IS .*/\1/')
    [ -d "$state/databases/$named" ] || failed "database \"$named\" does not exist"
    printf '%s\n' "$plain" | sed "s/.* IS '\(.*\)'\$/\1/" >"$state/databases/$named/comment"
    echo COMMENT ;;
  *) unsupported "this SQL statement: $plain" ;;
esac
