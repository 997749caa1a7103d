#!/bin/sh
# Simulated pluto: objects of removed interfaces.
tool=pluto
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
[ "$1" = detect-all-in-cluster ] || unsupported "pluto $*"
if fault removed-api; then
  echo '{"items":[{"name":"naksha-limits","api":{"version":"flowcontrol.apiserver.k8s.io/v1beta3","kind":"FlowSchema"},"deprecated":true,"removed":true}]}'
else echo '{"items":[]}'; fi
