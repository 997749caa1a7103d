#!/bin/sh
# Simulated chronyc: `chronyc -c [-h HOST] tracking`, one line of comma-separated values.
tool=chronyc
root=${0%/*}/..
. "$root/lib/platform.sh"
all="$*"
host=localhost csv=no command=''
while [ $# -gt 0 ]; do
  case $1 in
    -c) csv=yes ;;
    -h) host=$2; shift ;;
    -*) unsupported "option $1 in: chronyc $all" ;;
    *) command=$1 ;;
  esac
  shift
done
[ "$csv:$command" = yes:tracking ] || unsupported "chronyc $all"
offset=0.000214118
fault clock-skew && case $host in *region-b*) offset=-2.418003771 ;; esac
printf 'C0A80A01,ntp1.example.com,2,%s.120000000,%s,0.000031220,0.000118400,-12.442,0.003,0.041,0.012004512,0.000841200,64.6,Normal\n' \
  "$(now)" "$offset"
