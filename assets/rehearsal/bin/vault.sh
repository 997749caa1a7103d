#!/bin/sh
# Simulated HashiCorp Vault: a cluster of three with Shamir shares (3, 2 needed), re-keying with verification, and the
# small part of kv and transit that rotations use. Shares are typed without an echo and never kept.
tool=vault
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/shares.sh"
all="$*"
box=$state/credentials
rekey=$box/vault-rekey
sealed=$box/vault-sealed
address=${VAULT_ADDR:-https://vault-0.vault.naksha.example.com:8200}

set_rekey() {
  awk -F = -v OFS== -v k="$1" -v v="$2" '$1 == k { $2 = v } { print }' "$rekey" >"$rekey.new" && mv "$rekey.new" "$rekey"
}
words_in() { printf '%s' "$1" | wc -w | tr -d ' '; }
generation() { value "$box/unseal" generation; }
node_of() { printf '%s' "$1" | sed 's#https://\(vault-[012]\)\..*#\1#'; }
is_sealed() { [ -f "$sealed-$1" ]; }
shown_nonce() { if fault rekey-nonce-differs; then echo 00000000-dead-beef-0000-000000000000; else value "$rekey" "$1"; fi; }

status() {
  [ "$*" = -format=json ] || unsupported "vault $all"
  node=$(node_of "$address")
  flag=false progress=0
  is_sealed "$node" && { flag=true; progress=$(words_in "$(cat "$sealed-$node")"); }
  printf '{"type":"shamir","initialized":true,"sealed":%s,"t":2,"n":3,"progress":%s,"version":"1.20.4","cluster_name":"naksha","cluster_id":"5b0c1f7e-6a52-4b7e-9d5b-27c4c1e0a9d3","ha_enabled":true,"is_self":%s}\n' \
    "$flag" "$progress" "$([ "$node" = vault-0 ] && echo true || echo false)"
  [ "$flag" = false ] || exit 2
}

# Words of `vault operator rekey`, in any order.
rekey_options() {
  action=part verify=no format=table nonce='' shares='' threshold='' pgp='' backup=no
  while [ $# -gt 0 ]; do
    case $1 in
      -init) action=init ;;
      -status) action=status ;;
      -cancel) action=cancel ;;
      -backup-retrieve) action=retrieve ;;
      -backup-delete) action=forget ;;
      -verify) verify=yes ;;
      -backup) backup=yes ;;
      -format=json) format=json ;;
      -nonce=*) nonce=${1#*=} ;;
      -key-shares=*) shares=${1#*=} ;;
      -key-threshold=*) threshold=${1#*=} ;;
      -pgp-keys=*) pgp=${1#*=} ;;
      *) unsupported "vault $all" ;;
    esac
    shift
  done
}

rekey_init() {
  [ "$shares/$threshold/$verify" = 3/2/yes ] || unsupported "vault $all: the rehearsal re-keys to 3 shares, 2 needed, with -verify"
  [ ! -f "$rekey" ] || die 'Error initializing rekey: rekey already in progress' 2
  if [ -n "$pgp" ]; then
    [ "$(printf '%s' "$pgp" | tr ',' '\n' | grep -c .)" -eq 3 ] || die 'Error initializing rekey: incorrect number of PGP keys' 2
    for file in $(printf '%s' "$pgp" | tr ',' ' '); do [ -f "$file" ] || die "Error: open $file: no such file or directory" 2; done
  fi
  put "$rekey" "phase=old
nonce=$(new_nonce)
old=
verify_nonce=
verified=
backup=$backup"
  rekey_status
}

rekey_status() {
  if [ "$verify" = yes ] && [ "$action" = status ]; then
    [ -f "$rekey" ] && [ "$(value "$rekey" phase)" = verify ] || die 'Error reading rekey verification status: no rekey verification in progress' 2
    printf '{"nonce":"%s","started":true,"t":2,"n":3,"progress":%s}\n' "$(value "$rekey" verify_nonce)" "$(words_in "$(value "$rekey" verified)")"
    return
  fi
  if [ -f "$rekey" ]; then
    printf '{"nonce":"%s","started":true,"t":2,"n":3,"progress":%s,"required":2,"verification_required":true,"verification_nonce":"%s"}\n' \
      "$(value "$rekey" nonce)" "$(words_in "$(value "$rekey" old)")" "$(value "$rekey" verify_nonce)"
  else
    printf '{"nonce":"","started":false,"t":0,"n":0,"progress":0,"required":2,"verification_required":false,"verification_nonce":""}\n'
  fi
}

