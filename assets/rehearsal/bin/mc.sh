#!/bin/sh
# Simulated mc (client of S3-like stores): the buckets backup-a/naksha and backup-b/naksha, the second a copy of the first.
tool=mc
root=${0%/*}/..
. "$root/lib/platform.sh"
objects=$state/naksha/objects
all="$*"
json=no command='' first='' second=''
while [ $# -gt 0 ]; do
  case $1 in
    --json) json=yes ;;
    --quiet) ;;
    -*) unsupported "option $1 in: mc $all" ;;
    retention) command='retention '$2; shift ;;
    ls | stat | cp | du) if [ -z "$command" ]; then command=$1; else first=$1; fi ;;
    *) if [ -z "$first" ]; then first=$1; elif [ -z "$second" ]; then second=$1; else unsupported "mc $all"; fi ;;
  esac
  shift
done
case $first in
  backup-a/naksha*) region=a ;;
  backup-b/naksha*) region=b ;;
  *) die "mc: <ERROR> Unable to stat \`$first\`. Bucket \`$first\` does not exist." ;;
esac
iso() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$1" +%Y-%m-%dT%H:%M:%SZ; }
name() { date -u -d "@$1" +naksha-%Y%m%d.dump.enc 2>/dev/null || date -u -r "$1" +naksha-%Y%m%d.dump.enc; }
newest=$(($(now) - 10800))
fault backup-old && newest=$((newest - 144000))
size=$(wc -c <"$objects/naksha.dump.enc" | tr -d ' ')
# One object a day: time, name and hash of the content.
listing() {
  day=0
  while [ "$day" -lt 35 ]; do
    at=$((newest - day * 86400))
    tag=$(name "$at" | cksum | awk '{ printf "%08x%08x", $1, $1 * 31 % 4294967296 }')
    [ "$region" = b ] && fault replica-differs && [ "$day" = 3 ] && tag=00000000deadbeef
    printf '%s %s %s\n' "$(iso "$at")" "$(name "$at")" "$tag"
    day=$((day + 1))
  done
}
case $command:$json in
  ls:yes)
    listing | while read -r at key tag; do
      printf '{"status":"success","type":"file","lastModified":"%s","size":%s,"key":"%s","etag":"%s"}\n' "$at" "$size" "$key" "$tag"
    done ;;
  stat:yes)
    listing | while read -r at key tag; do
      [ "$key" = "${first##*/}" ] || continue
      printf '{"status":"success","name":"%s","lastModified":"%s","size":%s,"etag":"%s","type":"file"}\n' "$key" "$at" "$size" "$tag"
    done ;;
  'retention info:yes')
    mode=COMPLIANCE
    fault lock-missing && mode=
    printf '{"status":"success","urlpath":"%s","mode":"%s","until":"%s"}\n' "$first" "$mode" "$(iso $((newest + 35 * 86400)))" ;;
  du:yes) printf '{"status":"success","prefix":"naksha","size":%s,"objects":35}\n' 412316860416 ;;
  cp:no)
    case $first in
      *.dump.enc) from=$objects/naksha.dump.enc ;;
      *.dump.integrity) from=$objects/naksha.integrity ;;
      *.dump.enc.sha256) from='' ;;
      *) die "mc: <ERROR> Unable to prepare URL for copying. Object does not exist." ;;
    esac
    into=$second
    case $into in */) into=$into${first##*/} ;; esac
    if [ -z "$from" ]; then
      target=${first##*/}
      printf '%s  %s\n' "$(sha256sum "$objects/naksha.dump.enc" | cut -d ' ' -f 1)" "${target%.sha256}" >"$into"
    else
      cp "$from" "$into" || exit 1
      fault object-corrupt && case $first in *.dump.enc) printf 'x' >>"$into" ;; esac
    fi
    printf '%s -> %s\n' "$first" "$into" ;;
  *) unsupported "mc $all" ;;
esac
