#!/bin/sh
# Stands in for the product's admin interface in the rehearsal: what a person would look up or switch there.
tool=mazevault-console
root=${0%/*}/..
. "$root/lib/platform.sh"

usage() {
  cat <<'TEXT'
mazevault-console: the admin interface of this rehearsal

  status                       maintenance mode, DR failover, jobs, agents
  license                      license and its expiry
  jobs pause|resume NUMBER...  background jobs (6, 7, 8, 17)
  dr suspend|resume            automatic DR failover
  maintenance on|off           maintenance mode
  canary read                  reads the canary secret, prints its hash, writes an audit event
  certificate test             issues, checks and revokes a test certificate
  audit                        the latest audit events
  secret read|delete NAME      a secret; its value is written without a line break
  secret write NAME            a secret whose value comes on standard input
  certificate issue FILE       issues a test certificate and prints its serial number
  certificate revoke SERIAL    revokes it
  license json|contact|offline license as JSON, minutes since its server answered, license file by itself
  siem count EVENT             how often the SIEM has that audit event
TEXT
}

jobs() {
  case $1 in
    pause) new=paused ;;
    resume) new=running ;;
    *) usage; exit 2 ;;
  esac
  shift
  [ $# -gt 0 ] || { usage; exit 2; }
  for number in "$@"; do
    grep -q "^$number$tab" "$state/jobs" || die "mazevault-console: there is no job $number here" 2
    awk -F "$tab" -v OFS="$tab" -v n="$number" -v s="$new" '$1 == n { $2 = s } { print }' "$state/jobs" >"$state/jobs.new" &&
      mv "$state/jobs.new" "$state/jobs"
    audit "job.$number.$new"
  done
  awk -F "$tab" '{ printf "job %-3s %-8s %s\n", $1, $2, $3 }' "$state/jobs"
}

alive() { [ "$(health)" != down ] || die 'mazevault-console: the platform does not answer'; }

# The secrets of a person: the canary that was stored before any change, and those that are written here.
secret() {
  alive
  name=$(printf '%s' "$2" | tr / _)
  mkdir -p "$state/secrets"
  case $1 in
    read)
      audit secret.read
      if [ -f "$state/secrets/$name" ]; then cat "$state/secrets/$name"
      elif [ "$2" != canary/upgrade ]; then die "mazevault-console: there is no secret $2"
      elif fault canary-differs && [ "$(running_version)" = 1.0.17 ]; then printf 'unreadable'
      else printf 'rehearsal-canary-7f3a91c2'
      fi ;;
    write) cat >"$state/secrets/$name"; audit secret.write; echo "written $2" ;;
    delete)
      [ -f "$state/secrets/$name" ] || die "mazevault-console: there is no secret $2"
      rm "$state/secrets/$name"; audit secret.delete; echo "deleted $2" ;;
    *) usage; exit 2 ;;
  esac
}

# On the real authority of the rehearsal, which openssl makes.
manage_certificate() {
  alive
  . "$root/lib/pki-real.sh"
  pki_start
  case $1 in
    issue)
      [ -n "${2:-}" ] || { usage; exit 2; }
      (umask 077; new_key P-256 "$pki/upgrade-test.key") &&
        certificate issuing-1 client '/CN=upgrade-test.invalid' "$pki/upgrade-test.key" "$2" -60 1 || die 'mazevault-console: the certificate was not issued'
      audit certificate.issue
      echo "serial 0x$(ssl x509 -in "$2" -noout -serial | sed 's/^serial=//')" ;;
    revoke)
      kept=$pki/issuing-1/new/${2#0x}.pem
      [ -f "$kept" ] || die "mazevault-console: there is no certificate ${2:-}"
      fault ocsp-not-revoked || ssl ca -config "$pki/issuing-1/openssl.cnf" -revoke "$kept" -crl_reason superseded 2>/dev/null ||
        die "mazevault-console: $2 was not revoked"
      audit certificate.revoke
      echo "revoked $2" ;;
    *) usage; exit 2 ;;
  esac
}

settle
case "${1:-} ${2:-}" in
  'status ')
    printf 'version:      %s\nhealth:       %s\nmaintenance:  %s\nDR failover:  %s\nagents:       %s %% with a heartbeat in the last 5 minutes\n' \
      "$(running_version)" "$(health)" "$(cat "$state/maintenance-mode")" "$(cat "$state/dr-failover")" "$(agents_percent)"
    awk -F "$tab" '{ printf "job %-3s %-8s %s\n", $1, $2, $3 }' "$state/jobs" ;;
  'license ') cat "$state/license" ;;
  'license json')
    printf '{"status":"%s","expires":"%s"}\n' "$(sed -n 's/^status: //p' "$state/license")" "$(sed -n 's/^expires: //p' "$state/license")" ;;
  'license contact') alive; if fault license-server-silent; then echo 190; else echo 2; fi ;;
  'license offline') echo "offline license: $(sed -n 's/^status: //p' "$state/license")" ;;
  'secret '*) secret "${2:-}" "${3:-}" ;;
  'certificate issue' | 'certificate revoke') shift; manage_certificate "$@" ;;
  'siem count')
    if fault siem-silent; then echo 0; else awk -F "$tab" -v id="${3:-}" '$2 == id { n++ } END { print n + 0 }' "$state/audit"; fi ;;
  'audit ') tail -n 10 "$state/audit" ;;
  'jobs '*) shift; jobs "$@" ;;
  'dr suspend') put "$state/dr-failover" suspended; audit dr.suspend; echo 'DR failover: suspended' ;;
  'dr resume') put "$state/dr-failover" enabled; audit dr.resume; echo 'DR failover: enabled' ;;
  'maintenance on' | 'maintenance off')
    put "$state/maintenance-mode" "$2"; audit "maintenance.$2"; echo "maintenance mode: $2" ;;
  'canary read')
    [ "$(health)" != down ] || die 'mazevault-console: the platform does not answer'
    audit canary.read
    printf 'canary: sha256 4be1c7f0d2a95583, audit event %s\n' "$(tail -n 1 "$state/audit" | cut -f 2)" ;;
  'certificate test')
    [ "$(health)" != down ] || die 'mazevault-console: the platform does not answer'
    audit certificate.issue; audit certificate.revoke
    printf 'issued test certificate\nOCSP: good\nrevoked\nOCSP: revoked\n' ;;
  *) usage; exit 2 ;;
esac
