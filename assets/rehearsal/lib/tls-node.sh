# One node of MazeVault that serves TLS on loopback and reads its certificate again when the link has moved, as job 18
# does; `web` serves the revocation lists and keeps its certificate. Ends with the home. $1 .platform, $2 which, $3 tls.
set -u
root=$1 which=$2 tls=$3
pki=$root/pki
PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin
server=''
# Asked often: without starting a program. A home that was made anew has other nodes.
echo $$ >"$pki/node-$which"
trap '[ -z "$server" ] || kill "$server" 2>/dev/null' EXIT
here() { IFS= read -r node <"$pki/node-$which" && [ "$node" = $$ ]; }

accepts() {
  while IFS= read -r said; do
    case $said in ACCEPT*) return 0 ;; esac
  done <"$1"
  return 1
}

# At first any free port, then always the same.
serve() {
  port=$(cat "$pki/port-$which" 2>/dev/null || echo 0)
  if [ "$which" = web ]; then
    cd "$pki/www" || exit 1
    openssl s_server -accept "127.0.0.1:$port" -cert "$pki/web.crt" -key "$pki/web.key" -cert_chain "$pki/web.crt" -WWW >"$pki/log-$which" 2>&1 &
  else
    openssl s_server -accept "127.0.0.1:$port" -cert "$tls/$1/tls.crt" -key "$tls/$1/tls.key" -cert_chain "$tls/$1/tls.crt" -www >"$pki/log-$which" 2>&1 &
  fi
  server=$!
  tries=0
  until accepts "$pki/log-$which"; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] && here || return 1
    kill -0 "$server" 2>/dev/null || return 1
    sleep 0.05
  done
  sed -n 's/^ACCEPT 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$pki/log-$which" >"$pki/port-$which.new" && mv "$pki/port-$which.new" "$pki/port-$which"
}

served=$(readlink "$tls/current")
serve "$served"
pause=0.5
[ "$which" = web ] && pause=1
while here; do
  sleep "$pause"
  if kill -0 "$server" 2>/dev/null; then
    [ "$which" = web ] || [ "$tls/current" -ef "$tls/$served" ] && continue
    [ "$which" = 2 ] && [ -f "$root/faults/tls-node-stale" ] && continue
  fi
  is=$(readlink "$tls/current" 2>/dev/null) || continue
  [ "$is" = "$served" ] && kill -0 "$server" 2>/dev/null && continue
  kill "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  served=$is
  serve "$served"
done
