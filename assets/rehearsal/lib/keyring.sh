# Opaque keys of the rehearsal (API keys, tokens, monitoring credentials): a table of id, state and SHA-256, and one of who
# uses which. `ring` is the folder; the values themselves lie only in the files they were written to.

key_state() { awk -F "$tab" -v k="$1" '$1 == k { print $2 }' "$ring/keys"; }
set_key_state() {
  awk -F "$tab" -v OFS="$tab" -v k="$1" -v s="$2" '$1 == k { $2 = s } { print }' "$ring/keys" >"$ring/keys.new" &&
    mv "$ring/keys.new" "$ring/keys"
}
need_known() { [ -n "$(key_state "$1")" ] || die "$tool: there is no key \"$1\""; }
digest_of() { printf '%s' "$1" | sha256sum | cut -d ' ' -f 1; }

# The state of the key with this value; nothing when nobody knows it.
state_of_value() {
  wanted=$(digest_of "$1")
  awk -F "$tab" -v w="$wanted" '$3 == w { print $2 }' "$ring/keys"
}

# key_create PREFIX FILE HEADER: a new key, written as a header line into a file that only its owner can read.
key_create() {
  [ ! -e "$2" ] || die "$tool: $2 is there already"
  secret=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
  id=$1-$(printf '%s' "$secret" | cut -c1-8)
  (umask 077 && printf '%s%s\n' "$3" "$secret" >"$2") || exit 1
  printf '%s\tactive\t%s\n' "$id" "$(digest_of "$secret")" >>"$ring/keys"
  echo "id $id"
}

# key_deliver FROM TO: everyone who uses one is given the other. With the fault the last one of them goes on as before.
key_deliver() {
  need_known "$2"
  users=$(key_consumers "$1")
  last=''
  fault consumer-on-old-key && last=$(awk -F "$tab" -v k="$1" '$2 == k { name = $1 } END { print name }' "$ring/consumers")
  awk -F "$tab" -v OFS="$tab" -v a="$1" -v b="$2" -v keep="$last" '$2 == a && $1 != keep { $2 = b } { print }' \
    "$ring/consumers" >"$ring/consumers.new" && mv "$ring/consumers.new" "$ring/consumers"
  printf '%s\n' "$users" | sed -n 's/^./delivered &/p'
}

key_consumers() { awk -F "$tab" -v k="$1" '$2 == k { print $1 }' "$ring/consumers"; }

key_delete() {
  need_known "$1"
  [ "$(key_state "$1")" = disabled ] || die "$tool: key $1 is still active; disable it first"
  grep -v "^$1$tab" "$ring/keys" >"$ring/keys.new"
  mv "$ring/keys.new" "$ring/keys"
}
