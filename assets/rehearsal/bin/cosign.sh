#!/bin/sh
# Simulated cosign with real ECDSA signatures by openssl: keys lie in the transit engine of the simulated Vault, and
# signatures beside their digests in a simulated registry.
tool=cosign
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/signed-images.sh"
all="$*"
command=${1:-}
[ $# -gt 0 ] && shift
key='' image='' kms='' yes=no
while [ $# -gt 0 ]; do
  case $1 in
    --key) key=$2; shift ;;
    --kms) kms=$2; shift ;;
    --yes) yes=yes ;;
    --tlog-upload=false | --private-infrastructure) ;;
    -o | --output) [ "$2" = json ] || unsupported "cosign $all"; shift ;;
    -*) unsupported "option $1 in: cosign $all" ;;
    *) image=$1 ;;
  esac
  shift
done
images_ready

kms_key() {
  case $1 in hashivault://*) ;; *) unsupported "the key $1: the rehearsal signs with keys of Vault" ;; esac
  pem=$box/transit-${1#hashivault://}.pem
}

case $command in
  generate-key-pair)
    kms_key "$kms"
    [ ! -f "$pem" ] || die "error: key ${kms#hashivault://} exists"
    new_signing_key "$pem"
    echo 'Public key written to cosign.pub' >&2 ;;
  public-key)
    kms_key "$key"
    [ -f "$pem" ] || die 'Error: encryption key not found'
    openssl pkey -in "$pem" -pubout ;;
  sign)
    [ "$yes" = yes ] || unsupported 'cosign sign without --yes: it would ask'
    kms_key "$key"
    [ -f "$pem" ] || die "Error: signing $image: encryption key not found"
    digest=$(digest_of_image "$image")
    if fault resign-incomplete && [ "$digest" = "$(running_images | tail -n 1 | sed 's/.*@//')" ]; then
      die "Error: signing $image: PUT https://registry.naksha.example.com/v2/: unexpected status code 503 Service Unavailable"
    fi
    sign_digest "$digest" "$pem"
    echo "Pushing signature to: ${image%%@*}" >&2 ;;
  verify)
    [ -f "$key" ] || die "Error: loading public key: open $key: no such file or directory"
    digest=$(digest_of_image "$image")
    if signed_by "$digest" "$key"; then
      printf '[{"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":"%s"},"type":"cosign container image signature"}}]\n' "${image%%@*}" "$digest"
    else
      die 'Error: no matching signatures: invalid signature when validating ASN.1 encoded signature' 10
    fi ;;
  *) unsupported "cosign $all" ;;
esac
