PS1='ops@rehearsal:\w\$ '
HISTFILE=
echo 'REHEARSAL: simulated MazeVault platform. Its admin interface is the command mazevault-console.'
