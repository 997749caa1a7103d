# Key shares of the rehearsal: who holds which, and how one is typed. Shares are computed from the product, the generation
# and the number; none is written anywhere, and none is a secret outside the rehearsal. Read after platform.sh.

# share_of PRODUCT GENERATION NUMBER
share_of() {
  printf 'rehearsal %s generation %s share %s' "$1" "$2" "$3" | sha256sum | cut -c1-24
}

# number_of_share PRODUCT GENERATION SHARE: which of the three it is; nothing when it is none of them.
number_of_share() {
  for number in 1 2 3; do
    [ "$(share_of "$1" "$2" "$number")" = "$3" ] && { echo "$number"; return 0; }
  done
  return 0
}

# ask_share PROMPT: one line from the terminal into $share, without an echo. Never from a pipe.
ask_share() {
  [ -t 0 ] || die "$tool: a share is typed by its custodian at a terminal, and by nobody else" 2
  echo 'REHEARSAL: in a terminal of your own, the command sealed-bag shows what lies in a custodian'"'"'s bag.'
  settings=$(stty -g)
  trap 'stty "$settings"; echo; exit 130' INT TERM HUP
  stty -echo
  share=''
  printf '%s' "$1"
  IFS= read -r share
  stty "$settings"
  trap - INT TERM HUP
  echo
}

# A nonce in the manner of a UUID.
new_nonce() {
  head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' | sed 's/^\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)/\1-\2-\3-\4-/'
}
