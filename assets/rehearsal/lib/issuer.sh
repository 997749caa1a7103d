# An issuer of tokens in the rehearsal, with real RS256 signatures (RFC 7515) and a real key set (RFC 7517), both by
# openssl. `issuer` is its folder of state; MazeVault and the authentication service of Naksha have one each.

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
unbase64url() {
  text=$(tr '_-' '/+')
  case $((${#text} % 4)) in 2) text="$text==" ;; 3) text="$text=" ;; esac
  printf '%s' "$text" | openssl base64 -d -A
}

# The first key is made when somebody looks for the first time.
issuer_ready() {
  [ -f "$issuer/signer" ] && return 0
  mkdir -p "$issuer"
  if is_prepared "$first_kid"; then
    cp -p "$prepared/$first_kid/$first_kid".* "$issuer/"
  else
    new_key "$first_kid"
    if prepare "$first_kid"; then cp -p "$issuer/$first_kid".* "$preparing/" && is_now_prepared; fi
  fi
  put "$issuer/published" "$first_kid"
  put "$issuer/signer" "$first_kid"
}

new_key() {
  (umask 077 && openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$issuer/$1.pem") 2>/dev/null ||
    (umask 077 && openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$issuer/$1.pem" 2>/dev/null) ||
    die "$tool: openssl could not make a key"
  openssl rsa -in "$issuer/$1.pem" -pubout -out "$issuer/$1.pub" 2>/dev/null
}

is_published() { grep -qx "$1" "$issuer/published"; }

# The modulus of a 2048 bit key stands at the tenth byte of its PKCS#1 form and is 256 bytes long.
jwk() {
  n=$(openssl rsa -in "$issuer/$1.pem" -RSAPublicKey_out -outform DER 2>/dev/null | tail -c +10 | head -c 256 | base64url)
  printf '{"kty":"RSA","use":"sig","alg":"RS256","kid":"%s","n":"%s","e":"AQAB"}' "$1" "$n"
}

# What the world sees; with the fault, a proxy still gives the set of yesterday.
key_set() {
  if fault jwks-stale; then list=$first_kid; else list=$(cat "$issuer/published"); fi
  printf '{"keys":['
  comma=''
  for kid in $list; do
    printf '%s' "$comma"
    jwk "$kid"
    comma=,
  done
  printf ']}\n'
}

# issue SECONDS: a token of the active key.
issue() {
  kid=$(cat "$issuer/signer")
  fault signer-not-switched && kid=$first_kid
  head=$(printf '{"alg":"RS256","typ":"JWT","kid":"%s"}' "$kid" | base64url)
  claims=$(printf '{"sub":"rotation-check","iat":%s,"exp":%s}' "$(now)" "$(($(now) + $1))" | base64url)
  signature=$(printf '%s.%s' "$head" "$claims" | openssl dgst -sha256 -sign "$issuer/$kid.pem" | base64url)
  printf '%s.%s.%s\n' "$head" "$claims" "$signature"
}

# judge TOKEN: valid, or why not.
judge() {
  head=${1%%.*}
  rest=${1#*.}
  claims=${rest%%.*}
  kid=$(printf '%s' "$head" | unbase64url | sed -n 's/.*"kid":"\([A-Za-z0-9-]*\)".*/\1/p')
  expires=$(printf '%s' "$claims" | unbase64url | sed -n 's/.*"exp":\([0-9]*\).*/\1/p')
  [ -n "$kid" ] && [ -f "$issuer/$kid.pub" ] || { echo unknown-key; return; }
  if ! is_published "$kid" && ! fault old-token-accepted; then echo unknown-key; return; fi
  scratch=$root/state/signature.$$
  printf '%s' "${rest#*.}" | unbase64url >"$scratch"
  verdict=$(printf '%s.%s' "$head" "$claims" | openssl dgst -sha256 -verify "$issuer/$kid.pub" -signature "$scratch" 2>/dev/null)
  rm -f "$scratch"
  [ "$verdict" = 'Verified OK' ] || { echo bad-signature; return; }
  if [ "$expires" -le "$(now)" ] && ! fault old-token-accepted; then echo expired; return; fi
  ! grep -qx "$kid" "$issuer/revoked" 2>/dev/null || fault old-token-accepted || { echo revoked; return; }
  echo valid
}

need_key() { [ -f "$issuer/$1.pem" ] || die "$tool: there is no key \"$1\""; }

jwks() {
  issuer_ready
  case "${1:-}:$#" in
    show:1)
      held=$(for file in "$issuer"/*.pem; do name=${file##*/}; printf '"%s",' "${name%.pem}"; done)
      listed=$(while read -r kid; do printf '"%s",' "$kid"; done <"$issuer/published")
      printf '{"signer":"%s","published":[%s],"held":[%s]}\n' "$(cat "$issuer/signer")" "${listed%,}" "${held%,}" ;;
    publish:3)
      [ "$2" = --alg ] && [ "$3" = RS256 ] || unsupported "$tool jwks $*"
      kid=$kid_prefix-$(now)
      [ ! -f "$issuer/$kid.pem" ] || kid=$kid-b
      new_key "$kid"
      echo "$kid" >>"$issuer/published"
      echo "kid $kid" ;;
    activate:2)
      need_key "$2"
      is_published "$2" || die "$tool: key $2 is not published; tokens of it would be refused"
      put "$issuer/signer" "$2"
      echo "signer $2" ;;
    withdraw:2)
      need_key "$2"
      [ "$(cat "$issuer/signer")" != "$2" ] || die "$tool: key $2 signs; make another one active first"
      put "$issuer/published" "$(grep -vx "$2" "$issuer/published")"
      echo "withdrawn $2" ;;
    republish:2) need_key "$2"; is_published "$2" || echo "$2" >>"$issuer/published"; echo "published $2" ;;
    destroy:2)
      need_key "$2"
      ! is_published "$2" || die "$tool: key $2 is published; withdraw it first"
      rm -f "$issuer/$2.pem"
      echo "destroyed $2" ;;
    *) unsupported "$tool jwks $*" ;;
  esac
}

# token issue --ttl SECONDSs --out FILE: the token goes into a file for its owner alone, never onto the screen.
token() {
  issuer_ready
  case "$*" in
    limits) printf 'longest lifetime of a token %s\ncache of the key set %s\n' "$token_ttl" "$cache_ttl" ;;
    'issue --out '*)
      [ $# -eq 3 ] || unsupported "$tool token $*"
      (umask 077 && printf 'Authorization: Bearer %s\n' "$(issue "${token_ttl%s}")" >"$3") || exit 1
      echo "written $3" ;;
    *) unsupported "$tool token $*" ;;
  esac
}

sessions() {
  [ "${1:-}:${2:-}:$#" = revoke:--kid:3 ] || unsupported "$tool sessions $*"
  echo "$3" >>"$issuer/revoked"
  printf '{"kid":"%s","revoked":41,"left":0}\n' "$3"
}

# Share of requests that were answered with 401, and those with a key that nobody knows.
traffic() {
  case "$*" in
    'unauthorised --since 10m')
      if fault unauthorised-rate-high && [ "$(cat "$issuer/signer" 2>/dev/null)" != "$first_kid" ]; then echo 7.40; else echo 0.20; fi ;;
    'unknown-key --since 10m') if fault unknown-key-seen; then echo 12; else echo 0; fi ;;
    *) unsupported "$tool traffic $*" ;;
  esac
}
