#!/bin/sh
# Simulated helm: one release, `mazevault` in namespace `mazevault`, on the rehearsal platform.
tool=helm
root=${0%/*}/..
. "$root/lib/platform.sh"
release=mazevault
all="$*"

need_release() {
  [ "$1" = "$release" ] || die "Error: release: not found"
  [ "${namespace:-default}" = mazevault ] || die "Error: release: not found"
}

# Reads the options that the simulated subcommands know into variables; the rest are operands $1, $2, $3.
options() {
  namespace='' output=table max=256 version='' values='' wait=no first='' second='' third='' detailed=no timeout=5m dry=no destination=.
  while [ $# -gt 0 ]; do
    case $1 in
      -n | --namespace) namespace=$2; shift ;;
      --namespace=*) namespace=${1#*=} ;;
      -o | --output) output=$2; shift ;;
      --output=*) output=${1#*=} ;;
      --max) max=$2; shift ;;
      --max=*) max=${1#*=} ;;
      --version) version=$2; shift ;;
      --version=*) version=${1#*=} ;;
      -f | --values) values=$2; shift ;;
      --values=*) values=${1#*=} ;;
      --timeout) timeout=$2; shift ;;
      --timeout=*) timeout=${1#*=} ;;
      --detailed-exitcode) detailed=yes ;;
      --wait) wait=yes ;;
      --dry-run | --dry-run=server) dry=yes ;;
      -d | --destination) destination=$2; shift ;;
      --destination=*) destination=${1#*=} ;;
      --hide-secret) ;;
      --suppress-secrets | --no-color | --no-hooks | --cleanup-on-fail=false) ;;
      -*) unsupported "option $1 in: helm $all" ;;
      *)
        if [ -z "$first" ]; then first=$1
        elif [ -z "$second" ]; then second=$1
        elif [ -z "$third" ]; then third=$1
        else die "Error: too many arguments: $1"
        fi ;;
    esac
    shift
  done
}

# The chart comes from the repository by name, or from a package that lies in this folder.
need_chart() {
  case $1 in
    mazevault/mazevault) ;;
    *.tgz)
      [ -f "$1" ] || die "Error: path \"$1\" not found"
      [ -n "$version" ] || version=$(basename "$1" .tgz | sed 's/^mazevault-//') ;;
    *) die "Error: repo ${1%%/*} not found" ;;
  esac
  [ -n "$version" ] || version=$(tail -n 1 "$state/versions" | cut -f 1)
  [ -n "$(version_field "$version" 2)" ] ||
    die "Error: chart \"mazevault\" matching $version not found in mazevault index. (try 'helm repo update'): no chart version found for mazevault-$version"
}

need_values() {
  [ -z "$values" ] || [ -f "$values" ] || die "Error: open $values: no such file or directory"
}

history_table() {
  printf '%s\t%-24s\t%-15s\t%-16s\t%s\t%s\n' REVISION UPDATED STATUS CHART 'APP VERSION' DESCRIPTION
  awk -F "$tab" '{ printf "%-8s\t%-24s\t%-15s\t%-16s\t%-11s\t%s\n", $1, $2, $3, "mazevault-" $4, $4, $5 }'
}

history_json() {
  awk -F "$tab" '
    BEGIN { printf "[" }
    { gsub(/["\\]/, "\\\\&", $5)
      printf "%s{\"revision\":%s,\"updated\":\"%s\",\"status\":\"%s\",\"chart\":\"mazevault-%s\",\"app_version\":\"%s\",\"description\":\"%s\"}",
        (NR > 1 ? "," : ""), $1, $2, $3, $4, $4, $5 }
    END { print "]" }'
}

history() {
  options "$@"
  need_release "$first"
  settle
  case $output in
    table) tail -n "$max" "$state/releases" | history_table ;;
    json) tail -n "$max" "$state/releases" | history_json ;;
    *) unsupported "output $output" ;;
  esac
}

status() {
  options "$@"
  need_release "$first"
  settle
  line=$(tail -n 1 "$state/releases")
  revision=$(echo "$line" | cut -f 1)
  state_now=$(echo "$line" | cut -f 3)
  case $output in
    table) printf 'NAME: %s\nLAST DEPLOYED: %s\nNAMESPACE: mazevault\nSTATUS: %s\nREVISION: %s\n' \
      "$release" "$(echo "$line" | cut -f 2)" "$state_now" "$revision" ;;
    json) printf '{"name":"%s","info":{"last_deployed":"%s","status":"%s"},"namespace":"mazevault","version":%s}\n' \
      "$release" "$(echo "$line" | cut -f 2)" "$state_now" "$revision" ;;
    *) unsupported "output $output" ;;
  esac
}

list() {
  options "$@"
  settle
  printf 'NAME     \tNAMESPACE\tREVISION\tSTATUS  \tCHART           \tAPP VERSION\n'
  [ "$namespace" = mazevault ] || return 0
  tail -n 1 "$state/releases" |
    awk -F "$tab" '{ printf "mazevault\tmazevault\t%-8s\t%-8s\t%-16s\t%s\n", $1, $3, "mazevault-" $4, $4 }'
}

repo() {
  case $1 in
    list) printf 'NAME     \tURL\nmazevault\thttps://charts.example.com/mazevault\n' ;;
    update)
      echo 'Hang tight while we grab the latest from your chart repositories...'
      sleep 0.3
      echo '...Successfully got an update from the "mazevault" chart repository'
      echo 'Update Complete. ⎈Happy Helming!⎈' ;;
    *) unsupported "helm $all" ;;
  esac
}

show() {
  [ "$1" = chart ] || unsupported "helm $all"
  shift
  options "$@"
  need_chart "$first"
  printf 'apiVersion: v2\nappVersion: %s\ndescription: MazeVault secret and certificate management\nname: mazevault\ntype: application\nversion: %s\n' "$version" "$version"
}

pull() {
  options "$@"
  need_chart "$first"
  [ -d "$destination" ] || die "Error: failed to untar: a file or directory with the name $destination does not exist"
  fault chart-differs && { printf 'another chart\n' >"$destination/mazevault-$version.tgz"; return; }
  printf 'rehearsal chart mazevault-%s\n' "$version" >"$destination/mazevault-$version.tgz"
}

get() {
  [ "$1" = values ] || unsupported "helm $all"
  shift
  options "$@"
  need_release "$first"
  cat "${HOME:-/nonexistent}/values-production.yaml"
}

diff_upgrade() {
  [ "$1" = upgrade ] || unsupported "helm $all"
  shift
  options "$@"
  need_release "$first"
  need_chart "$second"
  need_values
  settle
  old=$(running_version)
  [ "$old" = "$version" ] && return 0
  workloads | while read -r name _ _ digest; do
    case $name in backend) n=3 ;; frontend) n=4 ;; *) n=5 ;; esac
    printf 'mazevault, mazevault-%s, Deployment (apps) has changed:\n' "$name"
    printf '  spec:\n    template:\n      spec:\n        containers:\n          - name: %s\n' "$name"
    printf -- '-           image: registry.example.com/mazevault/%s:%s@%s\n' "$name" "$old" "$digest"
    printf -- '+           image: registry.example.com/mazevault/%s:%s@%s\n' "$name" "$version" "$(version_field "$version" "$n")"
  done
  printf 'mazevault, mazevault-migrate, Job (batch) has been added:\n'
  printf '+ # Source: mazevault/templates/migrate.yaml\n+   annotations:\n+     helm.sh/hook: pre-upgrade\n+   args: ["migrate", "up", "--to", "%s"]\n' "$(version_field "$version" 2)"
  [ "$detailed" = yes ] || return 0
  echo 'identified at least one change, exiting with non-zero exit code (detailed-exitcode parameter enabled)' >&2
  echo 'Error: plugin "diff" exited with error' >&2
  exit 2
}

# begin VERSION OUTCOME DESCRIPTION SECONDS STATUS MIGRATE: adds the revision and starts the change.
begin() {
  lock
  if [ -f "$state/pending" ]; then
    unlock
    die "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress"
  fi
  revision=$(($(tail -n 1 "$state/releases" | cut -f 1) + 1))
  ready=$(($(now) + $4))
  printf '%s\t%s\t%s\t%s\t%s\n' "$revision" "$(stamp)" "$5" "$1" 'Preparing' >>"$state/releases"
  put "$state/pending" "revision=$revision
version=$1
outcome=$2
description=$3
ready=$ready
migrate=$6"
  unlock
}

# Ctrl+C: helm gives up and marks the revision as failed.
cancel() {
  lock
  if [ -f "$state/pending" ]; then
    sed -e 's/^outcome=.*/outcome=cancelled/' -e 's/^description=.*/description=context canceled/' \
      -e 's/^ready=.*/ready=0/' "$state/pending" >"$state/pending.new" && mv "$state/pending.new" "$state/pending"
  fi
  unlock
  settle
  die "Error: UPGRADE FAILED: context canceled" 130
}

