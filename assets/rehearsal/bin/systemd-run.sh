#!/bin/sh
# Simulated systemd-run: the timer that writes marker rows during the drill. The first row is written at once.
tool=systemd-run
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
all="$*"
unit='' calendar=''
while [ $# -gt 0 ]; do
  case $1 in
    --user | --quiet | --timer-property=AccuracySec=*) ;;
    --unit=naksha-markers) unit=${1#*=} ;;
    --on-calendar=*) calendar=${1#*=} ;;
    --setenv=PGSERVICE=*) PGSERVICE=${1#*=PGSERVICE=}; export PGSERVICE ;;
    psql) break ;;
    *) unsupported "systemd-run $all" ;;
  esac
  shift
done
[ "$unit:$calendar" = 'naksha-markers:*:*:0/5' ] || unsupported "systemd-run $all"
[ "$(nk markers)" = off ] || die "Failed to start transient timer unit: Unit $unit.timer was already loaded or has a fragment file."
"$@" >/dev/null || exit 1
nk_set markers on
printf 'Running timer as unit: %s.timer\nWill run service as unit: %s.service\n' "$unit" "$unit" >&2
