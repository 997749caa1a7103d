#!/bin/sh
# Simulated etcdctl snapshot save.
tool=etcdctl
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
[ "$1 $2" = 'snapshot save' ] && [ $# -eq 3 ] || unsupported "etcdctl $*"
{ echo 'etcd snapshot (rehearsal)'; awk 'BEGIN { for (i = 1; i <= 4211; i++) print "/registry/object/" i }'; } >"$3"
fault snapshot-broken && : >"$3"
echo "Snapshot saved at $3"
