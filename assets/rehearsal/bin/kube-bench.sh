#!/bin/sh
# Simulated kube-bench run --json.
tool=kube-bench
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
[ "$*" = 'run --json' ] || unsupported "kube-bench $*"
failed=0; fault benchmark-fails && failed=3
printf '{"Controls":[{"id":"1","text":"Control plane"}],"Totals":{"total_pass":71,"total_fail":%s,"total_warn":9,"total_info":0}}\n' "$failed"
