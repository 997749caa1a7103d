# The health endpoint of Naksha, for curl: its certificate is checked, and the service can be disturbed.
naksha_http() {
  ca=''
  while [ $# -gt 0 ]; do
    case $1 in
      --cacert) ca=$2; shift ;;
      --max-time) shift ;;
      -fsS | https://*) ;;
      *) unsupported "option $1 in: curl $all" ;;
    esac
    shift
  done
  grep -q 'BEGIN CERTIFICATE' "$ca" 2>/dev/null || die "curl: (77) error setting certificate file: $ca" 77
  if fault naksha-unhealthy; then echo '{"status":"degraded","checks":{"database":"slow"}}'; else echo '{"status":"healthy","checks":{"database":"ok"}}'; fi
  exit 0
}
