# Images of Naksha that run in the rehearsal, and who has signed them. Real signatures over the digest, by openssl.
box=$state/credentials
old_signing_key=cosign-2026q3

running_images() { cat "$box/running-images"; }

digest_of_image() {
  case $1 in *@sha256:*) echo "${1##*@}" ;; *) unsupported "an image without a digest: $1" ;; esac
}

new_signing_key() {
  (umask 077 && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null) ||
    die "$tool: openssl could not make a key"
}

# sign_digest DIGEST KEY
sign_digest() {
  at=$box/signatures/${1#sha256:}
  mkdir -p "$at"
  name=$(openssl pkey -in "$2" -pubout -outform DER 2>/dev/null | sha256sum | cut -c1-16)
  printf '%s' "$1" | openssl dgst -sha256 -sign "$2" -out "$at/$name"
}

# signed_by DIGEST PUBLIC-KEY-FILE
signed_by() {
  for one in "$box/signatures/${1#sha256:}"/*; do
    [ -f "$one" ] || continue
    printf '%s' "$1" | openssl dgst -sha256 -verify "$2" -signature "$one" >/dev/null 2>&1 && return 0
  done
  return 1
}

# At first everything that runs is signed with the old key, and the policy trusts that one.
images_ready() {
  [ -d "$box/signatures" ] && return 0
  mkdir -p "$box/signatures" "$box/policy"
  [ -f "$box/transit-$old_signing_key.pem" ] || new_signing_key "$box/transit-$old_signing_key.pem"
  running_images | while read -r image; do sign_digest "${image##*@}" "$box/transit-$old_signing_key.pem"; done
  openssl pkey -in "$box/transit-$old_signing_key.pem" -pubout >"$box/policy/1.pub" 2>/dev/null
  put "$box/policy/action" Enforce
}

# Whether a key that the policy trusts has signed the digest.
admitted_by_policy() {
  for public in "$box"/policy/*.pub; do signed_by "$1" "$public" && return 0; done
  return 1
}
