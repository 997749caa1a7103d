# Runs inside the pty that script(1) made: sets the terminal up as the client asked, says where it is, and becomes
# the command. $1 is the session's folder with the files `stty` and `command` (none for a login shell).
session=$1
shell=$2
stty sane 2>/dev/null
while read -r setting <&3; do stty $setting 2>/dev/null; done 3<"$session/stty"
{ echo "$$"; tty; } >"$session/where.new"
SSH_TTY=$(tty)
export SSH_TTY
SHELL=$shell
mv "$session/where.new" "$session/where"
if [ -f "$session/command" ]; then
  exec "$shell" -c "$(cat "$session/command")"
fi
case $shell in
  *bash) exec "$shell" --noprofile --rcfile "$HOME/.bashrc" -i ;;
  *) ENV=$HOME/.shrc; export ENV; exec "$shell" -i ;;
esac
