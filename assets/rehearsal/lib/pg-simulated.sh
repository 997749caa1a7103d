# Answers for the services `mazevault-maintenance` and `mazevault-test` where no PostgreSQL is installed: the statements of the runbooks, one
# after the other, and no others. What was done is kept in the state folder. Read by pg-real.sh.
sim=$state/postgres

sim_start() {
  [ ! -d "$sim" ] || return 0
  mkdir -p "$sim/databases/mazevault" "$sim/databases/postgres" "$HOME/backups/nightly" "$HOME/database" || exit 1
  backup=mazevault-$(date -u +%Y%m%dT%H%M%SZ).dump
  {
    printf 'PGDMP rehearsal\n'
    date -u '+; Archive created at %Y-%m-%d %H:%M:%S UTC'
    printf '3400; 0 16401 TABLE DATA public secrets mazevault\n3402; 0 16409 TABLE DATA public audit_events mazevault\n'
    awk 'BEGIN { for (i = 1; i <= 2000; i++) printf "%d %d\n", i, i * 7919 % 100003 }'
    printf 'end of dump\n'
  } >"$HOME/backups/nightly/$backup"
  (cd "$HOME/backups/nightly" && sha256sum -- "$backup" >"$backup.sha256")
  pg_aged "$HOME/backups/nightly/$backup"
  pg_history 38993254 9
}

