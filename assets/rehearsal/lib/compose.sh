# The compose project of the on-premise platform. `state/compose` has one line a container: service, image, image ID,
# state, container ID. `state/images` has what is on the host: image, image ID.

restarts() {
  if fault pods-restart; then echo $(($(now) - $(value "$state/running" started))); else echo 0; fi
}

# image_id SERVICE VERSION: what the registry has under that name; empty when it has nothing.
image_id() {
  case $1 in
    backend) version_field "$2" 3 ;;
    frontend) version_field "$2" 4 ;;
    ocsp) version_field "$2" 5 ;;
    gateway)
      [ -n "$(version_field "$2" 2)" ] && printf 'sha256:%s\n' "$(printf 'rehearsal gateway %s' "$2" | sha256sum | cut -c1-64)" ;;
  esac
}

# add_image REF ID
add_image() {
  awk -F "$tab" -v r="$1" '$1 != r' "$state/images" >"$state/images.new"
  printf '%s\t%s\n' "$1" "$2" >>"$state/images.new"
  mv "$state/images.new" "$state/images"
}

# image_of SERVICE: its image in the compose file.
image_of() {
  awk -v s="$1:" '$1 == s && /^  [a-z]/ { inside = 1; next } /^  [a-z]/ { inside = 0 } inside && $1 == "image:" { print $2; exit }' "$file"
}

services() {
  awk '/^services:/ { inside = 1; next } /^[a-z]/ { inside = 0 } inside && /^  [a-z][a-z0-9_-]*:$/ { sub(":", "", $1); print $1 }' "$file"
}

need_service() {
  services | grep -qx -- "$1" || die "no such service: $1"
}

compose() {
  file=''
  case ${1:-} in
    version) echo 'Docker Compose version v2.39.4 (rehearsal)'; exit 0 ;;
    -f | --file) file=$2; shift 2 ;;
    -*) unsupported "option $1 in: docker $all" ;;
  esac
  case ${1:-} in
    down | rm | kill | run | create | pause) unsupported "docker $all" ;;
  esac
  if [ -z "$file" ]; then
    [ -f docker-compose.yml ] || die 'no configuration file provided: not found' 14
    file=docker-compose.yml
  fi
  [ -f "$file" ] || die "open $file: no such file or directory" 14
  grep -q '^services:' "$file" || die "services must be a mapping" 15
  settle
  sub=${1:-}
  [ $# -gt 0 ] && shift
  case $sub in
    config) compose_config "$@" ;;
    ps) compose_ps "$@" ;;
    pull) compose_pull "$@" ;;
    stop) compose_stop "$@" ;;
    start) compose_start "$@" ;;
    up) compose_up "$@" ;;
    logs) compose_logs "$@" ;;
    exec) compose_exec "$@" ;;
    *) unsupported "docker $all" ;;
  esac
}

compose_config() {
  case "$*" in
    --quiet | -q)
      services | while read -r service; do
        [ -n "$(image_of "$service")" ] || die "service \"$service\" has neither an image nor a build context specified: invalid compose project" 15
      done ;;
    --services) services ;;
    --no-interpolate) cat -- "$file" ;;
    *) unsupported "docker $all" ;;
  esac
}

compose_ps() {
  template='' quiet=no trunc=yes every=no wanted=''
  while [ $# -gt 0 ]; do
    case $1 in
      --format) template=$2; shift ;;
      --all | -a) every=yes ;;
      --quiet | -q) quiet=yes ;;
      --no-trunc) trunc=no ;;
      -*) unsupported "option $1 in: docker $all" ;;
      *) need_service "$1"; wanted="$wanted $1" ;;
    esac
    shift
  done
  while IFS="$tab" read -r service ref _ status id; do
    [ -z "$wanted" ] || case "$wanted " in *" $service "*) ;; *) continue ;; esac
    [ "$every" = yes ] || [ "$status" = running ] || continue
    healthy=''
    [ "$status" = running ] && healthy=healthy
    if [ "$quiet" = yes ]; then
      if [ "$trunc" = no ]; then echo "$id"; else printf '%s\n' "$id" | cut -c1-12; fi
      continue
    fi
    case $template in
      '') printf '%-24s %-44s %s\n' "mazevault-$service-1" "$ref" "$status" ;;
      '{{.Service}} {{.State}}') echo "$service $status" ;;
      '{{.Service}} {{.State}} {{.Health}}') echo "$service $status $healthy" ;;
      '{{.Service}} {{.State}} {{.Health}} {{.Image}}') echo "$service $status $healthy $ref" ;;
      *) unsupported "format $template" ;;
    esac
  done <"$state/compose"
}

