#!/bin/sh
# The name of the rehearsal's host.
tool=hostname
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/log-files.sh"
log_files
case "$*" in
  -f | --fqdn) echo ops-1.vault.example.com ;;
  '' | -s) echo ops-1 ;;
  *) unsupported "hostname $*" ;;
esac
