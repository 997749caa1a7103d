# A test environment of MazeVault: mvctl environment, restore-check and audit archive-lag. Read by mvctl.

environment() {
  at=$state/environment
  case ${1:-} in
    '') echo test ;;
    stop) put "$at" down; echo 'environment stopped' ;;
    start)
      [ "${2:-}" = --database ] && [ -n "${3:-}" ] || unsupported "mvctl $all"
      put "$at" "up $3"
      echo "environment started on $3" ;;
    status)
      health=healthy
      case $(cat "$at" 2>/dev/null) in down*) health=down ;; esac
      printf '{"health":"%s"}\n' "$health" ;;
    probe)
      case $(cat "$at" 2>/dev/null) in down*) die 'mvctl: the environment does not answer' ;; esac
      echo 'written, read and deleted' ;;
    *) unsupported "mvctl $all" ;;
  esac
}

restore_check() {
  fault restore-test-fails && die 'mvctl: the canary cannot be decrypted with the key that is loaded'
  echo 4be1c7f0d2a955839c07e1b46a28f3d5517b90ce6f3a4d82c1e7095ba3d6f214
}

archive_lag() {
  if fault audit-archive-behind; then echo 240; else echo 4; fi
}
