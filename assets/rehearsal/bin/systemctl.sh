#!/bin/sh
# Simulated systemctl: the timer that writes marker rows.
tool=systemctl
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
case $* in
  '--user is-active naksha-markers.timer') [ "$(nk markers)" = on ] && echo active || { echo inactive; exit 3; } ;;
  '--user stop naksha-markers.timer') nk_set markers off ;;
  *) unsupported "systemctl $*" ;;
esac
