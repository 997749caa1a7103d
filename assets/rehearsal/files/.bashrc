# A shell that runs one command must print nothing of its own.
case $- in
  *i*) ;;
  *) return ;;
esac
PS1='ops@rehearsal:\w\$ '
HISTFILE=
echo 'REHEARSAL: simulated MazeVault platform. Its admin interface is the command mazevault-console.'
