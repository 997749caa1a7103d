#!/bin/sh
# Simulated work on one node of Naksha, over its own agent.
tool=naksha-node
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
. "$root/lib/cluster.sh"
case $# in 2 | 3) ;; *) unsupported "naksha-node $*" ;; esac
case $1 in
  pending) cl_node "$2" 6 ;;
  patch | kubernetes)
    [ "$(cl_node "$2" 5)" = drained ] || die "naksha-node: refused: $2 is not drained"
    if [ "$1" = patch ]; then
      cl_node "$2" 6 0
      echo "$2: 14 packages installed, restarted with 6.12.57"
    else
      cl_node "$2" 3 "v$3"
      echo "$2: kubelet v$3"
    fi
    fault node-not-ready && cl_node "$2" 4 no
    exit 0 ;;
  *) unsupported "naksha-node $*" ;;
esac
