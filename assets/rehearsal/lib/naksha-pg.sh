# PostgreSQL of Naksha: the services naksha-region-a and naksha-region-b, naksha-restore for restores, naksha-test. Answers what
# the runbooks send and no more. Read by the PostgreSQL tools when PGSERVICE names one of these services.
. "$root/lib/naksha.sh"
service=$PGSERVICE

nk_sql_open() {
  case $service in
    naksha-restore) return 0 ;;
  esac
  region=${service##*-}
  [ "$(nk "up-$region")" = yes ] && [ "$(nk "fence-$region")" = open ] || [ "$(nk "fence-$region")" = leaking ] ||
    die "$tool: error: connection to server at \"db.region-$region.naksha.example.com\" (10.3$region.0.11), port 5432 failed: Connection timed out
	Is the server running on that host and accepting TCP/IP connections?" 2
}

nk_sql_write() {
  [ "$(nk "role-$region")" = primary ] || die 'ERROR:  cannot execute INSERT in a read-only transaction'
}

# Rows of the checked tables older than the cut, with their checksum.
nk_integrity() {
  rows=48211 sum=5f2b8c1f0b0d3a4e9d7c6a1140be77e2
  [ "$region" = b ] && fault rows-differ && rows=48198 sum=0c8a3e7718d94ff1a9c4d7725b31e1cf
  printf 'layers|1204|9a3e0f76c2a94d1ab8f6a0b3f2b1d870\ntiles|%s|%s\nusers|318|77c1b2f0e6a843b0a7f1c7e2d0a9a3cc\n' "$rows" "$sum"
}

nk_psql() {
  statement=''
  database=naksha
  while [ $# -gt 0 ]; do
    case $1 in
      -d) database=$2; shift ;;
      -v | -F) shift ;;
      -c) statement=$2; shift ;;
      -f) [ "$2" = - ] || unsupported "psql -f $2"; statement=$(cat); shift ;;
      -X | -A | -t | -q | -w | -XAt | -XAtq | -XAtqw | -XAtw) ;;
      -*) unsupported "option $1 in: psql $*" ;;
      *) database=$1 ;;
    esac
    shift
  done
  plain=$(printf '%s' "$statement" | tr -s ' \n\t' ' ' | sed -e 's/^ //' -e 's/ *; *$//' -e 's/ $//')
  case $service in
    naksha-restore) nk_psql_restore; return ;;
    naksha-test) [ "$plain" = 'SHOW cluster_name' ] || unsupported "this SQL statement: $plain"; echo naksha-test; return ;;
  esac
  nk_sql_open
  case $plain in
    'SELECT system_identifier FROM pg_control_system()') echo 7401922886410015733 ;;
    'SHOW cluster_name') echo "naksha-region-$region" ;;
    'SELECT pg_is_in_recovery()') [ "$(nk "role-$region")" = replica ] && echo t || echo f ;;
    'SELECT clock_timestamp()'*) nk_iso "$(nk_now)" ;;
    'SELECT ceil(extract(epoch FROM now() - pg_last_xact_replay_timestamp()))' | \
    "SELECT ceil(extract(epoch FROM CASE WHEN t > :'began' THEN now() ELSE :'began' END - t)) FROM (SELECT pg_last_xact_replay_timestamp() AS t) AS replica")
      [ "$(nk "role-$region")" = replica ] || { echo; return 0; }
      if fault replica-behind; then echo 412; elif fault rejoin-behind && [ "$region" = a ]; then echo 95; else echo 2; fi ;;
    'SELECT pg_wal_lsn_diff('*) echo 0 ;;
    "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"*) echo 1 ;;
    'CREATE TABLE IF NOT EXISTS dr_markers '*) nk_sql_write; echo 'CREATE TABLE' ;;
    'DROP TABLE dr_markers') nk_sql_write; echo 'DROP TABLE' ;;
    'INSERT INTO dr_markers '*) nk_sql_write; nk_markers "$(nk_now)" "$(nk_now)" 1 >>"$naksha/markers-a"; echo 'INSERT 0 1' ;;
    'SELECT count(*) FROM dr_markers'*) wc -l <"$naksha/markers-$region" | tr -d ' ' ;;
    'SELECT to_char(max(at)'*) tail -n 1 "$naksha/markers-$region" | cut -d , -f 2 ;;
    'COPY (SELECT id, at, lsn FROM dr_markers ORDER BY id) TO STDOUT'*) cat "$naksha/markers-$region" ;;
    'SELECT pg_promote('*)
      [ "$(nk "role-$region")" = replica ] || die 'ERROR:  recovery is not in progress'
      other=a; [ "$region" = a ] && other=b
      [ "$(nk "fence-$other")" = closed ] || [ "$(nk "role-$other")" = replica ] || : >"$naksha/split-brain"
      nk_set "role-$region" primary
      echo t ;;
    *'md5(string_agg('*) nk_integrity ;;
    *) unsupported "this SQL statement: $plain" ;;
  esac
}

