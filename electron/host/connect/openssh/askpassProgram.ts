/**
 * The program ssh runs to ask something (SSH_ASKPASS). It needs a POSIX shell and mkfifo, nothing of this app, so that
 * it works from a package and from a checkout alike. The question goes into a file of the private folder, its number
 * onto the pipe `q`; the answer comes back on a pipe of its own and is only ever held in memory. It ends when ssh
 * ends it or when the app, or the app's answer, is gone.
 */
export const askpassProgram = `#!/bin/sh
d=\${0%/*}
umask 077
if [ $# -eq 0 ]; then exec mkfifo "$d/q"; fi
n=$$
rm -f "$d/p$n" "$d/a$n"
printf '%s' "$1" >"$d/p$n" || exit 1
mkfifo "$d/a$n" || exit 1
printf '%s %s\\n' "$n" "\${SSH_ASKPASS_PROMPT:-ask}" >"$d/q" || exit 1
answer=
IFS= read -r answer <"$d/a$n"
case $answer in
+*)
  printf '%s\\n' "\${answer#+}"
  exit 0
  ;;
esac
exit 1
`;
