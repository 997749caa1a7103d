#!/bin/sh
# Stands in for the admin CLI of MazeVault, which the vendor has not given: the commands that the rehearsal's overlay
# fills in. Its parts are lib/mvctl-*.sh, one for each kind of key.
tool=mvctl
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/shares.sh"
all="$*"

jobs_change() {
  new=$1
  shift
  [ $# -gt 0 ] || unsupported "mvctl $all"
  # Apart, or with commas between.
  for number in $(printf '%s ' "$@" | tr , ' '); do
    grep -q "^$number$tab" "$state/jobs" || die "mvctl: there is no job $number here" 2
    awk -F "$tab" -v OFS="$tab" -v n="$number" -v s="$new" '$1 == n { $2 = s } { print }' "$state/jobs" >"$state/jobs.new" &&
      mv "$state/jobs.new" "$state/jobs"
    audit "job.$number.$new"
    echo "job $number $new"
  done
}

# Jobs run once a day and last ended six hours ago, whenever it is asked.
job_show() {
  line=$(grep "^$1$tab" "$state/jobs") || die "mvctl: there is no job $1 here" 2
  result=success
  [ "$1" = 8 ] && fault key-job-failed && result=failed
  printf '{"number":%s,"name":"%s","state":"%s","last_result":"%s","last_end":"%s"}\n' "$1" \
    "$(printf '%s' "$line" | cut -f 3)" "$(printf '%s' "$line" | cut -f 2)" "$result" \
    "$(date -u -d "@$(($(now) - 21600))" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$(($(now) - 21600))" +%Y-%m-%dT%H:%M:%SZ)"
}

jobs() {
  command=${1:-}
  [ $# -gt 0 ] && shift
  case $command in
    pause) jobs_change paused "$@" ;;
    resume) jobs_change running "$@" ;;
    show) job_show "${1:-}" ;;
    list) awk -F "$tab" '{ printf "job %-3s %-8s %s\n", $1, $2, $3 }' "$state/jobs" ;;
    *) unsupported "mvctl $all" ;;
  esac
}

dr() {
  case ${1:-} in
    suspend) put "$state/dr-failover" suspended; audit dr.suspend; echo 'DR failover suspended' ;;
    resume) put "$state/dr-failover" enabled; audit dr.resume; echo 'DR failover enabled' ;;
    status)
      printf '{"failover":"%s","lag_seconds":2,"master_version":%s}\n' \
        "$(cat "$state/dr-failover")" "$(value "$state/master" standby)" ;;
    *) unsupported "mvctl $all" ;;
  esac
}

maintenance() {
  case ${1:-} in
    on | off | read-only) put "$state/maintenance-mode" "$1"; audit "maintenance.$1"; echo "maintenance mode $1" ;;
    status) cat "$state/maintenance-mode" ;;
    *) unsupported "mvctl $all" ;;
  esac
}

secrets_count() { awk -F "$tab" '$1 == "secrets" { print $2 }' "$state/databases/mazevault/rows"; }

# A backup in the vendor's own form, with the configuration beside the data.
backup() {
  case ${1:-} in
    create)
      [ $# -eq 2 ] || unsupported "mvctl $all"
      [ ! -e "$2" ] || die "mvctl: $2 is there already"
      umask 077
      printf 'mazevault backup\nmaster=%s\nsecrets=%s\n' "$(value "$state/master" version)" "$(secrets_count)" >"$2" || exit 1
      awk 'BEGIN { for (i = 1; i <= 20000; i++) printf "%08d ciphertext %d\n", i, i * 7919 % 100003 }' >>"$2"
      audit backup.create
      echo "written $2" ;;
    test-restore)
      [ $# -eq 2 ] || unsupported "mvctl $all"
      [ "$(head -n 1 "$2" 2>/dev/null)" = 'mazevault backup' ] || die "mvctl: $2 is no backup"
      failed=0
      fault restore-test-fails && failed=17
      printf '{"restored":%s,"sampled":200,"decrypt_failed":%s,"master_version":%s}\n' \
        "$(value "$2" secrets)" "$failed" "$(value "$2" master)" ;;
    *) unsupported "mvctl $all" ;;
  esac
}

canary() {
  [ "$(health)" != down ] || die 'mvctl: the platform does not answer'
  audit canary.read
  printf '4be1c7f0d2a955839c07e1b46a28f3d5517b90ce6f3a4d82c1e7095ba3d6f214\n'
}

settle
group=${1:-}
[ $# -gt 0 ] && shift
case $group in
  jobs) jobs "$@" ;;
  dr) dr "$@" ;;
  maintenance) maintenance "$@" ;;
  backup) backup "$@" ;;
  canary) [ "${1:-}" = hash ] || unsupported "mvctl $all"; canary ;;
  cipher) . "$root/lib/mvctl-cipher.sh"; cipher "$@" ;;
  master) . "$root/lib/mvctl-master.sh"; master "$@" ;;
  jwks | token | sessions | traffic) . "$root/lib/mvctl-jwks.sh"; . "$root/lib/issuer.sh"; "$group" "$@" ;;
  api-key) . "$root/lib/mvctl-api-key.sh"; api_key "$@" ;;
  environment) . "$root/lib/mvctl-environment.sh"; environment "$@" ;;
  audit) [ "${1:-}" = archive-lag ] || unsupported "mvctl $all"; . "$root/lib/mvctl-environment.sh"; archive_lag ;;
  restore-check) . "$root/lib/mvctl-environment.sh"; restore_check ;;
  *) unsupported "mvctl $all" ;;
esac
