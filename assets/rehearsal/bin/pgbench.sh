#!/bin/sh
# Simulated pgbench against the test system.
tool=pgbench
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
[ "${PGSERVICE:-}" = naksha-test ] || unsupported "pgbench on ${PGSERVICE:-no service}: naksha-test only"
case $* in '-n -S -c 16 -j 4 -T '*' naksha') ;; *) unsupported "pgbench $*" ;; esac
tps=2188.412091
fault perf-database && tps=1311.907215
printf 'scaling factor: 100\nnumber of clients: 16\nlatency average = 7.311 ms\ntps = %s (without initial connection time)\n' "$tps"
