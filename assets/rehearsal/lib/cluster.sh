# Clusters of Naksha, as `kubectl --context=naksha-prod-1` and `--context=naksha-test-1` see them: nodes, one deployment
# with its canary, certificates, policies. Answers what the runbooks ask and nothing else. POSIX sh; read after platform.sh.
. "$root/lib/naksha.sh"
nodes=$naksha/nodes

cl_item() { awk 'BEGIN { printf "{\"items\":[" } { printf "%s%s", (NR > 1 ? "," : ""), $0 } END { print "]}" }'; }

# cl_node NAME FIELD [VALUE]: reads or sets a field (2 role, 3 version, 4 ready, 5 cordoned, 6 patches that wait).
cl_node() {
  grep -q "^$1 " "$nodes" || die "Error from server (NotFound): nodes \"$1\" not found"
  [ $# -gt 2 ] || { awk -v n="$1" -v f="$2" '$1 == n { print $f }' "$nodes"; return; }
  awk -v n="$1" -v f="$2" -v v="$3" '$1 == n { $f = v } { print }' "$nodes" >"$nodes.new" && mv "$nodes.new" "$nodes"
}

cl_nodes_json() {
  awk '{ printf "{\"metadata\":{\"name\":\"%s\"},\"status\":{\"nodeInfo\":{\"kubeletVersion\":\"%s\"},\"conditions\":[{\"type\":\"Ready\",\"status\":\"%s\"}]}}\n", $1, $3, ($4 == "yes" ? "True" : "False") }' "$nodes" | cl_item
}

cl_image() {
  [ -f "$naksha/image-$1" ] || die "Error from server (NotFound): deployments.apps \"$1\" not found"
  cat "$naksha/image-$1"
}

cl_iso() { nk_iso $(($(now) + $1 * 86400)); }
cl_certificates() {
  while read -r name days; do
    printf '{"metadata":{"name":"%s","namespace":"naksha"},"status":{"notAfter":"%s"}}\n' "$name" "$(cl_iso "$days")"
  done <"$naksha/certificates"
}

cl_get_json() {
  case $kind:$selector$field in
    nodes:) cl_nodes_json ;;
    pods:spec.nodeName=*)
      printf '{"items":[{"metadata":{"name":"calico-x","ownerReferences":[{"kind":"DaemonSet"}]}}' 
      [ "$(cl_node "${field#*=}" 5)" = drained ] || printf ',{"metadata":{"name":"api-x","ownerReferences":[{"kind":"ReplicaSet"}]}}'
      echo ']}' ;;
    pods:status.phase=Pending) echo '{"items":[]}' ;;
    pods:)
      for image in "$naksha"/image-*; do
        printf '{"metadata":{"name":"%s-1"},"spec":{"containers":[{"name":"app","image":"%s"}]}}\n' "${image##*/image-}" "$(cat "$image")"
      done | cl_item ;;
    pods:app=*)
      image=$(cl_image "${selector#app=}") || exit 1
      for n in 1 2 3; do
        printf '{"metadata":{"name":"%s-%s"},"spec":{"containers":[{"name":"app","image":"%s"}]}}\n' "${selector#app=}" "$n" "$image"
      done | cl_item ;;
    pdb:)
      allowed=1; fault pdb-zero && allowed=0
      printf '{"items":[{"metadata":{"name":"naksha-api"},"status":{"disruptionsAllowed":%s}},{"metadata":{"name":"naksha-web"},"status":{"disruptionsAllowed":2}}]}\n' "$allowed" ;;
    hpa:) echo '{"items":[{"metadata":{"name":"naksha-api"},"status":{"conditions":[{"type":"ScalingActive","status":"True"}]}}]}' ;;
    certificates:) cl_certificates | cl_item ;;
    certificate:) cl_certificates | grep "\"name\":\"$name\"" || die "Error from server (NotFound): certificates.cert-manager.io \"$name\" not found" ;;
    ns:environment=production)
      level=restricted; fault pod-security-open && level=privileged
      printf '{"items":[{"metadata":{"name":"naksha","labels":{"environment":"production","pod-security.kubernetes.io/enforce":"restricted"}}},{"metadata":{"name":"naksha-data","labels":{"environment":"production","pod-security.kubernetes.io/enforce":"%s"}}}]}\n' "$level" ;;
    networkpolicies:)
      printf '{"items":[{"metadata":{"name":"default-deny","namespace":"naksha"},"spec":{"podSelector":{},"policyTypes":["Ingress","Egress"]}}'
      fault default-deny-missing || printf ',{"metadata":{"name":"default-deny","namespace":"naksha-data"},"spec":{"podSelector":{},"policyTypes":["Ingress"]}}'
      echo ']}' ;;
    clusterrolebindings:)
      printf '{"items":[{"roleRef":{"name":"cluster-admin"},"subjects":[{"kind":"Group","name":"system:masters"},{"kind":"User","name":"break-glass-1"},{"kind":"User","name":"break-glass-2"}'
      fault admin-left && printf ',{"kind":"User","name":"former.colleague"}'
      echo ']},{"roleRef":{"name":"view"},"subjects":[{"kind":"Group","name":"developers"}]}]}' ;;
    clusterpolicies:)
      mode=Enforce; fault policy-audit-only && mode=Audit
      printf '{"items":[{"metadata":{"name":"verify-images"},"spec":{"validationFailureAction":"%s"}},{"metadata":{"name":"require-digest"},"spec":{"validationFailureAction":"Enforce"}}]}\n' "$mode" ;;
    policyreports:)
      result=pass; fault unsigned-runs && result=fail
      printf '{"items":[{"results":[{"policy":"verify-images","result":"pass"},{"policy":"verify-images","result":"%s"},{"policy":"require-digest","result":"pass"}]}]}\n' "$result" ;;
    *) unsupported "kubectl $all" ;;
  esac
}

