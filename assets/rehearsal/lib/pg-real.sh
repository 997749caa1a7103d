# A real PostgreSQL for the rehearsal: a cluster of its own, made when a command first speaks to the service
# `mazevault-maintenance`, reached over a socket only, gone with the home; and a second one, empty, for `mazevault-test`,
# the server of the test environment. Where no PostgreSQL is installed, pg-simulated.sh answers instead. Read by the
# PostgreSQL tools after platform.sh.
pg_production=$root/postgres
pg_state=$pg_production

# pg_server SERVICE: speaks of that server from here on.
pg_server() {
  service=$1
  case $service in
    mazevault-test) pg_state=$root/postgres-test pg_identifier=7385204417719326608 ;;
    *) pg_state=$pg_production pg_identifier=7312845990127364521 ;;
  esac
}

# Folder of the newest server programs; nothing when there are none.
pg_programs() {
  for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    [ -x "$folder/initdb" ] && [ -x "$folder/pg_resetwal" ] && printf '%s\n' "$folder"
  done | sort -V | tail -n 1
}

# The server refuses to run as root: then it runs as a user that may do nothing here.
pg_as() {
  if [ "$(id -u)" != 0 ]; then
    "$@"
  elif id postgres >/dev/null 2>&1; then
    setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups "$@"
  else
    setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups "$@"
  fi
}

pg_user() {
  if [ "$(id -u)" != 0 ]; then id -un; elif id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

# The runbooks prove the server by its system identifier. It is written into the new cluster before its first start.
pg_identify() {
  hex=$(printf '%016x' "$1")
  bytes=''
  for at in 15 13 11 9 7 5 3 1; do
    byte=$(printf '%s' "$hex" | cut -c "$at-$((at + 1))")
    bytes=$bytes$(printf '\\%03o' "0x$byte")
  done
  printf "$bytes" | dd of="$2/global/pg_control" conv=notrunc bs=1 2>/dev/null &&
    pg_as "$pg_bin/pg_resetwal" -f -D "$2" >/dev/null 2>&1
}

# Makes the cluster, or takes the one that lies prepared, and starts it. It lies in a folder of its own with a short
# path: a socket allows about 100 characters.
pg_make() {
  pg_dir=$(mktemp -d /tmp/holdpoint-pg.XXXXXX) || return 1
  chown "$(pg_user)" "$pg_dir" && cd "$pg_dir" || return 1
  if [ "$from" = prepared ]; then
    cp -RPp "$prepared/$service/data" "$pg_dir/data" || return 1
  else
    pg_as "$pg_bin/initdb" -D "$pg_dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null 2>&1 || return 1
    pg_identify "$pg_identifier" "$pg_dir/data" || return 1
  fi
  cat >>"$pg_dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$pg_dir'
unix_socket_permissions = 0700
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 20
shared_buffers = 32MB
max_wal_size = 256MB
autovacuum_naptime = 2147483
log_min_messages = panic
CONF
  pg_control -w -t 60 start || return 1
  detached sh "$root/lib/pg-guard.sh" "$pg_state/alive" "$pg_bin/pg_ctl" "$pg_dir" "$(pg_user)"
  printf '[%s]\nhost=%s\nuser=postgres\n' "$service" "$pg_dir" >"$pg_state/service.conf"
}

# The user that the server runs as may not even look into the folder of the operator.
pg_control() { (cd "$pg_dir" && pg_as "$pg_bin/pg_ctl" -D "$pg_dir/data" -l "$pg_dir/log" "$@" >/dev/null 2>&1); }

# Leaves a copy of the cluster for other rehearsals, with the file $1 beside it. It stands still meanwhile.
pg_keep() {
  prepare "$service" || return 0
  pg_dir=$(sed -n 's/^host=//p' "$pg_state/service.conf")
  pg_control -m fast -w -t 60 stop || return 1
  (cd "$pg_dir" && pg_as "$pg_bin/pg_resetwal" -f -D "$pg_dir/data" >/dev/null 2>&1) || return 1
  cp -RPp "$pg_dir/data" "$preparing/data" || return 1
  [ -z "${1:-}" ] || cp -p "$1" "$preparing/backup.dump" || return 1
  pg_control -w -t 60 start && is_now_prepared
}

# Takes back what pg_make began.
pg_drop() {
  case ${pg_dir:-} in /tmp/holdpoint-pg.*) cd / && rm -rf -- "$pg_dir" ;; esac
}

# Starts a process that outlives the command, with no terminal and no open output.
detached() {
  if command -v setsid >/dev/null 2>&1; then
    setsid "$@" </dev/null >/dev/null 2>&1 &
  else
    nohup "$@" </dev/null >/dev/null 2>&1 &
  fi
}

pg_seed() {
  if [ "$service" = mazevault-test ]; then
    [ "$from" = prepared ] ||
      { "$pg_bin/psql" -Xqw -v ON_ERROR_STOP=1 -d postgres -c 'CREATE ROLE mazevault LOGIN' && pg_keep; }
    return
  fi
  nightly=$HOME/backups/nightly
  mkdir -p "$nightly" "$HOME/database" || return 1
  file=$nightly/mazevault-$(date -u +%Y%m%dT%H%M%SZ).dump
  if [ "$from" = prepared ]; then
    cp "$prepared/$service/backup.dump" "$file" || return 1
  else
    "$pg_bin/psql" -Xqw -v ON_ERROR_STOP=1 -d postgres -f "$root/lib/pg-seed.sql" >/dev/null &&
      "$pg_bin/pg_dump" -Fc -w -d mazevault -f "$file" && pg_keep "$file" || return 1
  fi
  (cd "$nightly" && sha256sum -- "$(basename "$file")" >"$(basename "$file").sha256") || return 1
  pg_aged "$file"
  pg_history "$("$pg_bin/psql" -XAtw -d mazevault -c "SELECT pg_database_size('mazevault')")" 9
}

