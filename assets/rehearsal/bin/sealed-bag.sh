#!/bin/sh
# Stands in for the custodians of the rehearsal: shows what lies in one custodian's sealed bag. Exists nowhere else.
tool=sealed-bag
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/shares.sh"
case "${1:-} ${2:-} ${3:-}" in
  'mazevault '[123]' old' | 'mazevault '[123]' new') generation=$(value "$state/master" version) ;;
  'naksha '[123]' old' | 'naksha '[123]' new') generation=$(value "$state/credentials/unseal" generation) ;;
  'ca '[123]' old') generation=1 ;;
  *) echo 'usage: sealed-bag mazevault|naksha|ca 1|2|3 old|new'; exit 2 ;;
esac
[ "$3" = old ] || generation=$((generation + 1))
share_of "$1" "$generation" "$2"
