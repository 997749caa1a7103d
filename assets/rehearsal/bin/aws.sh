#!/bin/sh
# Simulated aws for S3-like stores in two regions, each with its own users: profiles naksha-primary and naksha-dr. A user
# has two access keys at the most. The store itself knows secrets by their SHA-256 alone.
tool=aws
root=${0%/*}/..
. "$root/lib/platform.sh"
all="$*"
keys=$state/credentials/s3-keys
profile=${AWS_PROFILE:-} explicit=no user='' id='' new_status='' bucket='' object='' body='' words=''
while [ $# -gt 0 ]; do
  case $1 in
    --profile) profile=$2 explicit=yes; shift ;;
    --user-name) user=$2; shift ;;
    --access-key-id) id=$2; shift ;;
    --status) new_status=$2; shift ;;
    --bucket) bucket=$2; shift ;;
    --key) object=$2; shift ;;
    --body) body=$2; shift ;;
    --output) [ "$2" = json ] || unsupported "aws $all"; shift ;;
    --no-cli-pager) ;;
    -*) unsupported "option $1 in: aws $all" ;;
    *) words="$words $1" ;;
  esac
  shift
done

region() {
  case $profile in
    naksha-primary*) echo eu-central-1 ;;
    naksha-dr*) echo eu-west-1 ;;
    *) die "The config profile ($profile) could not be found" 255 ;;
  esac
}
region=$(region) || exit 255

iso() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%S+00:00 2>/dev/null || date -u -r "$1" +%Y-%m-%dT%H:%M:%S+00:00; }
need_key() { grep -q "^$region$tab$user$tab$1$tab" "$keys" || die "An error occurred (NoSuchEntity) when calling the operation: The Access Key with id $1 cannot be found." 254; }

# Who calls: the key in the environment, checked as the store would. As with the real one, --profile comes before it.
caller() {
  [ -z "${AWS_SHARED_CREDENTIALS_FILE:-}" ] || unsupported 'a credentials file of its own'
  wanted=${AWS_ACCESS_KEY_ID:-}
  [ -n "$wanted" ] && [ "$explicit" = no ] || { echo administrator; return; }
  hash=$(printf '%s' "${AWS_SECRET_ACCESS_KEY:-}" | sha256sum | cut -d ' ' -f 1)
  line=$(awk -F "$tab" -v r="$region" -v i="$wanted" '$1 == r && $3 == i' "$keys")
  [ -n "$line" ] || die 'An error occurred (InvalidAccessKeyId): The AWS Access Key Id you provided does not exist in our records.' 254
  [ "$(printf '%s' "$line" | cut -f 5)" = "$hash" ] || die 'An error occurred (SignatureDoesNotMatch)' 254
  if [ "$(printf '%s' "$line" | cut -f 4)" != Active ] && ! fault s3-old-key-accepted; then
    die 'An error occurred (InvalidAccessKeyId): The AWS Access Key Id you provided does not exist in our records.' 254
  fi
  if [ "$region" = eu-west-1 ] && fault s3-dr-key-denied; then die 'An error occurred (403) when calling the operation: Forbidden' 254; fi
  printf '%s' "$line" | cut -f 2
}

case $words in
  ' sts get-caller-identity')
    who=$(caller) || exit
    printf '{"UserId":"%s","Account":"%s","Arn":"arn:aws:iam::%s:user/%s"}\n' "$who" \
      "$([ "$region" = eu-central-1 ] && echo 411122223333 || echo 544455556666)" \
      "$([ "$region" = eu-central-1 ] && echo 411122223333 || echo 544455556666)" "$who" ;;
  ' iam list-access-keys')
    awk -F "$tab" -v r="$region" -v u="$user" 'BEGIN { printf "{\"AccessKeyMetadata\":[" }
      $1 == r && $2 == u { printf "%s{\"UserName\":\"%s\",\"AccessKeyId\":\"%s\",\"Status\":\"%s\"}", (n++ ? "," : ""), $2, $3, $4 }
      END { print "]}" }' "$keys" ;;
  ' iam create-access-key')
    [ "$(awk -F "$tab" -v r="$region" -v u="$user" '$1 == r && $2 == u' "$keys" | grep -c .)" -lt 2 ] ||
      die 'An error occurred (LimitExceeded) when calling the CreateAccessKey operation: Cannot exceed quota for AccessKeysPerUser: 2' 254
    secret=$(head -c 20 /dev/urandom | od -An -tx1 | tr -d ' \n')
    id=AKIA$(printf '%s' "$secret" | cut -c1-16 | tr 'a-f' 'A-F')
    printf '%s\t%s\t%s\tActive\t%s\t0\n' "$region" "$user" "$id" "$(printf '%s' "$secret" | sha256sum | cut -d ' ' -f 1)" >>"$keys"
    printf '{"AccessKey":{"UserName":"%s","AccessKeyId":"%s","Status":"Active","SecretAccessKey":"%s"}}\n' "$user" "$id" "$secret" ;;
  ' iam get-access-key-last-used')
    # Consumers use what Vault gives them; with the fault one of them still uses the old key.
    used=$(($(now) - 7200))
    current=$(cat "$state/credentials/kv/naksha-s3-$region-current" 2>/dev/null || echo AKIAOLD)
    { [ "$current" = "$id" ] || { [ "$current" = AKIAOLD ] && case $id in AKIAOLD*) true ;; *) false ;; esac; } || fault s3-old-key-used; } && used=$(now)
    printf '{"UserName":"x","AccessKeyLastUsed":{"LastUsedDate":"%s","ServiceName":"s3","Region":"%s"}}\n' "$(iso "$used")" "$region" ;;
  ' iam update-access-key')
    need_key "$id"
    awk -F "$tab" -v OFS="$tab" -v i="$id" -v s="$new_status" '$3 == i { $4 = s } { print }' "$keys" >"$keys.new" && mv "$keys.new" "$keys" ;;
  ' iam delete-access-key')
    need_key "$id"
    grep -q "${tab}$id${tab}Inactive" "$keys" || unsupported 'delete of an access key that is still active'
    awk -F "$tab" -v i="$id" '$3 != i' "$keys" >"$keys.new" && mv "$keys.new" "$keys" ;;
  ' s3api put-object')
    caller >/dev/null || exit
    [ -z "$body" ] || [ -f "$body" ] || die "Error parsing parameter '--body': Blob values must be a path to a file."
    put "$state/credentials/s3-object-$region" "$bucket/$object"
    echo '{"ETag":"\"d41d8cd98f00b204e9800998ecf8427e\""}' ;;
  ' s3api head-object')
    caller >/dev/null || exit
    [ -f "$state/credentials/s3-object-$region" ] || die 'An error occurred (404) when calling the HeadObject operation: Not Found' 254
    printf '{"ContentLength":%s,"Metadata":{}}\n' 29 ;;
  *) unsupported "aws $all" ;;
esac
