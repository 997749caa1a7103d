#!/bin/sh
# Simulated docker: images of the release, for looking only.
tool=docker
root=${0%/*}/..
. "$root/lib/platform.sh"
case ${1:-} in
  --version | version) echo 'Docker version 28.4.0, build rehearsal' ;;
  ps)
    [ $# -eq 1 ] || unsupported "docker $*"
    echo 'CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES' ;;
  images)
    [ $# -eq 1 ] || unsupported "docker $*"
    settle
    printf '%-40s %-8s %s\n' REPOSITORY TAG 'IMAGE ID'
    workloads | while read -r name _ _ digest; do
      printf '%-40s %-8s %s\n' "registry.example.com/mazevault/$name" "$(running_version)" "$(printf '%s' "$digest" | cut -c8-19)"
    done ;;
  *) unsupported "docker $*" ;;
esac
