#!/bin/sh
# Simulated cmctl: asks cert-manager for a new certificate.
tool=cmctl
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
[ "$1 $2 $3 $4" = '--context=naksha-prod-1 renew -n naksha' ] && [ $# -eq 5 ] || unsupported "cmctl $*"
grep -q "^$5 " "$naksha/certificates" || die "error: certificates.cert-manager.io \"$5\" not found"
fault certificate-not-issued || {
  awk -v n="$5" '$1 == n { $2 = 90 } { print }' "$naksha/certificates" >"$naksha/certificates.new"
  mv "$naksha/certificates.new" "$naksha/certificates"
}
echo "Manually triggered issuance of Certificate naksha/$5"