# One custodian's share. As with the real one a share that was given before does not count again.
rekey_part() {
  [ -f "$rekey" ] || die 'Error: no rekey in progress' 2
  if [ "$verify" = yes ]; then key=verified which=verify_nonce step=$(($(generation) + 1)); else key=old which=nonce step=$(generation); fi
  [ "$nonce" = "$(value "$rekey" "$which")" ] || die "Error: the nonce $nonce is not that of the operation in progress" 2
  echo "Rekey operation nonce: $(shown_nonce "$which")"
  ask_share 'Unseal Key (will be hidden): '
  number=$(number_of_share naksha "$step" "$share")
  share=''
  if [ -z "$number" ] || fault share-refused; then
    die "Error posting unseal key: Error making API request.

Code: 400. Errors:

* unseal key does not match" 2
  fi
  case " $(value "$rekey" "$key") " in *" $number "*) ;; *) set_rekey "$key" "$(value "$rekey" "$key") $number" ;; esac
  count=$(words_in "$(value "$rekey" "$key")")
  echo "Progress $count/2"
  [ "$count" -ge 2 ] || return 0
  if [ "$verify" = yes ]; then
    put "$box/unseal" "generation=$step"
    rm -f "$rekey"
    echo 'Rekey verification successful: the new key shares are now active.'
  else
    set_rekey phase verify
    set_rekey verify_nonce "$(new_nonce)"
    echo "Verification nonce: $(value "$rekey" verify_nonce)"
    echo 'The new shares must be verified before they take effect. Until then the old ones hold.'
  fi
}

# In place of PGP ciphertext: a word to whom it belongs. The custodian finds the share in their sealed bag.
rekey_retrieve() {
  [ -f "$rekey" ] && [ "$(value "$rekey" backup)" = yes ] || die 'Error retrieving rekey stored keys: no backup found' 2
  printf '{"nonce":"%s","keys":{"a1f0c3d2":["d3JhcHBlZC0x"],"b27e4d19":["d3JhcHBlZC0y"],"c95b0e44":["d3JhcHBlZC0z"]}}\n' "$(value "$rekey" nonce)"
}

operator() {
  command=${1:-}
  [ $# -gt 0 ] && shift
  case $command in
    rekey)
      rekey_options "$@"
      case $action in
        init) rekey_init ;;
        status) rekey_status ;;
        cancel) rm -f "$rekey"; echo 'Success! Canceled rekeying (if it was started)' ;;
        retrieve) rekey_retrieve ;;
        forget) echo 'Success! Deleted stored keys (if they existed)' ;;
        part) rekey_part ;;
      esac ;;
    unseal) unseal "$@" ;;
    raft)
      [ "${1:-} ${2:-}" = 'snapshot save' ] && [ $# -eq 3 ] || unsupported "vault $all"
      (umask 077 && { printf 'vault raft snapshot\ngeneration=%s\n' "$(generation)"
        awk 'BEGIN { for (i = 0; i < 9000; i++) printf "%08d %d\n", i, i * 7919 % 100003 }'; } >"$3") || exit 2 ;;
    *) unsupported "vault $all" ;;
  esac
}

unseal() {
  [ $# -eq 0 ] || unsupported 'vault operator unseal KEY: a share never stands on a command line'
  node=$(node_of "$address")
  is_sealed "$node" || { echo 'Sealed false'; return; }
  ask_share 'Unseal Key (will be hidden): '
  number=$(number_of_share naksha "$(generation)" "$share")
  share=''
  [ -n "$number" ] && ! fault share-refused || die 'Error unsealing: Error making API request. Code: 400. Errors: * invalid key' 2
  given=$(cat "$sealed-$node")
  case " $given " in *" $number "*) ;; *) given="$given $number" ;; esac
  put "$sealed-$node" "$given"
  if [ "$(words_in "$given")" -ge 2 ] && ! fault standby-stays-sealed; then
    rm -f "$sealed-$node"
    echo 'Sealed false'
  else
    printf 'Sealed true\nUnseal Progress %s/2\n' "$(words_in "$given")"
  fi
}

