# What the simulated curl gets from the services whose credentials are rotated: key sets, a question who one is, and the
# monitoring. Certificates are checked as everywhere; a credential comes in a header from a file or from standard input.

# reply CODE BODY: as curl would print it, or complain about it.
reply() {
  if [ "$fail" = yes ] && [ "$1" -ge 400 ]; then
    [ -z "$out" ] || : >"$out"
    echo "curl: (22) The requested URL returned error: $1" >&2
    exit 22
  fi
  if [ -n "$out" ]; then printf '%s\n' "$2" >"$out"; else printf '%s\n' "$2"; fi
  [ -z "$write" ] || printf '%b' "$(printf '%s' "$write" | sed "s/%{http_code}/$1/g")"
  exit 0
}

credential_headers() {
  case $1 in
    @-) header=$(cat) ;;
    @*) [ -f "${1#@}" ] || { echo "curl: (26) Failed to open ${1#@}" >&2; exit 26; }; header=$(cat "${1#@}") ;;
    Authorization:* | X-API-Key:*) unsupported 'a credential on the command line: give it in a file, -H @FILE' ;;
    *) ;;
  esac
}

# whoami of an issuer: real signatures are verified.
who_am_i() {
  bearer=$(printf '%s\n' "$header" | sed -n 's/^Authorization: Bearer //p')
  key=$(printf '%s\n' "$header" | sed -n 's/^X-API-Key: //p')
  if [ -n "$bearer" ]; then
    case $bearer in
      *.*.*) verdict=$(judge "$bearer") ;;
      *) verdict=$(opaque "$bearer") ;;
    esac
  elif [ -n "$key" ]; then verdict=$(opaque "$key")
  else reply 401 '{"error":"no credential"}'
  fi
  [ "$verdict" = valid ] && reply 200 '{"sub":"rotation-check"}'
  reply 401 "{\"error\":\"$verdict\"}"
}

opaque() {
  . "$root/lib/keyring.sh"
  case $(state_of_value "$1") in
    active) echo valid ;;
    disabled) if fault old-key-accepted; then echo valid; else echo disabled-key; fi ;;
    *) echo unknown-key ;;
  esac
}

monitoring() {
  bearer=$(printf '%s\n' "$header" | sed -n 's/^Authorization: Bearer //p')
  [ "$(opaque "$bearer")" = valid ] || reply 401 '{"error":"unauthorized"}'
}

credentials_http() {
  fail=no out='' write='' ca='' url='' header='' data=''
  while [ $# -gt 0 ]; do
    case $1 in
      -fsS | -fs | -f) fail=yes ;;
      -sS | -s) ;;
      --cacert) ca=$2; shift ;;
      --max-time) shift ;;
      -o) out=$2; shift ;;
      -w) write=$2; shift ;;
      -H) credential_headers "$2"; shift ;;
      -X) [ "$2" = POST ] || unsupported "curl -X $2"; shift ;;
      --data-binary) data=$2; shift ;;
      -*) unsupported "option $1 in: curl $all" ;;
      *) url=$1 ;;
    esac
    shift
  done
  [ -n "$ca" ] || { echo 'curl: (60) SSL certificate problem: unable to get local issuer certificate' >&2; exit 60; }
  grep -q 'BEGIN CERTIFICATE' "$ca" 2>/dev/null || { echo "curl: (77) error setting certificate file: $ca" >&2; exit 77; }
  case $url in
    https://vault.example.com/*) . "$root/lib/mvctl-jwks.sh"; ring=$state/credentials/api ;;
    https://auth.naksha.example.com/*) . "$root/lib/nakshactl-jwks.sh"; ring=$state/credentials/naksha-tokens ;;
    https://prometheus.naksha.example.com/* | https://grafana.naksha.example.com/* | https://alertmanager.naksha.example.com/*)
      ring=$state/credentials/naksha-monitoring ;;
    *) unsupported "the address $url" ;;
  esac
  . "$root/lib/issuer.sh"
  case $url in
    */.well-known/jwks.json) issuer_ready; reply 200 "$(key_set)" ;;
    */api/v1/whoami) issuer_ready; who_am_i ;;
    */api/v1/targets)
      monitoring
      up=up
      fault target-down && up=down
      reply 200 "{\"status\":\"success\",\"data\":{\"activeTargets\":[{\"labels\":{\"job\":\"orders\"},\"health\":\"up\"},{\"labels\":{\"job\":\"postgres\"},\"health\":\"up\"},{\"labels\":{\"job\":\"vault\"},\"health\":\"$up\"}]}}" ;;
    https://grafana.naksha.example.com/api/user) monitoring; reply 200 '{"login":"sa-rotation-check"}' ;;
    https://alertmanager.naksha.example.com/api/v2/alerts)
      monitoring
      [ "${data#@}" != "$data" ] && [ -f "${data#@}" ] || unsupported 'an alert that is not read from a file'
      fault test-alert-lost || sed -n 's/.*"alertname" *: *"\([A-Za-z0-9-]*\)".*/\1/p' "${data#@}" >>"$state/credentials/alerts"
      reply 200 '{}' ;;
    *) unsupported "the address $url" ;;
  esac
}
