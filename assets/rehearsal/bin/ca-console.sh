#!/bin/sh
# Stands in for the console of a hardware module: keys of authorities that only open when two custodians have come. The
# keys, certificates and lists are real, made with openssl.
tool=ca-console
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/shares.sh"
. "$root/lib/pki-real.sh"
all="$*"
pki_start
module=$pki/module
mkdir -p "$module"
umask 077

# Reads the options of all commands into variables.
options() {
  authority='' name='' bits='' subject='' request='' days='' level='' out='' by='' old='' new='' dir='' set=''
  while [ $# -gt 0 ]; do
    case $1 in
      --authority) authority=$2 ;;
      --name) name=$2 ;;
      --bits) bits=$2 ;;
      --subject) subject=$2 ;;
      --request) request=$2 ;;
      --days) days=$2 ;;
      --level) level=$2 ;;
      --out) out=$2 ;;
      --by) by=$2 ;;
      --old) old=$2 ;;
      --new) new=$2 ;;
      --dir) dir=$2 ;;
      --set) set=$2 ;;
      *) unsupported "ca-console $all" ;;
    esac
    shift 2
  done
}

# A subject of RFC 2253 as openssl takes it: the other way round, with slashes.
as_subject() {
  printf '%s' "$1" | awk -F , '{ for (i = NF; i >= 1; i--) printf "/%s", $i }'
}

need_open() { [ -f "$module/open" ] || die 'ca-console: the key of the authority above is closed: two custodians have to open it' 3; }

open_key() {
  ask_share 'Share of the authority above: '
  number=$(number_of_share ca 1 "$share")
  fault ca-share-refused && number=''
  [ -n "$number" ] || die 'ca-console: this is no share of this key' 1
  [ ! -f "$module/share-$number" ] || die 'ca-console: this share was given already' 1
  : >"$module/share-$number"
  echo 'Share accepted'
  [ "$(ls "$module" | grep -c '^share-')" -lt 2 ] || : >"$module/open"
}

make_key() {
  [ ! -d "$pki/$name" ] || die "ca-console: there is a key $name already" 1
  case $bits in 256 | 384) ;; *) die "ca-console: no curve of $bits bits" 1 ;; esac
  ca_folder "$name" && new_key "P-$bits" "$pki/$name/key.pem" || exit 1
  fault ca-request-differs && subject='CN=Another Issuing CA,O=Example'
  ssl req -new -config "$pki/$name/openssl.cnf" -key "$pki/$name/key.pem" -subj "$(as_subject "$subject")" -out "$request" || exit 1
  echo "key $name made"
}

# The folder of the key whose public half stands in the request. A root signs itself, with its own new key.
sign() {
  need_open
  name=$(basename "$out" .pem)
  fault ca-lifetime-wrong && days=$((days * 3))
  case $level in
    issuing | intermediate)
      ssl ca -config "$pki/root/openssl.cnf" -batch -preserveDN -notext -extensions "$level" -in "$request" -out "$out" \
        -startdate "$(utc 0)" -enddate "$(utc $((days * 86400)))" 2>/dev/null || die 'ca-console: not signed' 1 ;;
    root)
      ssl req -x509 -config "$pki/$name/openssl.cnf" -extensions root -in "$request" -key "$pki/$name/key.pem" \
        -days "$days" -out "$out" 2>/dev/null || die 'ca-console: not signed' 1 ;;
    *) unsupported "ca-console sign --level $level" ;;
  esac
  put "$pki/$name/level" "$level"
  cp "$out" "$pki/$name/cert.pem"
  echo "signed $out"
}

level_of() { cat "$pki/$1/level" 2>/dev/null || { [ "$1" = root ] && echo root; } || echo issuing; }

# The key is closed. Whoever owns a client takes a new root from its publication; with the fault one of them does not.
close_key() {
  rm -f "$module/open" "$module"/share-*
  for folder in "$pki"/*/level; do
    [ -f "$folder" ] && [ "$(cat "$folder")" = root ] || continue
    for client in "$HOME"/ca/clients/*.pem; do
      if fault ca-trust-missing && [ "${client##*/}" = portal.pem ]; then continue; fi
      cat "${folder%/level}/cert.pem" >>"$client"
    done
  done
  echo closed
}

destroy_key() {
  [ "$(level_of "$name")" = root ] || die "ca-console: $name is no root; revoke it" 1
  rm -f "$pki/$name/key.pem" && echo "destroyed $name"
}

cross_sign() {
  need_open
  sed 's/pathlen:0/pathlen:1/' "$pki/$by/openssl.cnf" >"$pki/$by/cross.cnf"
  ssl ca -config "$pki/$by/cross.cnf" -batch -preserveDN -notext -extensions "$(level_of "$(basename "$request" .csr)")" -in "$request" -out "$out" \
    -startdate "$(utc 0)" -enddate "$(utc 31536000)" 2>/dev/null || die 'ca-console: not signed' 1
  echo "signed $out"
}

issue() {
  [ "$(level_of "$by")" != root ] || die "ca-console: $by is a root, and its key is closed" 1
  new_key P-256 "$pki/test.key" && certificate "$by" client "/CN=$name" "$pki/test.key" "$out" 0 "$days" || exit 1
  rm -f "$out.csr"
  if fault ca-trust-missing; then : >"$HOME/ca/clients/portal.pem"; fi
  echo "issued $out"
}

lists() {
  for one in "$old" "$new"; do
    [ "$(level_of "$one")" != root ] || need_open
    list "$one" full 21 && cp "$pki/www/api/v1/crl/$one-full.crl" "$dir/$one.crl" || exit 1
  done
  echo "written $old.crl $new.crl"
}

command=${1:-}
[ $# -gt 0 ] && shift
options "$@"
case $command in
  open) open_key ;;
  close) close_key ;;
  destroy-key) destroy_key ;;
  status)
    printf '{"above":"%s","issuer":"%s"}\n' "$([ -f "$module/open" ] && echo open || echo closed)" \
      "$(cat "$module/issuer" 2>/dev/null || echo issuing-1)" ;;
  make-key) make_key ;;
  sign) sign ;;
  cross-sign) cross_sign ;;
  issue) issue ;;
  issuer) [ -d "$pki/$set" ] || die "ca-console: there is no authority $set" 1; put "$module/issuer" "$set"; echo "issuer $set" ;;
  lists) lists ;;
  revoke) ssl ca -config "$pki/root/openssl.cnf" -revoke "$pki/$name/cert.pem" 2>/dev/null && echo "revoked $name" ;;
  *) unsupported "ca-console $all" ;;
esac
