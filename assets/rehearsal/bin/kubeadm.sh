#!/bin/sh
# Simulated kubeadm on the control plane node.
tool=kubeadm
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
case $* in
  'version -o short') echo v1.34.2 ;;
  'upgrade plan v'*) printf 'Upgrade to the latest stable version:\n\nYou can now apply the upgrade by executing the following command:\n\n\tkubeadm upgrade apply %s\n' "$3" ;;
  'upgrade apply v'*' --yes')
    if fault control-plane-fails; then
      die '[upgrade/apply] FATAL: fatal error when trying to upgrade the etcd cluster, rolled the state back to pre-upgrade state'
    fi
    nk_set server "${3#v}"
    printf '[upgrade] SUCCESS! Your cluster was upgraded to "%s". Enjoy!\n' "$3" ;;
  *) unsupported "kubeadm $*" ;;
esac
