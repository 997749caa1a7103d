#!/bin/sh
# Simulated smoke test of the application on a restored database.
tool=naksha-smoke
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
[ "$1:$3" = --service:--database ] && [ "$2" = naksha-restore ] || unsupported "naksha-smoke $*"
[ -f "$naksha/restored/$4/rows" ] || die 'naksha-smoke: the database has no tables'
if fault smoke-fails; then echo 'map ok, layer ok, user ok, token FAILED, audit ok'; echo '4 of 5 passed'; exit 1; fi
echo 'map ok, layer ok, user ok, token ok, audit ok'
echo '5 of 5 passed'
