#!/bin/sh
# Simulated dropdb. The live databases are not dropped in any runbook.
tool=dropdb
root=${0%/*}/..
. "$root/lib/platform.sh"
case ${PGSERVICE:-} in mazevault-maintenance | mazevault-test) . "$root/lib/pg-real.sh"; pg_real "$@" ;; esac
case ${PGSERVICE:-} in naksha-region-* | naksha-restore) . "$root/lib/naksha-pg.sh"; nk_pg "$@"; exit ;; esac
all="$*"
pg_host='' name='' missing=no
while [ $# -gt 0 ]; do
  case $1 in
    -h | --host | -U | --username | -p | --port) shift ;;
    -w | --no-password) ;;
    --if-exists) missing=ok ;;
    -*) unsupported "option $1 in: dropdb $all" ;;
    *) name=$1 ;;
  esac
  shift
done
pg_connect
case $name in
  *_scratch | *_restore) ;;
  *) unsupported "dropdb $all" ;;
esac
[ -d "$state/databases/$name" ] || [ "$missing" = no ] || exit 0
[ -d "$state/databases/$name" ] ||
  die "dropdb: error: database removal failed: ERROR:  database \"$name\" does not exist"
rm -r "${state:?}/databases/$name"
