#!/bin/sh
# The openssl of this machine, on a real certificate authority that is made when a command first speaks of its files.
# Only the address of the OCSP responder is not real: the answer is computed and signed here, and checked all the same.
tool=openssl
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/pki-real.sh"
case " $* " in
  *' pki/root.pem '* | *' pki/issuing'* | *' tls/'* | *' ca/'* | *' ocsp '* | *' s_client '*) pki_start ;;
esac
has_ssl || die 'openssl: not installed on this machine' 127
if [ "${1:-}" != ocsp ]; then
  PATH=$system_path exec openssl "$@"
fi

issuer='' certificate='' url='' ca='' nonce=yes
shift
while [ $# -gt 0 ]; do
  case $1 in
    -issuer) issuer=$2; shift ;;
    -cert) certificate=$2; shift ;;
    -url) url=$2; shift ;;
    -CAfile) ca=$2; shift ;;
    -timeout) shift ;;
    -no_nonce) nonce=no ;;
    *) unsupported "openssl ocsp $1" ;;
  esac
  shift
done
[ "$url" = http://ocsp.vault.example.com:8888 ] || die "Error connecting BIO
Error querying OCSP responder ($url is not part of this rehearsal)"
[ "$nonce" = no ] || unsupported 'openssl ocsp without -no_nonce: the lists of answers are made beforehand'
message=$(mktemp -d "$root/ocsp.XXXXXX") || exit 1
trap 'rm -r "$message"' EXIT
ssl ocsp -issuer "$issuer" -cert "$certificate" -no_nonce -reqout "$message/request" || exit 1
ssl ocsp -index "$pki/issuing-1/index.txt" -CA "$pki/issuing-1/cert.pem" -rsigner "$pki/ocsp.pem" -rkey "$pki/ocsp.key" \
  -ndays 1 -reqin "$message/request" -respout "$message/answer" >/dev/null || exit 1
ssl ocsp -issuer "$issuer" -cert "$certificate" -no_nonce -CAfile "$ca" -verify_other "$pki/issuing-1/cert.pem" -respin "$message/answer"
