#!/bin/sh
# Simulated kubectl: cluster `prod-cz-1` with the namespace `mazevault`.
tool=kubectl
root=${0%/*}/..
. "$root/lib/platform.sh"
all="$*"
case ${1:-} in --context=naksha-*) . "$root/lib/cluster.sh"; cluster "$@"; exit ;; esac
selector_of_release='app.kubernetes.io/instance=mazevault'

# Reads the options that the simulated subcommands know; operands go to $first, $second, …
options() {
  namespace=default output='' selector='' condition='' all_of_kind=no timeout='' replicas='' field='' first='' second='' third=''
  while [ $# -gt 0 ]; do
    case $1 in
      -n | --namespace) namespace=$2; shift ;;
      --namespace=*) namespace=${1#*=} ;;
      -o | --output) output=$2; shift ;;
      -o?*) output=${1#-o} ;;
      --output=*) output=${1#*=} ;;
      -l | --selector) selector=$2; shift ;;
      --selector=*) selector=${1#*=} ;;
      --for) condition=$2; shift ;;
      --for=*) condition=${1#*=} ;;
      --timeout) timeout=$2; shift ;;
      --timeout=*) timeout=${1#*=} ;;
      --replicas) replicas=$2; shift ;;
      --replicas=*) replicas=${1#*=} ;;
      --field-selector=status.phase=Running) field=running ;;
      --all) all_of_kind=yes ;;
      --no-headers) ;;
      -*) unsupported "option $1 in: kubectl $all" ;;
      *)
        if [ -z "$first" ]; then first=$1
        elif [ -z "$second" ]; then second=$1
        elif [ -z "$third" ]; then third=$1
        else unsupported "kubectl $all"
        fi ;;
    esac
    shift
  done
}

# The kind in one spelling.
kind_of() {
  case ${1%%/*} in
    po | pod | pods) echo pods ;;
    deploy | deployment | deployments | deployments.apps | deployment.apps) echo deployments ;;
    no | node | nodes) echo nodes ;;
    ns | namespace | namespaces) echo namespaces ;;
    pdb | poddisruptionbudget | poddisruptionbudgets) echo budgets ;;
    secret | secrets) echo secrets ;;
    *) unsupported "kubectl $all" ;;
  esac
}

need_selector() {
  case $selector in
    '' | "$selector_of_release") ;;
    *) unsupported "selector $selector" ;;
  esac
}

# Pods of the chosen namespace.
chosen_pods() {
  [ "$namespace" = mazevault ] && pods
  return 0
}

# Ready and wanted pods of a component while a change is under way or after it.
ready_count() {
  [ -f "$state/pending" ] && [ "$2" -gt 0 ] && [ "$1" = backend ] && { echo $(($2 - 1)); return; }
  echo "$2"
}

get() {
  options "$@"
  kind=$(kind_of "$first") || exit 64
  name=$second
  case $first in */*) name=${first#*/} ;; esac
  need_selector
  settle
  case $kind:$output in
    namespaces:'jsonpath={.metadata.uid}')
      [ "$name" = kube-system ] || unsupported "kubectl $all"
      printf '8f2c1d3e-5b7a-4c1e-9f60-2a7d4e9b1c55' ;;
    namespaces:)
      printf 'NAME          STATUS   AGE\nkube-system   Active   512d\nmazevault     Active   498d\n' ;;
    nodes:)
      printf 'NAME       STATUS   ROLES           AGE    VERSION\n'
      printf 'prod-cz-1a   Ready    control-plane   512d   v1.33.5\nprod-cz-1b   Ready    worker          512d   v1.33.5\nprod-cz-1c   Ready    worker          512d   v1.33.5\n' ;;
    pods:) get_pods_table ;;
    pods:jsonpath=*) get_pods_jsonpath "${output#jsonpath=}" ;;
    deployments:) get_deployments_table ;;
    budgets:'jsonpath={range .items[*]}{.metadata.name}{" "}{.status.disruptionsAllowed}{"\n"}{end}')
      [ "$namespace" = mazevault ] || return 0
      printf 'mazevault-backend 2\nmazevault-frontend 1\nmazevault-ocsp 1\n' ;;
    secrets:yaml)
      [ "$namespace" = mazevault ] && [ -n "$selector" ] || unsupported "kubectl $all"
      printf 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: mazevault-db\n    namespace: mazevault\n  data:\n    password: cmVoZWFyc2Fs\n' ;;
    *) unsupported "kubectl $all" ;;
  esac
}

