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

settle
case "${1:-} ${2:-}" in
  'status ')
    printf 'version:      %s\nhealth:       %s\nmaintenance:  %s\nDR failover:  %s\nagents:       %s %% with a heartbeat in the last 5 minutes\n' \
      "$(running_version)" "$(health)" "$(cat "$state/maintenance-mode")" "$(cat "$state/dr-failover")" "$(agents_percent)"
    awk -F "$tab" '{ printf "job %-3s %-8s %s\n", $1, $2, $3 }' "$state/jobs" ;;
  'license ') cat "$state/license" ;;
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