# The SQL of the command: all of -c, or the standard input.
sim_psql() {
  sql='' density=50
  while [ $# -gt 0 ]; do
    case $1 in
      -c) sql=$2; shift ;;
      -d) database=$2; shift ;;
      -v) case $2 in density=*) density=${2#*=} ;; esac; shift ;;
      -F) shift ;;
      -X | -XAt | -w) ;;
      *) unsupported "psql $1" ;;
    esac
    shift
  done
  [ -n "$sql" ] || sql=$(cat)
  [ -d "$sim/databases/$database" ] || die "psql: error: FATAL:  database \"$database\" does not exist" 2
  held=no
  ! fault transaction-open || held=yes
  case $sql in
    *pg_control_system*) if [ "$PGSERVICE" = mazevault-test ]; then echo 7385204417719326608; else echo 7312845990127364521; fi ;;
    *pg_is_in_recovery*) echo f ;;
    *"current_setting('autovacuum')"*) echo 'on 0' ;;
    *'VACUUM (ANALYZE, VERBOSE)'*) : >"$sim/vacuumed"; printf 'VACUUM\nVACUUM\n' ;;
    *"'tables', count("*)
      printf '{"tables" : %s, "rows" : %s, "now" : "%s"}\n' "$(case $sql in *'>= 1000000'*) echo 0 ;; *) echo 2 ;; esac)" 10587 "$(stamp)" ;;
    *'last_autovacuum) >= '*) if [ -f "$sim/vacuumed" ]; then echo 2; else echo 0; fi ;;
    *'100.0 * n_dead_tup'*'>= 1000000'*) echo 0 ;;
    *'100.0 * n_dead_tup'*) if [ ! -f "$sim/vacuumed" ] || [ "$held" = yes ]; then echo 33.3; else echo 0; fi ;;
    *'age(datfrozenxid)'*) echo 412 ;;
    *'replay_lag'* | *pg_prepared_xacts* | *pg_replication_slots* | *'xact_start <'*) echo 0 ;;
    *'REINDEX INDEX CONCURRENTLY'*)
      if [ "$held" = yes ]; then
        : >"$sim/invalid"
        die 'ERROR:  canceling statement due to lock timeout' 1
      fi
      : >"$sim/rebuilt"
      echo REINDEX ;;
    *'DROP INDEX CONCURRENTLY'*) rm -f "$sim/invalid"; printf 'DROP INDEX\nleft 0\n' ;;
    *"extname = 'pgstattuple'"*) echo 1 ;;
    *'generate_series(1, 3)'*)
      if [ "$density" -le 23 ]; then printf '1 - 0 0\n2 - 0 0\n3 - 0 0\nneed_mib 6\n'; return; fi
      printf '1 public.audit_events_resource_idx 2990080 23.5\n2 public.audit_events_actor_idx 2113536 23.4\n3 - 0 0\nneed_mib 6\n' ;;
    *'THEN '*left-over*) if [ -f "$sim/invalid" ]; then echo left-over; elif [ -f "$sim/rebuilt" ]; then echo rebuilt; else echo 'as before'; fi ;;
    *'NOT i.indisvalid'* | *'NOT indisvalid'*) if [ -f "$sim/invalid" ]; then echo 1; else echo 0; fi ;;
    *'_cc(new|old)'*) if [ -f "$sim/invalid" ]; then echo 1; else echo 0; fi ;;
    *avg_leaf_density*) echo 90.1 ;;
    *pg_relation_size*) if [ -f "$sim/rebuilt" ]; then echo 770048; else echo 2990080; fi ;;
    *"'bytes', pg_database_size"*)
      size=38993254
      of=$(printf '%s' "$sql" | sed -n 's|.*/ \([0-9]*\), 1.*|\1|p')
      printf '{"bytes" : %s, "percent" : %s, "at" : "%s"}\n' "$size" "$((100 * size / ${of:-268435456}))" "$(stamp)" ;;
    *pg_total_relation_size*) echo '{"table" : "audit_events", "bytes" : 16211968, "percent" : 41.6}' ;;
    *"json_build_object('version'"*) echo '{"version" : 46, "dirty" : false}' ;;
    *'count(*) FROM secrets'*) echo 18422 ;;
    *md5*) awk 'BEGIN { for (i = 1; i <= 500; i++) printf "%d %032x\n", i, i * 7919 }' ;;
    *'max(occurred_at)'*) echo "$(($(now) - 1800))" ;;
    *'COMMENT ON DATABASE'*)
      name=$(printf '%s' "$sql" | sed 's/^COMMENT ON DATABASE "\([^"]*\)" IS .*/\1/')
      printf '%s\n' "$sql" | sed "s/.* IS '\(.*\)'/\1/" >"$sim/databases/$name/comment"
      echo COMMENT ;;
    *shobj_description*)
      name=$(printf '%s' "$sql" | sed "s/.*datname = '\(.*\)'.*/\1/")
      cat "$sim/databases/$name/comment" 2>/dev/null || echo ;;
    *'pg_database WHERE datname ='*)
      name=$(printf '%s' "$sql" | sed "s/.*datname = '\(.*\)'.*/\1/")
      if [ -d "$sim/databases/$name" ]; then echo 1; else echo 0; fi ;;
    *'pg_tables WHERE'*) if [ -f "$sim/databases/$database/restored" ]; then echo 7; else echo 0; fi ;;
    *) unsupported "this SQL statement: $sql" ;;
  esac
}

sim_restore() {
  for last in "$@"; do :; done
  [ -f "$last" ] || die "pg_restore: error: could not open input file \"$last\": No such file or directory"
  case " $* " in *' -l '*) sed -n '2,4p' "$last"; return ;; esac
  [ "$(tail -n 1 "$last")" = 'end of dump' ] || die 'pg_restore: error: could not read from input file: end of file'
  into=''
  while [ $# -gt 1 ]; do [ "$1" = -d ] && into=$2; shift; done
  : >"$sim/databases/$into/restored"
}

pg_simulated() {
  mkdir -p "$pg_state"
  database=mazevault
  sim_start
  pg_faults
  case $tool in
    psql) sim_psql "$@" ;;
    pg_restore) sim_restore "$@" ;;
    pg_amcheck) ;;
    createdb | dropdb)
      for last in "$@"; do :; done
      case $last in */* | .* | mazevault | postgres) die "$tool: error: invalid database name: \"$last\"" ;; esac
      if [ "$tool" = createdb ]; then mkdir "$sim/databases/$last"; else rm -r "${sim:?}/databases/$last"; fi ;;
    *) unsupported "$tool $*" ;;
  esac
}
