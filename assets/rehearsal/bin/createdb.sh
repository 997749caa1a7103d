#!/bin/sh
# Simulated createdb.
tool=createdb
root=${0%/*}/..
. "$root/lib/platform.sh"
case ${PGSERVICE:-} in mazevault-maintenance | mazevault-test) . "$root/lib/pg-real.sh"; pg_real "$@" ;; esac
case ${PGSERVICE:-} in naksha-region-* | naksha-restore) . "$root/lib/naksha-pg.sh"; nk_pg "$@"; exit ;; esac
all="$*"
pg_host='' name=''
while [ $# -gt 0 ]; do
  case $1 in
    -h | --host) pg_host=$2; shift ;;
    --host=*) pg_host=${1#*=} ;;
    -T | --template | -O | --owner | -U | --username | -p | --port) shift ;;
    --template=* | --owner=* | -w | --no-password) ;;
    -*) unsupported "option $1 in: createdb $all" ;;
    *) name=$1 ;;
  esac
  shift
done
pg_connect
case $name in
  '' | */* | .*) die "createdb: error: invalid database name: \"$name\"" ;;
esac
[ ! -d "$state/databases/$name" ] ||
  die "createdb: error: database creation failed: ERROR:  database \"$name\" already exists"
mkdir "$state/databases/$name"
put "$state/databases/$name/schema_version" 0
put "$state/databases/$name/dirty" f
: >"$state/databases/$name/rows"