compose_pull() {
  [ "${1:-}" = --quiet ] && shift
  [ $# -gt 0 ] || unsupported 'docker compose pull of all services: the database is not part of the upgrade'
  for service in "$@"; do
    need_service "$service"
    ref=$(image_of "$service")
    fault pull-fails && [ "$service" = ocsp ] &&
      die "Error response from daemon: Get \"https://${ref%%/*}/v2/\": net/http: TLS handshake timeout"
    id=$(image_id "$service" "${ref##*:}")
    [ -n "$id" ] || die "Error response from daemon: manifest for $ref not found: manifest unknown: manifest unknown"
    [ "$service" = backend ] && fault image-differs && id=sha256:$(printf 'another backend' | sha256sum | cut -c1-64)
    fault slow-pull && sleep 6
    add_image "$ref" "$id"
    echo " $service Pulled"
  done
}

# set_container SERVICE REF ID STATE CONTAINER: '-' leaves a field as it is.
set_container() {
  awk -F "$tab" -v OFS="$tab" -v s="$1" -v r="$2" -v i="$3" -v t="$4" -v c="$5" '
    $1 == s { if (r != "-") $2 = r; if (i != "-") $3 = i; if (t != "-") $4 = t; if (c != "-") $5 = c }
    { print }' "$state/compose" >"$state/compose.new" && mv "$state/compose.new" "$state/compose"
}

container_of() { awk -F "$tab" -v s="$1" -v n="$2" '$1 == s { print $n }' "$state/compose"; }

compose_stop() {
  while [ $# -gt 0 ]; do
    case $1 in
      --timeout | -t) shift ;;
      -*) unsupported "option $1 in: docker $all" ;;
      *) break ;;
    esac
    shift
  done
  [ $# -gt 0 ] || unsupported 'docker compose stop of all services: it would stop the database too'
  for service in "$@"; do
    need_service "$service"
    [ "$service" != postgres ] || unsupported 'docker compose stop postgres: the runbooks leave the database running'
    set_container "$service" - - exited -
    [ "$service" != backend ] || set_running "$(running_version)" down
    echo " Container mazevault-$service-1  Stopped" >&2
  done
}

compose_start() {
  for service in "$@"; do
    need_service "$service"
    set_container "$service" - - running -
    [ "$service" != backend ] || set_running "$(running_version)" up
    echo " Container mazevault-$service-1  Started" >&2
  done
}

compose_up() {
  wait=no dry=no pull=missing detached=no deps=yes wanted=''
  while [ $# -gt 0 ]; do
    case $1 in
      -d | --detach) detached=yes ;;
      --no-deps) deps=no ;;
      --wait) wait=yes ;;
      --wait-timeout) shift ;;
      --wait-timeout=*) ;;
      --pull) pull=$2; shift ;;
      --pull=*) pull=${1#*=} ;;
      --dry-run) dry=yes ;;
      -*) unsupported "option $1 in: docker $all" ;;
      *) need_service "$1"; wanted="$wanted $1" ;;
    esac
    shift
  done
  [ "$detached" = yes ] || unsupported 'docker compose up without -d'
  [ -n "$wanted" ] && [ "$deps" = no ] || unsupported 'docker compose up of more than the named services: add --no-deps and the service'
  [ "$wait" = yes ] || [ "$dry" = yes ] || unsupported 'docker compose up without --wait'
  for service in $wanted; do
    ref=$(image_of "$service")
    id=$(awk -F "$tab" -v r="$ref" '$1 == r { print $2 }' "$state/images")
    if [ -z "$id" ]; then
      [ "$pull" = never ] && die "Error response from daemon: No such image: $ref"
      unsupported 'docker compose up that pulls: pull first, and add --pull never'
    fi
    if [ "$dry" = yes ]; then
      echo " DRY-RUN MODE -  Container mazevault-$service-1  Recreate" >&2
      continue
    fi
    up_one "$service" "$ref" "$id"
  done
}

up_one() {
  lock
  echo " Container mazevault-$1-1  Starting" >&2
  set_container "$1" "$2" "$3" running "$(printf '%s %s %s' "$1" "$3" "$(now)" | sha256sum | cut -c1-64)"
  if [ "$1" = backend ]; then
    version=${2##*:}
    if fault migration-error && [ "$(cat "$state/databases/mazevault/schema_version")" -lt "$(version_field "$version" 2)" ]; then
      migrate "$version" t
      set_running "$version" down
      set_container backend - - exited -
      unlock
      die "container mazevault-backend-1 exited (1)"
    fi
    [ "$(cat "$state/databases/mazevault/schema_version")" -gt "$(version_field "$version" 2)" ] && {
      set_running "$version" down
      set_container backend - - exited -
      unlock
      die "container mazevault-backend-1 exited (1)"
    }
    migrate "$version" f
    set_running "$version" up
    audit "release.$version"
    if fault drop-connection; then
      rm -f "$faults/drop-connection"
      : >"$root/drop-request"
      unlock
      sleep 5
    fi
  fi
  unlock
  sleep 0.2
  echo " Container mazevault-$1-1  Healthy" >&2
}

compose_logs() {
  while [ $# -gt 0 ]; do
    case $1 in
      --no-color | --timestamps | -t) ;;
      *) unsupported "docker $all" ;;
    esac
    shift
  done
  while IFS="$tab" read -r service ref _ status _; do
    printf 'mazevault-%s-1  | %s started %s\n' "$service" "$(stamp)" "$ref"
    [ "$status" = running ] || printf 'mazevault-%s-1  | %s stopped\n' "$service" "$(stamp)"
  done <"$state/compose"
  [ "$(cat "$state/databases/mazevault/dirty")" = f ] ||
    printf 'mazevault-backend-1  | %s migration 47 failed: column "owner_id" contains null values\n' "$(stamp)"
}

# Runs the command in the container: its environment and nothing of this host's. PostgreSQL is on its socket.
compose_exec() {
  [ "${1:-}" = -T ] || unsupported 'docker compose exec without -T: a terminal rewrites line ends and ruins a dump'
  service=${2:-}
  shift 2
  need_service "$service"
  [ "$service" = postgres ] || unsupported "docker compose exec in $service"
  [ $# -gt 0 ] || die 'requires at least 2 arg(s)'
  bin=$(CDPATH='' cd -- "$root/bin" && pwd)
  cd / || exit 1
  env -i "PATH=$bin:/usr/local/bin:/usr/bin:/bin" HOME=/nonexistent PG_SOCKET=rehearsal "$@"
  exit $?
}