# pg_aged FILE: as if it had been written a quarter of an hour ago.
pg_aged() {
  at=$(($(now) - 900))
  TZ=UTC touch -t "$(date -u -d "@$at" +%Y%m%d%H%M.%S 2>/dev/null || date -u -r "$at" +%Y%m%d%H%M.%S)" "$1"
}

# pg_history BYTES PERMILLE: eight measurements of the weeks before, each so much smaller than the next.
pg_history() {
  at=$(now)
  awk -v now="$at" -v size="$1" -v step="$2" 'BEGIN {
    for (i = 8; i >= 1; i--) printf "%d %d\n", now - i * (step > 50 ? 86400 : 604800), size * (1 - i * step / 1000)
  }' | while read -r when bytes; do
    printf '%s,%s\n' "$(date -u -d "@$when" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$when" +%Y-%m-%dT%H:%M:%SZ)" "$bytes"
  done >"$HOME/database/size-history.csv"
}

# Starts the cluster once, whoever comes first.
pg_ready() {
  [ -f "$pg_state/alive" ] && return 0
  tries=0
  until mkdir "$pg_state.making" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || return 1
    sleep 0.1
  done
  made=yes
  if [ ! -f "$pg_state/alive" ]; then
    mkdir -p "$pg_state"
    : >"$pg_state/alive"
    from=nothing
    if is_prepared "$service"; then from=prepared; fi
    (pg_make || { pg_drop; exit 1; }) && PGSERVICEFILE=$pg_state/service.conf PGSERVICE=$service && export PGSERVICEFILE PGSERVICE && (pg_seed) || made=no
    [ "$made" = yes ] || rm -f "$pg_state/alive"
  fi
  rmdir "$pg_state.making"
  [ "$made" = yes ]
}

newest_backup() { ls -t "$HOME"/backups/nightly/*.dump 2>/dev/null | sed -n 1p; }

# once FAULT: true the first time it is asked while the fault is on.
once() {
  fault "$1" || { rm -f "$pg_production/done-$1"; return 1; }
  [ ! -f "$pg_production/done-$1" ] || return 1
  : >"$pg_production/done-$1"
}

# What the faults do to the files of the operator.
pg_faults() {
  backup=$(newest_backup)
  if once backup-damaged; then
    printf 'XXXXXXXX' | dd of="$backup" bs=1 seek=$(($(wc -c <"$backup") / 2)) conv=notrunc 2>/dev/null
  fi
  if once backup-cut-short; then
    head -c $(($(wc -c <"$backup") * 6 / 10)) "$backup" >"$backup.cut" && mv "$backup.cut" "$backup"
    (cd "$HOME/backups/nightly" && sha256sum -- "$(basename "$backup")" >"$(basename "$backup").sha256")
  fi
  if once database-grows; then
    pg_history "$(tail -n 1 "$HOME/database/size-history.csv" | cut -d , -f 2)" 110
  fi
}

# A session that has read, and does not end: while the fault is on, beside a vacuum or a rebuild.
pg_holder() {
  going_back=no
  case "${PGOPTIONS:-} $*" in *vacuum_cost_delay* | *'REINDEX INDEX'*) ;; *lock_timeout*) going_back=yes ;; esac
  # Whoever drops what a rebuild has left has ended the session first that it waited for.
  if [ "$going_back" = yes ] || ! fault transaction-open; then
    [ -f "$pg_state/holder" ] || return 0
    rm -f "$pg_state/holder"
    "$pg_bin/psql" -XAtqw -d mazevault \
      -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'forgotten-report'" >/dev/null
    return 0
  fi
  case "${PGOPTIONS:-} $*" in *vacuum_cost_delay* | *'REINDEX INDEX'*) ;; *) return 0 ;; esac
  [ ! -f "$pg_state/holder" ] || return 0
  : >"$pg_state/holder"
  PGAPPNAME=forgotten-report PGOPTIONS='' detached "$pg_bin/psql" -Xqw -d mazevault \
    -c 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM audit_events; SELECT count(*) FROM secrets; SELECT pg_sleep(600)'
  tries=0
  until [ "$("$pg_bin/psql" -XAtqw -d mazevault -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'forgotten-report' AND wait_event = 'PgSleep'")" = 1 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || return 1
    sleep 0.1
  done
  # What users write since then leaves rows behind that the open transaction may still see.
  PGOPTIONS='' "$pg_bin/psql" -XAtqw -d mazevault -c 'UPDATE secrets SET key_version = 8 WHERE id % 2 = 0'
}

# pg_real ARGUMENTS…: the real program of the same name, on the real cluster.
pg_real() {
  pg_bin=$(pg_programs)
  if [ -z "$pg_bin" ] || { [ "$(id -u)" = 0 ] && ! command -v setpriv >/dev/null 2>&1; }; then
    . "$root/lib/pg-simulated.sh"
    pg_simulated "$@"
    exit
  fi
  wanted=$PGSERVICE
  # The backups come from production.
  for server in mazevault-maintenance ${wanted#mazevault-maintenance}; do
    pg_server "$server"
    pg_ready || die "$tool: the PostgreSQL of this rehearsal could not be started" 2
  done
  PGSERVICEFILE=$pg_state/service.conf
  PGSERVICE=$service
  export PGSERVICEFILE PGSERVICE
  pg_faults
  [ "$service" = mazevault-test ] || pg_holder "$@"
  exec "$pg_bin/$tool" "$@"
}
