#!/bin/sh
# Simulated pg_dumpall: the roles of the server, without their passwords.
tool=pg_dumpall
root=${0%/*}/..
. "$root/lib/platform.sh"
all="$*"
pg_host='' globals=no passwords=yes
while [ $# -gt 0 ]; do
  case $1 in
    -h | --host | -U | --username | -p | --port) shift ;;
    -g | --globals-only) globals=yes ;;
    --no-role-passwords) passwords=no ;;
    -w | --no-password) ;;
    *) unsupported "option $1 in: pg_dumpall $all" ;;
  esac
  shift
done
[ "$globals$passwords" = yesno ] || unsupported "pg_dumpall $all"
pg_connect
echo '--'
echo '-- PostgreSQL database cluster dump'
echo '--'
for role in mazevault mazevault_admin postgres; do
  echo "CREATE ROLE $role;"
  echo "ALTER ROLE $role WITH INHERIT LOGIN;"
done