get_pods_table() {
  if [ -z "$(chosen_pods)" ]; then
    echo "No resources found in $namespace namespace." >&2
    return 0
  fi
  chosen_pods | awk 'BEGIN { printf "%-38s %-7s %-9s %-10s %s\n", "NAME", "READY", "STATUS", "RESTARTS", "AGE" }
    { printf "%-38s %-7s %-9s %-10s %s\n", $2, "1/1", "Running", $4, "4m" }'
}

get_pods_jsonpath() {
  case $1 in
    '{range .items[*]}{.metadata.labels.app\.kubernetes\.io/component}{" "}{.status.containerStatuses[0].imageID}{"\n"}{end}')
      chosen_pods | awk '{ print $1 " registry.example.com/mazevault/" $1 "@" $3 }' ;;
    '{range .items[*]}{.metadata.name}{" "}{.status.containerStatuses[0].restartCount}{"\n"}{end}')
      chosen_pods | awk '{ print $2, $4 }' ;;
    '{.items[*].metadata.name}') chosen_pods | awk '{ printf "%s%s", (NR > 1 ? " " : ""), $2 }' ;;
    *) unsupported "jsonpath $1" ;;
  esac
}

get_deployments_table() {
  [ "$namespace" = mazevault ] || { echo "No resources found in $namespace namespace." >&2; return 0; }
  printf '%-20s %-7s %-12s %-11s %s\n' NAME READY UP-TO-DATE AVAILABLE AGE
  workloads | while read -r name count _; do
    ready=$(ready_count "$name" "$count")
    printf '%-20s %-7s %-12s %-11s %s\n' "mazevault-$name" "$ready/$count" "$count" "$ready" 498d
  done
}

# Seconds in a duration such as 30s or 5m; 30 when there is none.
seconds_of() {
  case $1 in
    '') echo 30 ;;
    *m) echo $((${1%m} * 60)) ;;
    *s) echo "${1%s}" ;;
    *) unsupported "duration $1" ;;
  esac
}

wait_for() {
  options "$@"
  kind=$(kind_of "$first") || exit 64
  need_selector
  settle
  deadline=$(($(now) + $(seconds_of "$timeout")))
  case $kind:$condition in
    nodes:condition=Ready)
      for node in a b c; do echo "node/prod-cz-1$node condition met"; done ;;
    deployments:condition=Available)
      [ "$namespace" = mazevault ] || die 'error: no matching resources found'
      [ "$(value "$state/running" replicas)" = up ] || die 'error: timed out waiting for the condition on deployments/mazevault-backend'
      workloads | while read -r name _; do echo "deployment.apps/mazevault-$name condition met"; done ;;
    pods:condition=Ready)
      [ -n "$(chosen_pods)" ] || die 'error: no matching resources found'
      chosen_pods | awk '{ print "pod/" $2 " condition met" }' ;;
    pods:delete)
      while [ -n "$(chosen_pods)" ]; do
        [ "$(now)" -lt "$deadline" ] || die "error: timed out waiting for the condition on pods/$(chosen_pods | awk 'NR == 1 { print $2 }')"
        sleep 0.5
        settle
      done ;;
    *) unsupported "kubectl $all" ;;
  esac
}

