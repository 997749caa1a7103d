# Cipher keys of MazeVault in the rehearsal: version 7 is active since twelve days, 6 came before it. Read by mvctl.
cipher() {
  total=$(secrets_count)
  older=0
  fault reencryption-behind && older=479
  reads=0
  fault old-cipher-key-used && reads=14
  case "$*" in
    show)
      created=$(($(now) - 12 * 86400))
      printf '{"active":{"key_id":"ck-7","version":7,"algorithm":"AES-256-GCM","bits":256,"created":"%s","age_days":12},"previous":{"key_id":"ck-6","version":6,"state":"decrypt-only"}}\n' \
        "$(date -u -d "@$created" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$created" +%Y-%m-%dT%H:%M:%SZ)" ;;
    usage)
      printf '{"total":%s,"on_active":%s,"on_older":%s,"percent":%s}\n' "$total" "$((total - older))" "$older" \
        "$(awk -v t="$total" -v o="$older" 'BEGIN { printf "%.2f", 100 * (t - o) / t }')" ;;
    'reads --version 6 --since 24h') echo "$reads" ;;
    *) unsupported "mvctl cipher $*" ;;
  esac
}
