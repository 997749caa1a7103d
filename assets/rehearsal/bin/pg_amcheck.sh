#!/bin/sh
# Simulated pg_amcheck, for the databases of Naksha.
tool=pg_amcheck
root=${0%/*}/..
. "$root/lib/platform.sh"
case ${PGSERVICE:-} in mazevault-maintenance | mazevault-test) . "$root/lib/pg-real.sh"; pg_real "$@" ;; esac
case ${PGSERVICE:-} in
  naksha-region-* | naksha-restore) . "$root/lib/naksha-pg.sh"; nk_pg "$@"; exit ;;
  *) unsupported "pg_amcheck $*" ;;
esac