nk_psql_restore() {
  [ "$plain" != 'SHOW cluster_name' ] || { echo naksha-restore; return 0; }
  [ -d "$naksha/restored/$database" ] || die "psql: error: FATAL:  database \"$database\" does not exist" 2
  case $plain in
    *'md5(string_agg('*)
      [ -f "$naksha/restored/$database/rows" ] || die 'ERROR:  relation "layers" does not exist'
      cat "$naksha/restored/$database/rows" ;;
    'SELECT to_char(max(updated_at)'*) nk_iso $(($(date +%s) - 7200)) ;;
    'SELECT count(*) FROM tiles') sed -n 's/^tiles|\([0-9]*\)|.*/\1/p' "$naksha/restored/$database/rows" ;;
    *) unsupported "this SQL statement: $plain" ;;
  esac
}

nk_restore() {
  database='' file=''
  while [ $# -gt 0 ]; do
    case $1 in
      -d) database=$2; shift ;;
      -j) shift ;;
      -l | --list) database=list ;;
      --exit-on-error | --no-owner | -w) ;;
      -*) unsupported "option $1 in: pg_restore $*" ;;
      *) file=$1 ;;
    esac
    shift
  done
  [ -f "$file" ] || die "pg_restore: error: could not open input file \"$file\": No such file or directory"
  [ "$(head -c 5 "$file")" = PGDMP ] || die 'pg_restore: error: input file does not appear to be a valid archive'
  [ "$database" = list ] && { sed -n '/^toc$/,/^data$/p' "$file" | sed '1d;$d'; return; }
  [ -d "$naksha/restored/$database" ] || die "pg_restore: error: FATAL:  database \"$database\" does not exist"
  sleep 0.3
  if fault restore-fails; then
    echo 'pg_restore: error: could not execute query: ERROR:  could not create unique index "tiles_pkey"' >&2
    die 'DETAIL:  Key (id)=(20417) is duplicated.'
  fi
  sed -n '/^data$/,$p' "$file" | sed 1d >"$naksha/restored/$database/rows"
}

nk_pg() {
  case $tool in
    psql) nk_psql "$@" ;;
    createdb)
      [ "$service" = naksha-restore ] || unsupported "createdb on $service"
      while [ $# -gt 1 ]; do shift; done
      mkdir -p "$naksha/restored"
      mkdir "$naksha/restored/$1" 2>/dev/null || die "createdb: error: database creation failed: ERROR:  database \"$1\" already exists" ;;
    dropdb)
      [ "$service" = naksha-restore ] || unsupported "dropdb on $service"
      while [ $# -gt 1 ]; do shift; done
      [ -d "$naksha/restored/$1" ] || die "dropdb: error: database removal failed: ERROR:  database \"$1\" does not exist"
      rm -r "$naksha/restored/$1" ;;
    pg_restore) nk_restore "$@" ;;
    pg_amcheck)
      nk_sql_open
      if fault amcheck-corrupt; then
        echo 'btree index "naksha.public.tiles_pkey":' >&2
        echo '    ERROR:  heap tuple (4211,7) from table "tiles" lacks matching index tuple within index "tiles_pkey"' >&2
        exit 2
      fi ;;
    *) unsupported "$tool on $service" ;;
  esac
}
