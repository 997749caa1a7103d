#!/bin/sh
# Simulated trivy image --format json.
tool=trivy
root=${0%/*}/..
. "$root/lib/platform.sh"
. "$root/lib/naksha.sh"
[ "$1" = image ] || unsupported "trivy $*"
fixable=no image=''
for word in "$@"; do image=$word; [ "$word" = --ignore-unfixed ] && fixable=yes; done
old=$(sed 's/.*@//' "$root/state/naksha/first-image")
known='{"VulnerabilityID":"CVE-2026-0000","Severity":"CRITICAL","FixedVersion":"%s"}' found=''
case $image in
  # Known since today, and no fix is in the lists yet.
  *"$old") [ "$fixable" = yes ] || found=$(printf "$known" '') ;;
  *@sha256:*) ! fault patch-incomplete || found=$(printf "$known" 2.4.2) ;;
  *) die "trivy: unable to find the image \"$image\"" ;;
esac
! fault image-vulnerable || found=$(printf "$known" 2.4.2)
printf '{"SchemaVersion":2,"CreatedAt":"%s","ArtifactName":"%s","Results":[{"Target":"naksha","Vulnerabilities":[%s]}]}\n' "$(stamp)" "$image" "$found"