rollout() {
  [ "${1:-}" = status ] || unsupported "kubectl $all"
  shift
  options "$@"
  [ "$(kind_of "$first")" = deployments ] || unsupported "kubectl $all"
  need_selector
  [ "$namespace" = mazevault ] || die "Error from server (NotFound): deployments.apps \"${second:-${first#*/}}\" not found"
  settle
  only=$second
  case $first in */*) only=${first#*/} ;; esac
  deadline=$(($(now) + $(seconds_of "$timeout")))
  while [ -f "$state/pending" ]; do
    echo 'Waiting for deployment "mazevault-backend" rollout to finish: 2 of 3 updated replicas are available...'
    [ "$(now)" -lt "$deadline" ] || die 'error: timed out waiting for the condition'
    sleep 1
    settle
  done
  [ "$(value "$state/running" replicas)" = up ] || die 'error: timed out waiting for the condition'
  workloads | while read -r name _; do
    [ -n "$only" ] && [ "$only" != "mazevault-$name" ] && continue
    echo "deployment \"mazevault-$name\" successfully rolled out"
  done
}

scale() {
  options "$@"
  [ "$(kind_of "$first")" = deployments ] || unsupported "kubectl $all"
  need_selector
  [ "$namespace" = mazevault ] || die 'error: no objects passed to scale'
  [ -n "$selector" ] || unsupported 'kubectl scale of one deployment: the rehearsal scales the release as one'
  settle
  case $replicas in
    0) set_running "$(running_version)" down ;;
    *) unsupported "kubectl scale --replicas=$replicas: helm brings the release back with its own numbers" ;;
  esac
  for name in backend frontend ocsp; do echo "deployment.apps/mazevault-$name scaled"; done
}

# Runs the command in a pod: the pod's environment and nothing of this host's.
exec_in_pod() {
  namespace=default input=no workload=''
  while [ $# -gt 0 ]; do
    case $1 in
      --) shift; break ;;
      -i | --stdin) input=yes ;;
      -t | --tty | -it | -ti) unsupported 'kubectl exec -t: a terminal rewrites line ends and ruins a dump' ;;
      -n | --namespace) namespace=$2; shift ;;
      --namespace=*) namespace=${1#*=} ;;
      -c | --container) shift ;;
      -*) unsupported "option $1 in: kubectl $all" ;;
      *) [ -z "$workload" ] || unsupported 'kubectl exec without -- before the command'; workload=$1 ;;
    esac
    shift
  done
  [ $# -gt 0 ] || die 'error: you must specify at least one command for the container'
  settle
  if [ "$namespace" != mazevault ]; then
    die "Error from server (NotFound): deployments.apps \"${workload#*/}\" not found"
  fi
  case $workload in
    deploy/mazevault-backend | deployment/mazevault-backend | deployment.apps/mazevault-backend) ;;
    *) unsupported "kubectl exec in $workload" ;;
  esac
  [ "$(value "$state/running" replicas)" = up ] || die 'error: timed out waiting for the condition'
  bin=$(CDPATH='' cd -- "$root/bin" && pwd)
  cd / || exit 1
  [ "$input" = yes ] || exec </dev/null
  env -i "PATH=$bin:/usr/local/bin:/usr/bin:/bin" HOME=/nonexistent HOSTNAME=mazevault-backend \
    DB_HOST=mazevault-db.internal DB_PORT=5432 DB_NAME=mazevault DB_USER=mazevault DB_PASSWORD=rehearsal "$@"
  code=$?
  [ "$code" -eq 0 ] || echo "command terminated with exit code $code" >&2
  exit "$code"
}

config() {
  case ${1:-} in
    current-context) echo prod-cz-1 ;;
    *) unsupported "kubectl $all" ;;
  esac
}

if [ "${1:-} ${2:-}" = '--context naksha-prod-1' ]; then
  shift 2
  . "$root/lib/naksha-kubectl.sh"
  naksha_kubectl "$@"
  exit
fi
if [ "${1:-}" = --context ]; then
  [ "${2:-}" = prod-cz-1 ] || die "error: context \"${2:-}\" does not exist"
  shift 2
fi
command=${1:-}
[ $# -gt 0 ] && shift
case $command in
  version) printf 'Client Version: v1.33.5\nKustomize Version: v5.6.0\nServer Version: v1.33.5\n' ;;
  config) config "$@" ;;
  get) get "$@" ;;
  wait) wait_for "$@" ;;
  rollout) rollout "$@" ;;
  scale) scale "$@" ;;
  exec) exec_in_pod "$@" ;;
  *) unsupported "kubectl $all" ;;
esac
