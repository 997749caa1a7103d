#!/bin/sh
# Simulated etcdutl snapshot status.
tool=etcdutl
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
[ "$1 $2 $4 $5" = 'snapshot status -w json' ] || unsupported "etcdutl $*"
[ "$(head -n 1 "$3" 2>/dev/null)" = 'etcd snapshot (rehearsal)' ] || die 'Error: snapshot file integrity check failed'
printf '{"hash":%s,"revision":918221,"totalKey":%s,"totalSize":%s}\n' "$(cksum <"$3" | cut -d ' ' -f 1)" "$(($(wc -l <"$3") - 1))" "$(wc -c <"$3" | tr -d ' ')"