cl_get() {
  if [ -n "$raw" ]; then
    case $raw in
      /metrics)
        echo 'apiserver_request_total{code="200"} 48211'
        fault removed-api && echo 'apiserver_requested_deprecated_apis{group="flowcontrol.apiserver.k8s.io",removed_release="1.34",resource="flowschemas"} 1' ;;
      '/readyz?verbose')
        if fault control-plane-down; then die 'Error from server (InternalError): an error on the server ("[-]etcd failed: reason withheld") has prevented the request from succeeding'; fi
        printf '[+]ping ok\n[+]etcd ok\n[+]poststarthook/start-apiextensions-controllers ok\nreadyz check passed\n' ;;
      *) unsupported "kubectl $all" ;;
    esac
    return 0
  fi
  case $kind:$output in
    *:json) cl_get_json ;;
    ns:'jsonpath={.metadata.uid}')
      [ "$name" = kube-system ] || unsupported "kubectl $all"
      if [ "$context" = naksha-test-1 ] && ! fault test-is-production; then printf 1d9b4c70-6a2e-4b8e-b2a5-77c3f0e91d64
      else printf c41d7f02-93be-4a65-8d17-0be5a6f2c9d1; fi ;;
    ns:'jsonpath={.metadata.labels.environment}')
      if [ "$context" = naksha-test-1 ] && ! fault test-is-production; then printf test; else printf production; fi ;;
    node:'jsonpath={.status.nodeInfo.kubeletVersion}') printf '%s' "$(cl_node "$name" 3)" ;;
    deployment:'jsonpath={.spec.template.spec.containers[0].image}') printf '%s' "$(cl_image "$name")" ;;
    networkpolicy:name)
      [ -f "$naksha/policy-$name" ] || {
        case " $all " in *' --ignore-not-found '*) return 0 ;; esac
        die "Error from server (NotFound): networkpolicies.networking.k8s.io \"$name\" not found"
      }
      echo "networkpolicy.networking.k8s.io/$name" ;;
    *) unsupported "kubectl $all" ;;
  esac
}

cl_wait() {
  [ "$condition" = condition=Ready ] || unsupported "kubectl $all"
  only=${kind#node/}
  [ "$kind" = nodes ] && only=''
  awk -v only="$only" '(only == "" || $1 == only) && $4 != "yes" { print $1 }' "$nodes" | grep . >"$naksha/.late" &&
    die "error: timed out waiting for the condition on nodes/$(head -n 1 "$naksha/.late")"
  awk -v only="$only" 'only == "" || $1 == only { print "node/" $1 " condition met" }' "$nodes"
}

cl_drain() {
  fault drain-blocked && {
    echo "evicting pod naksha/naksha-api-1" >&2
    echo "error when evicting pods/\"naksha-api-1\" -n \"naksha\" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget." >&2
    die "error: unable to drain node \"$kind\" due to error: [global timeout reached: 10m0s], continuing command..."
  }
  cl_node "$kind" 5 drained
  printf 'node/%s already cordoned\nevicting pod naksha/naksha-api-1\npod/naksha-api-1 evicted\nnode/%s drained\n' "$kind" "$kind"
}

# A policy can be on and not be enforced.
cl_exec() {
  case $* in
    'nslookup kubernetes.default.svc.cluster.local')
      printf 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n' ;;
    'nc -z -w 3 '*)
      cl_reaches "$5" || { echo 'command terminated with exit code 1' >&2; exit 1; } ;;
    'sh -c '*)
      printf '%s\n' "$3" | grep -v '^ *nc -z -w 3 [^;]*; echo "[a-z]* $?"$' | grep -q '[^ ]' && unsupported "kubectl $all"
      [ $# -lt 5 ] || outside=$5
      printf '%s\n' "$3" | sed -n 's/^ *nc -z -w 3 "\{0,1\}\([^ "]*\).*echo "\([a-z]*\) .*/\1 \2/p' | while read -r host word; do
        [ "$host" != '$1' ] || host=$outside
        if cl_reaches "$host"; then echo "$word 0"; else echo "$word 1"; fi
      done ;;
    *) unsupported "kubectl $all" ;;
  esac
}

