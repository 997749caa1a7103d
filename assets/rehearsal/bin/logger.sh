#!/bin/sh
# Simulated logger: keeps its lines with the platform. What is rehearsed must not reach the log of this computer.
tool=logger
root=${0%/*}/..
. "$root/lib/platform.sh"
all="$*"
tag=$(id -un)
while [ $# -gt 0 ]; do
  case $1 in
    -t | --tag) tag=$2; shift ;;
    --tag=*) tag=${1#*=} ;;
    -p | --priority) shift ;;
    --priority=* | -i | --id) ;;
    --) shift; break ;;
    -*) unsupported "option $1 in: logger $all" ;;
    *) break ;;
  esac
  shift
done
if [ $# -gt 0 ]; then
  printf '%s %s: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$tag" "$*" >>"$state/syslog"
else
  while IFS= read -r line; do
    printf '%s %s: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$tag" "$line" >>"$state/syslog"
  done
fi
