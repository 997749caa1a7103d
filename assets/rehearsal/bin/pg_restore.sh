#!/bin/sh
# Simulated pg_restore. As the real one, listing reads the table of contents only: a dump that is cut off later lists
# well and fails when it is restored.
tool=pg_restore
root=${0%/*}/..
. "$root/lib/platform.sh"
case ${PGSERVICE:-} in mazevault-maintenance | mazevault-test) . "$root/lib/pg-real.sh"; pg_real "$@" ;; esac
case ${PGSERVICE:-} in naksha-region-* | naksha-restore) . "$root/lib/naksha-pg.sh"; nk_pg "$@"; exit ;; esac
all="$*"
pg_host='' list=no database='' file=''
while [ $# -gt 0 ]; do
  case $1 in
    --version) echo 'pg_restore (PostgreSQL) 16.10'; exit 0 ;;
    -l | --list) list=yes ;;
    -h | --host) pg_host=$2; shift ;;
    --host=*) pg_host=${1#*=} ;;
    -U | --username | -p | --port | -j | --jobs) shift ;;
    --jobs=* | -j[0-9]*) ;;
    -d | --dbname) database=$2; shift ;;
    --dbname=*) database=${1#*=} ;;
    --exit-on-error | -e | --no-owner | -O | -w | --no-password) ;;
    -*) unsupported "option $1 in: pg_restore $all" ;;
    *) file=$1 ;;
  esac
  shift
done
if [ -z "$file" ]; then
  file=$(mktemp "$root/restore.XXXXXX") || exit 1
  trap 'rm -f "$file"' EXIT
  cat >"$file"
fi
[ -f "$file" ] || die "pg_restore: error: could not open input file \"$file\": No such file or directory"
[ "$(head -c 5 "$file")" = PGDMP ] || die 'pg_restore: error: input file does not appear to be a valid archive'
grep -qx data "$file" || die 'pg_restore: error: could not read from input file: end of file'

if [ "$list" = yes ]; then
  schema=$(sed -n 's/^schema_version=//p;/^toc$/q' "$file")
  printf ';\n; Archive created at 2026-11-21 02:03:11 UTC\n;     dbname: %s\n;     TOC Entries: %s\n;     Compression: gzip\n;     Dump Version: 1.15-0\n;     Format: CUSTOM\n;     Dumped from database version: 16.10\n;     Dumped by pg_dump version: 16.10\n;\n;\n; Selected TOC Entries:\n;\n' \
    "$(sed -n 's/^database=//p;/^toc$/q' "$file")" "$((272 + schema))"
  sed -n '/^toc$/,/^data$/p' "$file" | sed '1d;$d'
  exit 0
fi

[ -n "$database" ] || unsupported 'pg_restore without -d'
settle
pg_connect
need_database "$database"
into=$state/databases/$database
[ ! -s "$into/rows" ] || die 'pg_restore: error: could not execute query: ERROR:  relation "agents" already exists'
[ "$(tail -n 1 "$file")" = 'end of dump' ] || die 'pg_restore: error: could not read from input file: end of file'
sleep 0.5
put "$into/schema_version" "$(sed -n 's/^schema_version=//p;/^toc$/q' "$file")"
put "$into/dirty" "$(sed -n 's/^dirty=//p;/^toc$/q' "$file")"
sed -n 's/^rows=//p;/^toc$/q' "$file" >"$into/rows"
if fault restore-loses-rows; then
  awk -F "$tab" -v OFS="$tab" '$1 == "secrets" { $2 -= 7 } { print }' "$into/rows" >"$into/rows.new" && mv "$into/rows.new" "$into/rows"
fi
