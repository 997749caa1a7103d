#!/bin/sh
# Stands in for the scripts of Naksha's authentication service, integrations and monitoring, which the schedule names and
# nobody has given. Signatures are real: RS256 for tokens, HMAC-SHA256 for webhooks, both by openssl.
tool=nakshactl
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/keyring.sh"
all="$*"
box=$state/credentials

# ring_command RING PREFIX HEADER COMMAND…: opaque keys that are made, delivered, disabled and deleted.
ring_command() {
  ring=$box/$1 prefix=$2 header=$3
  shift 3
  case "${1:-}:$#" in
    create:5) [ "$2" = --like ] && [ "$4" = --out ] || unsupported "nakshactl $all"; need_known "$3"; key_create "$prefix" "$5" "$header" ;;
    id:3)
      [ "$2" = --file ] && [ -f "$3" ] || unsupported "nakshactl $all"
      awk -F "$tab" -v w="$(digest_of "$(sed "s/^$header//" "$3")")" '$3 == w { print $1 }' "$ring/keys" ;;
    deliver:4) [ "$3" = --from ] || unsupported "nakshactl $all"; key_deliver "$4" "$2" ;;
    consumers:2) key_consumers "$2" ;;
    disable:2) need_known "$2"; set_key_state "$2" disabled; echo "disabled $2" ;;
    enable:2) need_known "$2"; set_key_state "$2" active; echo "enabled $2" ;;
    show:2) need_known "$2"; printf '{"id":"%s","state":"%s"}\n' "$2" "$(key_state "$2")" ;;
    delete:2) key_delete "$2"; echo "deleted $2" ;;
    *) unsupported "nakshactl $all" ;;
  esac
}

hooks=$box/webhooks
hook_secret() { cat "$hooks/$1" 2>/dev/null; }

# send_event ID NAME: an event that is signed with a secret, and what this receiver says. Receivers know the secrets that
# they were told of.
send_event() {
  secret=$(hook_secret "$1")
  [ -n "$secret" ] || secret=withdrawn
  body="{\"event\":\"rotation.test\",\"at\":$(now)}"
  signature=$(printf '%s' "$body" | openssl dgst -sha256 -hmac "$secret" | sed 's/.*= //')
  answer=401
  for known in $(cat "$hooks/receiver"); do
    stored=$(hook_secret "$known")
    [ -n "$stored" ] || continue
    [ "$(printf '%s' "$body" | openssl dgst -sha256 -hmac "$stored" | sed 's/.*= //')" = "$signature" ] && answer=202
  done
  [ "$2:$1" = partner-b:wh-1 ] || [ "$2" = partner-a ] || ! fault webhook-fails || answer=401
  [ "$1" = wh-1 ] && fault old-key-accepted && answer=202
  echo "$2 $answer"
}

# deliveries ID: the newest real events. With the fault one receiver answers tests alone.
deliveries() {
  [ "$(cat "$hooks/signer")" = "$1" ] || return 0
  send_event "$1" partner-a
  if fault receiver-missed; then echo 'partner-b 401'; else send_event "$1" partner-b; fi
}

webhook() {
  case "${1:-}:$#" in
    create:1)
      id=wh-$(now)
      (umask 077 && head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$hooks/$id")
      echo "id $id" ;;
    accept:2) [ -f "$hooks/$2" ] || die "nakshactl: there is no secret \"$2\""; echo "$2" >>"$hooks/receiver"; echo "receivers accept $2" ;;
    refuse:2) put "$hooks/receiver" "$(grep -vx "$2" "$hooks/receiver")"; echo "receivers refuse $2" ;;
    sign-with:2) [ -f "$hooks/$2" ] || die "nakshactl: there is no secret \"$2\""; put "$hooks/signer" "$2"; echo "signed with $2" ;;
    send-test:3) [ "$2" = --with ] || unsupported "nakshactl $all"; send_event "$3" partner-a; send_event "$3" partner-b ;;
    deliveries:3) [ "$2" = --with ] || unsupported "nakshactl $all"; deliveries "$3" ;;
    list:1) for file in "$hooks"/wh-*; do basename "$file"; done ;;
    signer:1) cat "$hooks/signer" ;;
    delete:2)
      [ "$(cat "$hooks/signer")" != "$2" ] || die "nakshactl: $2 is what events are signed with"
      put "$hooks/receiver" "$(grep -vx "$2" "$hooks/receiver")"
      rm -f "$hooks/$2"
      echo "deleted $2" ;;
    *) unsupported "nakshactl $all" ;;
  esac
}

alerts() {
  [ "${1:-}:$#" = delivered:2 ] || unsupported "nakshactl $all"
  grep -cx "$2" "$box/alerts" 2>/dev/null || true
}

group=${1:-}
[ $# -gt 0 ] && shift
case $group in
  jwks | token | sessions | traffic) . "$root/lib/nakshactl-jwks.sh"; . "$root/lib/issuer.sh"; "$group" "$@" ;;
  api-token) ring_command naksha-tokens nt 'Authorization: Bearer ' "$@" ;;
  monitoring) ring_command naksha-monitoring nm 'Authorization: Bearer ' "$@" ;;
  webhook) webhook "$@" ;;
  alerts) alerts "$@" ;;
  *) unsupported "nakshactl $all" ;;
esac
