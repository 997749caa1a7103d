#!/bin/sh
# Simulated pg_dump: a file in the custom format's manner, its table of contents first and its data after it.
tool=pg_dump
root=${0%/*}/..
. "$root/lib/platform.sh"
all="$*"
pg_host='' format=plain database='' file=''
while [ $# -gt 0 ]; do
  case $1 in
    --version) echo 'pg_dump (PostgreSQL) 16.10'; exit 0 ;;
    -h | --host) pg_host=$2; shift ;;
    --host=*) pg_host=${1#*=} ;;
    -U | --username | -p | --port) shift ;;
    -d | --dbname) database=$2; shift ;;
    --dbname=*) database=${1#*=} ;;
    -F | --format) format=$2; shift ;;
    -Fc | --format=c | --format=custom) format=c ;;
    -f | --file) file=$2; shift ;;
    --file=*) file=${1#*=} ;;
    -w | --no-password) ;;
    -*) unsupported "option $1 in: pg_dump $all" ;;
    *) database=$1 ;;
  esac
  shift
done
[ "$format" = c ] || unsupported "pg_dump in $format format: the runbooks use -Fc, which can be listed"
[ -z "$file" ] || exec >"$file"
settle
pg_connect
need_database "$database"
from=$state/databases/$database

# One line a catalogue entry, as many as the schema version has.
entries() {
  awk -v schema="$(cat "$from/schema_version")" 'BEGIN {
    total = 272 + schema
    split("TABLE INDEX CONSTRAINT SEQUENCE VIEW TRIGGER", kinds, " ")
    for (i = 1; i <= total; i++)
      printf "%d; 1259 %d %s public object_%d mazevault\n", 200 + i, 16384 + i, kinds[i % 6 + 1], i
  }'
}

# Rows of data: half of them when the dump is to die.
data() {
  awk -v last="$1" 'BEGIN {
    for (i = 1; i <= last; i++)
      printf "%08d\t9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\t2026-11-20 23:5%d:00\tciphertext-%d\n", i, i % 10, i * 7919 % 100003
  }'
}

printf 'PGDMP rehearsal\n'
printf 'database=%s\nschema_version=%s\ndirty=%s\n' "$database" "$(cat "$from/schema_version")" "$(cat "$from/dirty")"
sed 's/^/rows=/' "$from/rows"
echo 'toc'
entries
echo 'data'
if fault dump-fails; then
  data 9000
  echo 'pg_dump: error: Dumping the contents of table "audit_log" failed: PQgetResult() failed.' >&2
  echo 'pg_dump: detail: Error message from server: SSL connection has been closed unexpectedly' >&2
  echo 'pg_dump: detail: Command was: COPY public.audit_log (id, at, actor, action, resource, outcome) TO stdout;' >&2
  exit 1
fi
data 18000
echo 'end of dump'
