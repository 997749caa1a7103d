#!/bin/sh
# Simulated ping of the test system.
tool=ping
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
case $* in '-q -c 20 -i 0.2 test.region-b.naksha.example.com') ;; *) unsupported "ping $*" ;; esac
average=18.204; fault perf-network && average=47.881
printf '20 packets transmitted, 20 received, 0%% packet loss, time 3812ms\nrtt min/avg/max/mdev = 17.911/%s/19.044/0.312 ms\n' "$average"
