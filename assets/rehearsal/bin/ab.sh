#!/bin/sh
# Simulated ab (ApacheBench).
tool=ab
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
requests=0
while [ $# -gt 0 ]; do
  case $1 in
    -q | -k) ;;
    -n) requests=$2; shift ;;
    -c) shift ;;
    https://test.naksha.example.com/*) ;;
    *) unsupported "ab: $1 (the rehearsal puts load on test.naksha.example.com only)" ;;
  esac
  shift
done
rps=841.22 p95=112 failed=3
fault perf-slow && rps=604.87 p95=231 failed=11
printf 'Complete requests:      %s\nFailed requests:        %s\nRequests per second:    %s [#/sec] (mean)\n\nPercentage of the requests served within a certain time (ms)\n  50%%     58\n  95%%    %s\n 100%%    402 (longest request)\n' \
  "$requests" "$failed" "$rps" "$p95"
