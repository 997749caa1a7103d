# Revocation lists over HTTPS from the rehearsal's own server, with the curl of this machine. Read by curl after
# platform.sh, for addresses under /api/v1/crl/ only.
. "$root/lib/pki-real.sh"

crl_http() {
  pki_start
  port=$(cat "$pki/port-web")
  (PATH=$system_path; command -v curl >/dev/null 2>&1) || { crl_file "$@"; exit; }
  PATH=$system_path exec curl --connect-to "vault.example.com:443:127.0.0.1:$port" \
    --connect-to "ops-1.vault.example.com:443:127.0.0.1:$port" "$@"
}

# Without a curl on this machine: the same file from the folder that is served.
crl_file() {
  out='' url=''
  while [ $# -gt 0 ]; do
    case $1 in
      -o) out=$2; shift ;;
      --cacert | --max-time) shift ;;
      -*) ;;
      *) url=$1 ;;
    esac
    shift
  done
  cp "$pki/www/${url#https://*/}" "$out" 2>/dev/null || die 'curl: (22) The requested URL returned error: 404' 22
}
