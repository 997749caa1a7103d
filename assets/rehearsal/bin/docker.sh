#!/bin/sh
# Simulated docker with compose: one project, `mazevault`, whose database is the platform's. Images come from a
# registry that knows every version, or from files.
tool=docker
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/compose.sh"
all="$*"

# docker info|image inspect|inspect --format TEMPLATE …: only the templates that the runbooks use.
format_of() {
  case ${1:-} in
    --format | -f) printf '%s' "$2" ;;
    *) unsupported "docker $all" ;;
  esac
}

image_inspect() {
  template=$(format_of "$@") || exit 64
  shift 2
  [ $# -gt 0 ] || die 'docker: "docker image inspect" requires at least 1 argument.'
  failed=0
  for wanted in "$@"; do
    line=$(awk -F "$tab" -v w="$wanted" '$1 == w || $2 == w { print; exit }' "$state/images")
    if [ -z "$line" ]; then
      echo "Error response from daemon: No such image: $wanted" >&2
      failed=1
      continue
    fi
    case $template in
      '{{.Id}}') printf '%s\n' "${line#*"$tab"}" ;;
      '{{index .RepoTags 0}} {{.Id}}') printf '%s %s\n' "${line%%"$tab"*}" "${line#*"$tab"}" ;;
      *) unsupported "format $template" ;;
    esac
  done
  exit "$failed"
}

container_inspect() {
  template=$(format_of "$@") || exit 64
  shift 2
  for id in "$@"; do
    line=$(awk -F "$tab" -v id="$id" 'index($5, id) == 1 { print; exit }' "$state/compose")
    [ -n "$line" ] || die "Error response from daemon: No such container: $id"
    service=$(printf '%s' "$line" | cut -f 1)
    case $template in
      '{{index .Config.Labels "com.docker.compose.service"}} {{.Image}}') printf '%s %s\n' "$service" "$(printf '%s' "$line" | cut -f 3)" ;;
      '{{.Name}} {{.Id}} {{.RestartCount}}')
        printf '/%s %s %s\n' "mazevault-$service-1" "$(printf '%s' "$line" | cut -f 5)" "$(restarts)" ;;
      *) unsupported "format $template" ;;
    esac
  done
}

load() {
  file=''
  while [ $# -gt 0 ]; do
    case $1 in
      -i | --input) file=$2; shift ;;
      --input=*) file=${1#*=} ;;
      -q | --quiet) ;;
      *) unsupported "docker $all" ;;
    esac
    shift
  done
  [ -n "$file" ] || unsupported 'docker load from standard input: name the file'
  [ -f "$file" ] || die "open $file: no such file or directory"
  read -r magic ref id <"$file"
  [ "$magic" = rehearsal-image ] || die 'open /var/lib/docker/tmp/docker-import/repositories: no such file or directory'
  case $ref in */backend:*) fault image-differs && id=sha256:$(printf 'another backend' | sha256sum | cut -c1-64) ;; esac
  add_image "$ref" "$id"
  echo "Loaded image: $ref"
}

command=${1:-}
[ $# -gt 0 ] && shift
case $command in
  --version | version) echo 'Docker version 28.4.0, build rehearsal' ;;
  info)
    [ "$(format_of "$@")" = '{{.DockerRootDir}}' ] || unsupported "docker $all"
    (CDPATH='' cd -- "$root" && pwd) ;;
  image)
    [ "${1:-}" = inspect ] || unsupported "docker $all"
    shift
    image_inspect "$@" ;;
  inspect) container_inspect "$@" ;;
  load) load "$@" ;;
  ps)
    [ $# -eq 0 ] || unsupported "docker $all"
    printf '%-14s %-48s %s\n' 'CONTAINER ID' IMAGE STATUS
    awk -F "$tab" '$4 == "running" { printf "%-14s %-48s %s\n", substr($5, 1, 12), $2, "Up" }' "$state/compose" ;;
  images)
    [ $# -eq 0 ] || unsupported "docker $all"
    awk -F "$tab" '{ printf "%-48s %s\n", $1, substr($2, 8, 12) }' "$state/images" ;;
  compose) compose "$@" ;;
  *) unsupported "docker $all" ;;
esac
