# The master key in the rehearsal: a ceremony with a nonce, two of three old shares, three new ones that are proven one
# by one, a trial on the standby, and an end. Read by mvctl; uses platform.sh and shares.sh.
rekey=$state/master-rekey

set_master() {
  awk -F = -v OFS== -v k="$1" -v v="$2" '$1 == k { $2 = v } { print }' "$state/master" >"$state/master.new" &&
    mv "$state/master.new" "$state/master"
}

set_rekey() {
  awk -F = -v OFS== -v k="$1" -v v="$2" '$1 == k { $2 = v } { print }' "$rekey" >"$rekey.new" &&
    mv "$rekey.new" "$rekey"
}

words_in() { printf '%s' "$1" | wc -w | tr -d ' '; }

need_rekey() {
  [ -f "$rekey" ] || die 'mvctl: no re-key is under way'
  [ "$1" = "$(value "$rekey" nonce)" ] ||
    die "mvctl: nonce $1 is not the one of the re-key that is under way; stop and call the witness"
}

# What a custodian is shown: with the fault, somebody else's re-key.
shown_nonce() {
  if fault rekey-nonce-differs; then echo 00000000-dead-beef-0000-000000000000; else value "$rekey" nonce; fi
}

master_status() {
  version=$(value "$state/master" version)
  if [ -f "$rekey" ]; then
    printf '{"version":%s,"rekey":"%s","nonce":"%s","old_shares":%s,"new_shares":%s,"standby_proven":%s}\n' "$version" \
      "$(value "$rekey" phase)" "$(value "$rekey" nonce)" "$(words_in "$(value "$rekey" old)")" \
      "$(words_in "$(value "$rekey" new)")" "$([ "$(words_in "$(value "$rekey" standby)")" -ge 2 ] && echo true || echo false)"
  else
    printf '{"version":%s,"rekey":"none","nonce":"","old_shares":0,"new_shares":0,"standby_proven":false}\n' "$version"
  fi
}

rekey_init() {
  [ "$*" = '--shares 3 --threshold 2 --verify' ] || unsupported "mvctl master rekey init $*"
  [ ! -f "$rekey" ] || die 'mvctl: a re-key is under way already; cancel it, or go on with it'
  put "$rekey" "phase=old-shares
nonce=$(new_nonce)
old=
new=
standby="
  audit master.rekey.init
  printf 'Re-key of the master key begun: 3 shares, 2 needed, with verification\nNonce %s\n' "$(value "$rekey" nonce)"
}

# One custodian's part: the prompt shows the nonce, takes the share without an echo, and counts it once.
rekey_part() {
  field=$1 generation=$2 wanted=$3 next=$4
  echo "Nonce $(shown_nonce)"
  [ "$(value "$rekey" phase)" = "$field-shares" ] || die "mvctl: now is not the time for this: $(value "$rekey" phase)"
  if [ "$field" = new ]; then
    printf 'Your new share is shown once. Copy it into your bag, close the bag, and type the share from the copy.\n\n'
    number=$(($(words_in "$(value "$rekey" new)") + 1))
    printf '    %s\n\n' "$(share_of mazevault "$generation" "$number")"
  fi
  ask_share 'Share (will be hidden): '
  number=$(number_of_share mazevault "$generation" "$share")
  share=''
  if [ -z "$number" ] || fault share-refused; then die 'mvctl: the share was refused; nothing was counted'; fi
  case " $(value "$rekey" "$field") " in *" $number "*) die 'mvctl: this share has been given already' ;; esac
  set_rekey "$field" "$(value "$rekey" "$field") $number"
  count=$(words_in "$(value "$rekey" "$field")")
  audit "master.rekey.$field.$count"
  [ "$count" -lt "$wanted" ] || set_rekey phase "$next"
  echo "Share accepted, $count of $wanted"
}

# The standby opens its keyring with the new shares, in memory and beside the live one.
rekey_standby() {
  echo "Nonce $(shown_nonce)"
  [ "$(value "$rekey" phase)" = standby ] || die "mvctl: now is not the time for this: $(value "$rekey" phase)"
  ask_share 'New share (will be hidden): '
  number=$(number_of_share mazevault "$(($(value "$state/master" version) + 1))" "$share")
  share=''
  if [ -z "$number" ] || fault share-refused; then die 'mvctl: the share was refused; nothing was counted'; fi
  case " $(value "$rekey" standby) " in *" $number "*) die 'mvctl: this share has been given already' ;; esac
  set_rekey standby "$(value "$rekey" standby) $number"
  count=$(words_in "$(value "$rekey" standby)")
  audit "master.rekey.standby.$count"
  if [ "$count" -ge 2 ] && fault standby-stays-locked; then
    set_rekey standby ''
    die 'mvctl: the standby did not open its keyring with these shares'
  fi
  echo "Share accepted, $count of 2"
  [ "$count" -lt 2 ] || { set_rekey phase ready; echo 'The standby opened its keyring and locked it again'; }
}

rekey_complete() {
  [ "$(value "$rekey" phase)" = ready ] || die "mvctl: not everything is proven yet: $(value "$rekey" phase)"
  version=$(($(value "$state/master" version) + 1))
  set_master version "$version"
  set_master created "$(date -u +%Y-%m-%d)"
  set_master wrapped "$version"
  fault dr-key-behind || set_master standby "$version"
  rm -f "$rekey"
  audit "master.version.$version"
  echo "Master key version $version is active; all data keys are wrapped with it"
}

master_rekey() {
  step=${1:-}
  [ $# -gt 0 ] && shift
  if [ "$step" = init ]; then rekey_init "$@"; return; fi
  if [ "$step" = cancel ]; then
    [ -f "$rekey" ] || { echo 'No re-key is under way'; return; }
    rm -f "$rekey"
    audit master.rekey.cancel
    echo 'Re-key cancelled: the old shares remain, the new ones are worth nothing'
    return
  fi
  [ "${1:-}" = --nonce ] && [ $# -eq 2 ] || unsupported "mvctl master rekey $step $*"
  need_rekey "$2"
  case $step in
    submit) rekey_part old "$(value "$state/master" version)" 2 new-shares ;;
    receive) rekey_part new "$(($(value "$state/master" version) + 1))" 3 standby ;;
    standby) rekey_standby ;;
    complete) rekey_complete ;;
    *) unsupported "mvctl master rekey $step" ;;
  esac
}

master() {
  command=${1:-}
  [ $# -gt 0 ] && shift
  case $command in
    status) [ $# -eq 0 ] || unsupported "mvctl master status $*"; master_status ;;
    rekey) master_rekey "$@" ;;
    wrapped)
      older=0
      fault data-keys-left && older=3
      printf '{"data_keys":1204,"on_older":%s,"master_version":%s,"dr_master_version":%s}\n' \
        "$older" "$(value "$state/master" wrapped)" "$(value "$state/master" standby)" ;;
    *) unsupported "mvctl master $command" ;;
  esac
}
