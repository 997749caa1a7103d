#!/bin/sh
# Simulated fio --output-format=json.
tool=fio
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
file=''
for word in "$@"; do case $word in
  --filename=*) file=${word#*=} ;;
  --name=* | --size=* | --rw=randread | --bs=* | --iodepth=* | --runtime=* | --time_based | --direct=1 | --output-format=json) ;;
  *) unsupported "option $word in: fio" ;;
esac; done
mkdir -p "$(dirname "$file")" && : >"$file" || exit 1
iops=15873.4; fault perf-disk && iops=6120.1
printf '{"fio version":"fio-3.39","jobs":[{"jobname":"naksha","error":0,"read":{"iops":%s,"bw":%s}}]}\n' "$iops" 126987
