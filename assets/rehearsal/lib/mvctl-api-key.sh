# API keys of MazeVault in the rehearsal. Read by mvctl.
. "$root/lib/keyring.sh"
ring=$state/credentials/api

api_key() {
  case "${1:-}:$#" in
    show:2)
      need_known "$2"
      printf '{"id":"%s","state":"%s","consumers":%s,"refused":%s}\n' "$2" "$(key_state "$2")" \
        "$(key_consumers "$2" | grep -c .)" "$(if [ "$(key_state "$2")" = disabled ]; then key_consumers "$2" | wc -l | tr -d ' '; else echo 0; fi)" ;;
    consumers:2) key_consumers "$2" ;;
    create:5)
      [ "$2" = --like ] && [ "$4" = --out ] || unsupported "mvctl $all"
      need_known "$3"
      key_create ak "$5" 'X-API-Key: '
      audit api-key.create ;;
    deliver:4) [ "$3" = --from ] || unsupported "mvctl $all"; key_deliver "$4" "$2"; audit api-key.deliver ;;
    take-back:4) [ "$3" = --from ] || unsupported "mvctl $all"; key_deliver "$4" "$2"; audit api-key.take-back ;;
    disable:2) need_known "$2"; set_key_state "$2" disabled; audit api-key.disable; echo "disabled $2" ;;
    enable:2) need_known "$2"; set_key_state "$2" active; audit api-key.enable; echo "enabled $2" ;;
    delete:2) key_delete "$2"; audit api-key.delete; echo "deleted $2" ;;
    list:1) cut -f 1,2 "$ring/keys" ;;
    *) unsupported "mvctl $all" ;;
  esac
}
