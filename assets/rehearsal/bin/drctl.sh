#!/bin/sh
# Simulated drill tool of Naksha: fails, fences and routes regions, and runs the write probe from outside.
tool=drctl
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
all="$*"
region=''
command=${1:-} sub=''
[ $# -gt 0 ] && shift
case ${1:-} in '' | -*) ;; *) sub=$1; shift ;; esac
while [ $# -gt 0 ]; do
  case $1 in
    --region) region=${2##*-}; shift ;;
    --every | --log) shift ;;
    *) unsupported "drctl $all" ;;
  esac
  shift
done
case $command:$sub in probe:* | status: | audit:verify | notice:*) ;; *)
  case $region in a | b) ;; *) die "drctl: there is no region \"$region\" here" 2 ;; esac ;;
esac

case $command:$sub in
  status:)
    for one in a b; do
      printf 'region-%s up=%s fence=%s role=%s\n' "$one" "$(nk "up-$one")" "$(nk "fence-$one")" "$(nk "role-$one")"
    done
    printf 'route region-%s\nfrozen %s\nprobe %s\n' "$(nk route)" "$(nk frozen)" "$(nk probe)"
    for one in t_fail t_freeze; do [ ! -f "$naksha/$one" ] || printf '%s %s\n' "$one" "$(nk_iso "$(nk "$one")")"; done ;;
  probe:start)
    mkdir -p "${HOME:?}/drill"
    : >"$naksha/probe.log"
    nk_set probe on
    at=$(nk_now)
    nk_at $((at + 20))
    nk_probe $((at)) $((at + 20)) ok
    echo 'write probe: on, every 5 s' ;;
  probe:stop) nk_set probe off; echo 'write probe: off' ;;
  probe:status) printf 'write probe: %s\n' "$(nk probe)" ;;
  fail:)
    [ "$(nk probe)" = on ] || die 'drctl: refused: no write probe runs, nothing could be measured'
    [ "$(nk markers)" = on ] || die 'drctl: refused: no marker rows are written, nothing could be measured'
    [ "$(nk "role-$region")" = primary ] || die "drctl: refused: region-$region is not the primary"
    # Ten steady minutes are skipped, then the region is cut off.
    at=$(($(nk_now) + 600))
    nk_at "$at"
    nk_set t_fail "$at"
    nk_set up-a no
    rto=$(nk_delay rto) rpo=$(nk_delay rpo)
    nk_probe $((at - 595)) $((at - (5 - rto % 5) % 5 - (rto % 5 ? 0 : 5))) ok
    nk_markers $((at - 600)) $((at - rpo)) 1 >"$naksha/markers-b"
    printf 'region-%s is cut off\n' "$region" ;;
  fence:)
    if fault fence-leaks; then nk_set "fence-$region" leaking; else nk_set "fence-$region" closed; fi
    printf 'region-%s fenced: database stopped, storage detached, routes withdrawn\n' "$region" ;;
  fence:check)
    # Tries a write at the region's own address, past the public route.
    case $(nk "fence-$region") in
      closed) printf 'region-%s: write refused\n' "$region" ;;
      *) printf 'region-%s: write ACCEPTED\n' "$region"; exit 1 ;;
    esac ;;
  route:)
    nk_writable "$region" || die "drctl: refused: region-$region does not take writes"
    [ "$(nk route)" != "$region" ] || { echo "route: region-$region"; exit 0; }
    nk_set route "$region"
    if [ "$(nk frozen)" = yes ]; then
      from=$(nk t_freeze) took=$(nk_delay failback)
      nk_set frozen no
    else
      from=$(nk t_fail) took=$(nk_delay rto)
    fi
    nk_probe "$from" $((from + took - 15)) fail
    nk_probe $((from + took - 10)) $((from + took + 10)) ok
    nk_at $((from + took + 10))
    echo "route: region-$region" ;;
  rejoin:)
    [ "$(nk "fence-$region")" != open ] || die "drctl: refused: region-$region is not fenced"
    nk_set "up-$region" yes
    nk_set "fence-$region" open
    nk_set "role-$region" replica
    cp "$naksha/markers-b" "$naksha/markers-a"
    echo "region-$region: rewound and streaming as replica" ;;
  freeze:)
    at=$(($(nk_now) + 120))
    nk_probe $((at - 115)) "$at" ok
    at=$((at + 1))
    nk_at "$at"
    nk_set frozen yes
    nk_set t_freeze "$at"
    printf 'writes of region-%s are frozen\n' "$region" ;;
  thaw:)
    nk_writable "$region" || die "drctl: refused: region-$region does not take writes"
    nk_set frozen no
    printf 'writes of region-%s go on\n' "$region" ;;
  audit:verify)
    if fault audit-chain; then echo 'audit chain: BROKEN at event 88412'; exit 1; fi
    echo 'audit chain: intact, 88417 events' ;;
  *) unsupported "drctl $all" ;;
esac