# Whether a pod gets to a host: what belongs to it always, anything else while a policy is not there or not enforced.
cl_reaches() {
  [ "$1" = naksha-api ] && return 0
  fault segment-open && return 0
  case $kind in *probe) return 1 ;; *) [ ! -f "$naksha/policy-isolate-naksha-api" ] ;; esac
}

cl_set() {
  [ "$kind" = image ] || unsupported "kubectl $all"
  target=${name#deployment/}
  cl_image "$target" >/dev/null
  put "$naksha/image-$target" "${third#app=}"
  echo "deployment.apps/$target image updated"
}

cl_rollout() {
  target=${name#deployment/}
  cl_image "$target" >/dev/null
  case $kind in
    restart) echo "deployment.apps/$target restarted" ;;
    status)
      if fault image-pull-fails; then
        echo "Waiting for deployment \"$target\" rollout to finish: 1 out of 3 new replicas have been updated..."
        die 'error: timed out waiting for the condition'
      fi
      echo "deployment \"$target\" successfully rolled out" ;;
    *) unsupported "kubectl $all" ;;
  esac
}

cl_file() {
  [ -f "$file" ] || die "error: the path \"$file\" does not exist"
  case $verb in
    create)
      [ "$dry" = server ] || unsupported "kubectl $all"
      if fault policy-audit-only; then echo 'pod/unsigned-test created (server dry run)'; return 0; fi
      die "Error from server: error when creating \"$file\": admission webhook \"mutate.kyverno.svc-fail\" denied the request: resource Pod/naksha/unsigned-test was blocked due to the following policies verify-images: check-signature: 'failed to verify image: no signatures found'" ;;
    apply)
      policy=$(sed -n 's/^metadata: { name: \([a-z0-9-]*\).*/\1/p' "$file")
      fault isolation-leaks || : >"$naksha/policy-$policy"
      echo "networkpolicy.networking.k8s.io/$policy created" ;;
  esac
}

cluster() {
  context='' verb='' kind='' name='' third='' namespace=default output='' selector='' field='' raw='' condition='' file='' dry=''
  while [ $# -gt 0 ]; do
    case $1 in
      --context=*) context=${1#*=} ;;
      -n) namespace=$2; shift ;;
      -o) output=$2; shift ;;
      -l) selector=$2; shift ;;
      -f) file=$2; shift ;;
      --field-selector) field=$2; shift ;;
      --raw) raw=$2; shift ;;
      --for=*) condition=${1#*=} ;;
      --dry-run=*) dry=${1#*=} ;;
      --) shift; break ;;
      -A | -i | --all | --ignore-not-found | --timeout=* | --ignore-daemonsets | --delete-emptydir-data | --all-containers | --prefix | --tail=*) ;;
      -*) unsupported "option $1 in: kubectl $all" ;;
      *)
        if [ -z "$verb" ]; then verb=$1
        elif [ -z "$kind" ]; then kind=$1
        elif [ -z "$name" ]; then name=$1
        else third=$1
        fi ;;
    esac
    shift
  done
  case $context in
    naksha-prod-1 | naksha-test-1) ;;
    *) die "error: context \"$context\" does not exist" ;;
  esac
  case $verb in
    get) cl_get ;;
    wait) cl_wait ;;
    version) printf '{"clientVersion":{"gitVersion":"v1.34.2"},"serverVersion":{"major":"1","minor":"%s","gitVersion":"v%s"}}\n' \
      "$(nk server | cut -d . -f 2)" "$(nk server)" ;;
    cordon) cl_node "$kind" 5 cordoned; echo "node/$kind cordoned" ;;
    uncordon) cl_node "$kind" 5 no; echo "node/$kind uncordoned" ;;
    drain) cl_drain ;;
    exec) cl_exec "$@" ;;
    set) cl_set ;;
    rollout) cl_rollout ;;
    logs) for n in 1 2 3; do printf '[pod/%s-%s/app] %s level=error msg="upstream did not answer" request=%s\n' "${selector#app=}" "$n" "$(stamp)" "$((n * 7919))"; done ;;
    create | apply) cl_file ;;
    delete)
      [ "$kind" = networkpolicy ] && [ -f "$naksha/policy-$name" ] || die "Error from server (NotFound): $kind \"$name\" not found"
      rm "$naksha/policy-$name"
      echo "networkpolicy.networking.k8s.io \"$name\" deleted" ;;
    *) unsupported "kubectl $all" ;;
  esac
}