# The versions of a path lie beside each other as JSON, for their owner alone.
kv_folder() { printf '%s/kv/%s' "$box" "$(printf '%s' "$1" | tr '/' '-')"; }
kv_newest() { for file in "$1"/*.json; do [ -f "$file" ] && basename "$file" .json; done | sort -n | tail -n 1; }

# kv_save FOLDER: the next version, an object from standard input. What consumers read follows it at once.
kv_save() {
  last=$(kv_newest "$1")
  (umask 077 && mkdir -p "$1" && jq -ce 'select(type == "object")' >"$1/$((${last:-0} + 1)).json") ||
    { rm -f "$1/$((${last:-0} + 1)).json"; die 'Failed to parse K=V data: invalid JSON' 1; }
  case $1 in *-next) ;; *) put "$1-current" "$(jq -r '.access_key_id // .username' "$1/$((${last:-0} + 1)).json")" ;; esac
}

kv() {
  command -v jq >/dev/null 2>&1 || unsupported 'this needs jq on this computer'
  verb=$1 version='' field='' format='' path=''
  shift
  [ "$verb" != metadata ] || { verb="metadata ${1:-}"; shift; }
  while [ $# -gt 0 ]; do
    case $1 in
      -mount=secret) ;;
      -version=*) version=${1#*=} ;;
      -field=*) field=${1#*=} ;;
      -format=json) format=json ;;
      -) [ "$verb" = put ] || unsupported "vault $all" ;;
      -* | *=*) unsupported "vault $all: values come from standard input alone" ;;
      *) path=$1 ;;
    esac
    shift
  done
  at=$(kv_folder "$path")
  version=${version:-$(kv_newest "$at")}
  case $verb in
    put) kv_save "$at"; printf '== Secret Path ==\nsecret/data/%s\n' "$path"; return ;;
    'metadata delete') rm -rf "$at"; echo "Success! Data deleted (if it existed) at: secret/metadata/$path"; return ;;
  esac
  [ -f "$at/$version.json" ] || die "No value found at secret/data/$path" 2
  case $verb:$format in
    get:json) jq -c --argjson version "$version" '{data: {data: ., metadata: {version: $version}}}' "$at/$version.json" ;;
    get:) jq -jer --arg field "$field" '.[$field]' "$at/$version.json" || die "Field \"$field\" not present in secret" 1 ;;
    rollback:) kv_save "$at" <"$at/$version.json"; echo 'Success! Rolled back' ;;
    'metadata get:json') printf '{"data":{"current_version":%s}}\n' "$(kv_newest "$at")" ;;
    *) unsupported "vault $all" ;;
  esac
}

command=${1:-}
[ $# -gt 0 ] && shift
case $command in
  status) status "$@" ;;
  operator) operator "$@" ;;
  kv) kv "$@" ;;
  write)
    case "$*" in
      transit/keys/*/config\ deletion_allowed=true)
        name=${1#transit/keys/}
        [ -f "$box/transit-${name%/config}.pem" ] || die 'Error writing data: no existing key' 2
        : >"$box/transit-${name%/config}.deletable" ;;
      *) unsupported "vault $all" ;;
    esac
    echo "Success! Data written to: $1" ;;
  delete)
    case ${1:-} in transit/keys/*) ;; *) unsupported "vault $all" ;; esac
    name=${1#transit/keys/}
    [ -f "$box/transit-$name.deletable" ] || die "Error deleting $1: deletion is not allowed for this key" 2
    rm -f "$box/transit-$name.pem" "$box/transit-$name.deletable"
    echo "Success! Data deleted (if it existed) at: $1" ;;
  list)
    [ "$*" = '-format=json transit/keys' ] || unsupported "vault $all"
    printf '['; comma=''
    for file in "$box"/transit-*.pem; do
      [ -f "$file" ] || continue
      name=${file##*/transit-}; printf '%s"%s"' "$comma" "${name%.pem}"; comma=,
    done
    echo ']' ;;
  audit)
    [ "$*" = 'list -format=json' ] || unsupported "vault $all"
    if fault vault-audit-off; then echo '{"file/":{"type":"file"}}'; else echo '{"file/":{"type":"file"},"syslog/":{"type":"syslog"}}'; fi ;;
  *) unsupported "vault $all" ;;
esac
