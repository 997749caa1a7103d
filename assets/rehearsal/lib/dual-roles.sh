# Databases whose users change between two roles: services orders-admin (roles orders_a and orders_b) and postgres-admin
# (roles admin_a and admin_b). A role's password is known by its SHA-256 alone. Read by psql for these services.

role_file() {
  case $1 in orders_[ab] | admin_[ab]) ;; *) die "ERROR:  role \"$1\" does not exist" ;; esac
  echo "$state/credentials/role-$1"
}
role_value() { value "$(role_file "$1")" "$2"; }
set_role() {
  file=$(role_file "$1")
  put "$file" "$(sed "s/^$2=.*/$2=$3/" "$file")"
}

# The consumers connect as the role that Vault gives them at the moment.
sessions_of() {
  current=$(cat "$state/credentials/kv/naksha-db-$(printf '%s' "$1" | sed 's/_[ab]$//')-current" 2>/dev/null || echo "$(printf '%s' "$1" | sed 's/_[ab]$//')_a")
  if [ "$current" = "$1" ]; then echo 14
  elif fault old-role-connected && [ "$(role_value "$1" login)" = yes ]; then echo 1
  else echo 0
  fi
}

dual_roles() {
  role='' statement='' user=''
  while [ $# -gt 0 ]; do
    case $1 in
      -v) case $2 in role=*) role=${2#role=} ;; ON_ERROR_STOP=1) ;; *) unsupported "psql -v $2" ;; esac; shift ;;
      -d) shift ;;
      -U) user=$2; shift ;;
      -c) statement=$2; shift ;;
      -X | -XAt | -XAtq | -XAtqw | -XAtw | -w | -q) ;;
      *) unsupported "psql $all" ;;
    esac
    shift
  done
  case $statement in '\password '*) set_password "${statement#* }"; return ;; esac
  [ -n "$statement" ] || statement=$(cat)
  plain=$(printf '%s' "$statement" | tr -s ' \n\t' ' ' | sed -e 's/^ //' -e 's/ *; *$//' -e 's/ $//')
  if [ -n "$user" ]; then signed_in; return; fi
  case $plain in
    'SELECT system_identifier FROM pg_control_system()') echo 7388120047719203341 ;;
    "SELECT count(*) FROM pg_stat_activity WHERE usename = :'role'") sessions_of "$role" ;;
    "SELECT rolcanlogin FROM pg_roles WHERE rolname = :'role'") [ "$(role_value "$role" login)" = yes ] && echo t || echo f ;;
    "SELECT count(*) FROM pg_auth_members m JOIN pg_roles o ON o.oid = m.roleid JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = :'role'"*) echo 1 ;;
    'ALTER ROLE :"role" LOGIN') set_role "$role" login yes; echo 'ALTER ROLE' ;;
    'ALTER ROLE :"role" NOLOGIN') set_role "$role" login no; echo 'ALTER ROLE' ;;
    'ALTER ROLE :"role" PASSWORD NULL') set_role "$role" password none; echo 'ALTER ROLE' ;;
    *) unsupported "this SQL statement: $plain" ;;
  esac
}

# \password asks twice; without a terminal it reads both lines from standard input.
set_password() {
  IFS= read -r first
  IFS= read -r second
  [ -n "$first" ] && [ "$first" = "$second" ] || die "Passwords didn't match."
  set_role "$1" password "$(printf '%s' "$first" | sha256sum | cut -d ' ' -f 1)"
}

# A login with the password that PGPASSWORD holds. As with the real one the password is looked at before the right to log in.
signed_in() {
  [ -n "${PGPASSWORD:-}" ] || die "psql: error: fe_sendauth: no password supplied" 2
  given=$(printf '%s' "$PGPASSWORD" | sha256sum | cut -d ' ' -f 1)
  [ "$(role_value "$user" password)" = "$given" ] || die "psql: error: FATAL:  password authentication failed for user \"$user\"" 2
  if [ "$(role_value "$user" login)" != yes ] && ! fault old-role-logs-in; then
    die "psql: error: FATAL:  role \"$user\" is not permitted to log in" 2
  fi
  case $plain in 'SELECT current_user') echo "$user" ;; *) unsupported "this SQL statement: $plain" ;; esac
}