# Shows the wait until the change has taken effect, with the lines an operator would watch.
watch_progress() {
  ready_pods=0
  dropped=no
  while [ -f "$state/pending" ]; do
    left=$(($(value "$state/pending" ready) - $(now)))
    if [ "$left" -gt 2 ] && fault slow-pull; then
      echo "Pulling image registry.example.com/mazevault/backend:$1: $((100 - left * 4))% of 412 MiB" >&2
    else
      echo "Deployment is not ready: mazevault/mazevault-backend. $ready_pods out of 3 expected pods are ready" >&2
      [ "$ready_pods" -lt 2 ] && ready_pods=$((ready_pods + 1))
    fi
    if [ "$dropped" = no ] && [ "$2" = upgrade ] && fault drop-connection; then
      dropped=yes
      rm -f "$faults/drop-connection"
      : >"$root/drop-request"
    fi
    sleep 1
    settle
  done
}

last_deployed() {
  printf 'NAME: mazevault\nLAST DEPLOYED: %s\nNAMESPACE: mazevault\nSTATUS: deployed\nREVISION: %s\n' "$(LC_ALL=C date -u '+%a %b %e %H:%M:%S %Y')" "$1"
}

upgrade() {
  options "$@"
  need_release "$first"
  need_chart "$second"
  need_values
  settle
  if [ "$dry" = yes ]; then
    printf 'Release "mazevault" has been upgraded. Happy Helming!\n'
    last_deployed "$(($(tail -n 1 "$state/releases" | cut -f 1) + 1))" | sed 's/^STATUS: .*/STATUS: pending-upgrade/'
    for name in backend:3 frontend:4 ocsp:5; do
      printf '          image: registry.example.com/mazevault/%s:%s@%s\n' "${name%:*}" "$version" "$(version_field "$version" "${name#*:}")"
    done
    return 0
  fi
  seconds=2
  fault slow-pull && seconds=24
  outcome=deployed description='Upgrade complete'
  hooks='pre-upgrade hooks failed: 1 error occurred: * job mazevault-migrate failed: BackoffLimitExceeded'
  if fault migration-error; then
    outcome=migration-failed
    description="Upgrade \"mazevault\" failed: $hooks"
  fi
  trap cancel INT TERM
  begin "$version" "$outcome" "$description" "$seconds" pending-upgrade yes
  mine=$revision
  if [ "$wait" = no ]; then
    echo 'Release "mazevault" has been upgraded. Happy Helming!'
    last_deployed "$mine"
    return 0
  fi
  watch_progress "$version" upgrade
  [ "$outcome" = deployed ] || die "Error: UPGRADE FAILED: $hooks"
  echo 'Release "mazevault" has been upgraded. Happy Helming!'
  last_deployed "$mine"
}

rollback() {
  options "$@"
  need_release "$first"
  [ -n "$second" ] || unsupported 'helm rollback without a revision: name the recorded one'
  settle
  version=$(awk -F "$tab" -v r="$second" '$1 == r { print $4 }' "$state/releases")
  [ -n "$version" ] || die "Error: release has no $second version"
  [ "$dry" = no ] || { echo 'Rollback was a success! Happy Helming!'; return 0; }
  trap cancel INT TERM
  begin "$version" deployed "Rollback to $second" 2 pending-rollback no
  [ "$wait" = no ] || watch_progress "$version" rollback
  echo 'Rollback was a success! Happy Helming!'
}

command=${1:-}
[ $# -gt 0 ] && shift
case $command in
  version) echo 'version.BuildInfo{Version:"v3.19.2", GitCommit:"rehearsal", GitTreeState:"clean", GoVersion:"go1.24.9"}' ;;
  history) history "$@" ;;
  status) status "$@" ;;
  list | ls) list "$@" ;;
  repo) repo "$@" ;;
  show) show "$@" ;;
  pull) pull "$@" ;;
  get) get "$@" ;;
  diff) diff_upgrade "$@" ;;
  upgrade) upgrade "$@" ;;
  rollback) rollback "$@" ;;
  *) unsupported "helm $all" ;;
esac
