# Cluster `naksha-prod-1`: what the rotations of credentials ask of it. Read by kubectl for that context.
. "$root/lib/signed-images.sh"
tokens=$box/legacy-tokens

need_jq() { command -v jq >/dev/null 2>&1 || unsupported 'this needs jq on this computer'; }

# The text of an object's field, as `kubectl get … -o jsonpath=` gives it.
nk_get() {
  case "$*" in
    'ns kube-system -o jsonpath={.metadata.uid}') printf 'c41d7f02-93be-4a65-8d17-0be5a6f2c9d1' ;;
    'pods -A -o json')
      # The first image runs twice, and the last one in an init container.
      images_ready; need_jq
      { running_images; running_images | head -n 1; } | jq -Rn '[inputs] | {items: [
        {status: {containerStatuses: (.[:-2] + .[-1:] | map({imageID: .}))}},
        {status: {initContainerStatuses: [{imageID: .[-2]}], containerStatuses: []}}]}' ;;
    'secrets -A --field-selector type=kubernetes.io/service-account-token -o jsonpath={range .items[*]}{.metadata.namespace}{"\n"}{end}')
      cut -f 1 "$tokens" ;;
    'clusterpolicy verify-images -o jsonpath={.spec.validationFailureAction}') images_ready; cat "$box/policy/action" ;;
    'clusterpolicy verify-images -o json')
      images_ready; need_jq
      for public in "$box"/policy/*.pub; do jq -Rs '{keys:{publicKeys:.}}' "$public"; done |
        jq -s --arg action "$(cat "$box/policy/action")" '{apiVersion:"kyverno.io/v1",kind:"ClusterPolicy",metadata:{name:"verify-images"},spec:{validationFailureAction:$action,rules:[{name:"signed",verifyImages:[{imageReferences:["registry.naksha.example.com/*"],attestors:[{count:1,entries:.}]}]}]}}' ;;
    'policyreport -A -o json') policy_report ;;
    'secrets -n '*' --field-selector type=kubernetes.io/service-account-token -o jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}')
      awk -F "$tab" -v n="$3" '$1 == n { print $2 }' "$tokens" ;;
    'secret -n '*' -o jsonpath={.data.token}')
      line=$(awk -F "$tab" -v n="$3" -v s="$4" '$1 == n && $2 == s { print $4 }' "$tokens")
      [ -n "$line" ] || die "Error from server (NotFound): secrets \"$4\" not found"
      printf '%s' "$line" | openssl base64 -A ;;
    'secrets -n '*' -o jsonpath={range .items[*]}{.metadata.labels.kubernetes\.io/legacy-token-last-used}{"\n"}{end}')
      awk -F "$tab" -v n="$3" '$1 == n { print $5 }' "$tokens" ;;
    'pods -n '*' -o jsonpath={range .items[*]}{.spec.volumes[*].projected.sources[*].serviceAccountToken.expirationSeconds}{"\n"}{end}')
      if fault sa-token-unbound; then printf '3607\n\n'; else printf '3607\n3607\n'; fi ;;
    'pod -n vault '*' -o jsonpath={.status.phase}') printf Running ;;
    *) unsupported "kubectl --context naksha-prod-1 get $*" ;;
  esac
}

policy_report() {
  images_ready
  failed=0
  for image in $(running_images); do admitted_by_policy "${image##*@}" || failed=$((failed + 1)); done
  printf '{"items":[{"summary":{"pass":%s,"fail":%s,"error":0}}]}\n' "$(($(running_images | wc -l) - failed))" "$failed"
}

# patch clusterpolicy verify-images --type merge --patch-file FILE: action and trusted keys.
nk_patch() {
  [ "$1 $2 $3 $4 $5" = 'clusterpolicy verify-images --type merge --patch-file' ] || unsupported "kubectl patch $*"
  images_ready; need_jq
  action=$(jq -er '.spec.validationFailureAction' "$6") || die "error: unable to parse \"$6\""
  count=$(jq -er '.spec.rules[0].verifyImages[0].attestors[0] | select(.count == 1) | .entries | length' "$6") ||
    die 'The ClusterPolicy "verify-images" is invalid: spec.rules[0].verifyImages[0].attestors[0]: one of the keys must be enough (count: 1)'
  rm -f "$box"/policy/*.pub
  index=0
  while [ "$index" -lt "$count" ]; do
    jq -er --argjson i "$index" '.spec.rules[0].verifyImages[0].attestors[0].entries[$i].keys.publicKeys' "$6" >"$box/policy/$((index + 1)).pub"
    index=$((index + 1))
  done
  put "$box/policy/action" "$action"
  echo 'clusterpolicy.kyverno.io/verify-images patched'
}

# run NAME -n NS --image=IMAGE --restart=Never --dry-run=server -o name: what admission says, with nothing started.
nk_run() {
  name=$1 image=''
  for word in "$@"; do case $word in --image=*) image=${word#*=} ;; esac; done
  case " $* " in *' --dry-run=server '*) ;; *) unsupported 'kubectl run without --dry-run=server' ;; esac
  images_ready
  case $image in
    registry.naksha.example.com/*@sha256:*)
      if [ "$(cat "$box/policy/action")" = Audit ] || fault unsigned-admitted || admitted_by_policy "${image##*@}"; then
        echo "pod/$name"
      else
        die "Error from server: admission webhook \"mutate.kyverno.svc-fail\" denied the request: 

resource Pod/$name was blocked due to the following policies

verify-images:
  signed: 'failed to verify image $image: .attestors[0].entries[0].keys: no matching signatures'"
      fi ;;
    *) unsupported "the image $image" ;;
  esac
}

# label secrets -n NS --field-selector type=… KEY=VALUE (or KEY-): all legacy tokens of a namespace at once.
nk_label() {
  [ "$1 $2 $4 $5" = 'secrets -n --field-selector type=kubernetes.io/service-account-token' ] || unsupported "kubectl label $*"
  space=$3
  shift 5
  new=active
  case "$1" in
    kubernetes.io/legacy-token-invalid-since=*) new=invalid ;;
    kubernetes.io/legacy-token-invalid-since-) ;;
    *) unsupported "kubectl label $*" ;;
  esac
  grep -q "^$space$tab" "$tokens" || die 'error: no resources found'
  awk -F "$tab" -v OFS="$tab" -v n="$space" -v s="$new" '$1 == n { $3 = s } { print }' "$tokens" >"$tokens.new" && mv "$tokens.new" "$tokens"
  awk -F "$tab" -v n="$space" '$1 == n { print "secret/" $2 " labeled" }' "$tokens"
}

# delete secrets -n NS --field-selector type=…
nk_delete() {
  case "$*" in
    'secrets -n '*' --field-selector type=kubernetes.io/service-account-token')
      awk -F "$tab" -v n="$3" '$1 == n { print "secret \"" $2 "\" deleted" }' "$tokens"
      awk -F "$tab" -v n="$3" '$1 != n' "$tokens" >"$tokens.new" && mv "$tokens.new" "$tokens" ;;
    'pod -n vault vault-'[012])
      : >"$box/vault-sealed-$4"
      echo "pod \"$4\" deleted" ;;
    *) unsupported "kubectl delete $*" ;;
  esac
}

# create -f - -o jsonpath={.status.authenticated}: a TokenReview (authentication.k8s.io/v1).
nk_create() {
  [ "$*" = '-f - -o jsonpath={.status.authenticated}' ] || unsupported "kubectl create $*"
  need_jq
  asked=$(jq -er 'select(.kind == "TokenReview") | .spec.token') || die 'error: no objects passed to create'
  found=$(awk -F "$tab" -v t="$asked" '$4 == t { print $3 }' "$tokens")
  if [ "$found" = active ] || { [ "$found" = invalid ] && fault sa-token-accepted; }; then printf true; fi
}

nk_rollout() {
  case "$*" in
    'restart deployment -n '*) echo 'deployment.apps/all restarted' ;;
    'status deployment -n '*' --timeout='*)
      if fault rollout-stuck; then die 'error: timed out waiting for the condition'; fi
      echo 'deployment "all" successfully rolled out' ;;
    *) unsupported "kubectl rollout $*" ;;
  esac
}

naksha_kubectl() {
  command=$1
  shift
  case $command in
    get | patch | run | label | delete | create | rollout) "nk_$command" "$@" ;;
    wait)
      case "$*" in "pod -n vault vault-"*' --for=jsonpath={.status.phase}=Running --timeout='*) echo "pod/$4 condition met" ;; *) unsupported "kubectl wait $*" ;; esac ;;
    *) unsupported "kubectl $all" ;;
  esac
}
