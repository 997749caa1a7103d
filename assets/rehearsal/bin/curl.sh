#!/bin/sh
# Simulated curl: the health endpoint of vault.example.com, with its certificate checked.
tool=curl
root=${0%/*}/..
. "$root/lib/platform.sh"
case "$*" in *'example.com/api/v1/crl/'*) . "$root/lib/crl-http.sh"; crl_http "$@" ;; esac
all="$*"
case " $all " in
  *' https://vault.example.com/.well-known/jwks.json '* | *' https://vault.example.com/api/v1/whoami '* | \
    *' https://auth.naksha.example.com/'* | *' https://prometheus.naksha.example.com/'* | \
    *' https://grafana.naksha.example.com/'* | *' https://alertmanager.naksha.example.com/'*)
    . "$root/lib/credentials-http.sh"
    credentials_http "$@" ;;
esac
case " $all " in *' https://naksha.example.com/api/health ') . "$root/lib/naksha-http.sh"; naksha_http "$@" ;; esac
fail=no quiet=no show=no ca='' url='' out=''
flags() {
  rest=$1
  while [ -n "$rest" ]; do
    case $rest in
      f*) fail=yes ;;
      s*) quiet=yes ;;
      S*) show=yes ;;
      k*) unsupported 'curl -k: nothing is proven by a connection that trusts anyone' ;;
      *) unsupported "option -$rest in: curl $all" ;;
    esac
    rest=${rest#?}
  done
}
while [ $# -gt 0 ]; do
  case $1 in
    --version) echo 'curl 8.14.1 (rehearsal)'; exit 0 ;;
    --cacert) ca=$2; shift ;;
    --max-time | -m | --connect-timeout) shift ;;
    -o | --output) out=$2; shift ;;
    --fail) fail=yes ;;
    --silent) quiet=yes ;;
    --show-error) show=yes ;;
    --insecure) flags k ;;
    --*) unsupported "option $1 in: curl $all" ;;
    -*) flags "${1#-}" ;;
    *) url=$1 ;;
  esac
  shift
done
complain() {
  [ "$quiet" = yes ] && [ "$show" = no ] || echo "curl: ($1) $2" >&2
  exit "$1"
}
case $url in
  https://vault.example.com/api/v1/health) ;;
  https://vault.example.com/*) unsupported "the address $url" ;;
  '') complain 2 'no URL specified' ;;
  *) host=${url#*://}; complain 6 "Could not resolve host: ${host%%/*} (the rehearsal knows vault.example.com only)" ;;
esac
[ -z "$ca" ] || [ -f "$ca" ] || complain 77 "error setting certificate file: $ca"
[ -n "$ca" ] || complain 60 'SSL certificate problem: unable to get local issuer certificate'
grep -q 'BEGIN CERTIFICATE' "$ca" || complain 77 "error setting certificate file: $ca"
settle
case $(health) in
  down)
    [ "$fail" = yes ] && complain 22 'The requested URL returned error: 503'
    body='{"status":"unavailable"}' ;;
  degraded)
    body=$(printf '{"status":"degraded","version":"%s","checks":{"database":"ok","migrations":"attention","queue":"ok"}}' "$(running_version)") ;;
  *)
    body=$(printf '{"status":"healthy","version":"%s","checks":{"database":"ok","migrations":"ok","queue":"ok"}}' "$(running_version)") ;;
esac
if [ -n "$out" ]; then printf '%s\n' "$body" >"$out"; else printf '%s\n' "$body"; fi
