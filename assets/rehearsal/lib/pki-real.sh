# A real certificate authority for the rehearsal, made with openssl when a command first asks for it: a root, two issuing
# authorities with their revocation lists, the certificate that MazeVault serves and the one that is to take its place,
# and three nodes that serve it on loopback. Read by openssl, curl and ca-console after platform.sh.
pki=$root/pki
system_path=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin

# The openssl of the system, never the stand-in of the rehearsal.
ssl() { PATH=$system_path command openssl "$@"; }

has_ssl() { (PATH=$system_path; command -v openssl >/dev/null 2>&1); }

# Starts a process that outlives the command, with no terminal and no open output.
detached() {
  if command -v setsid >/dev/null 2>&1; then
    setsid "$@" </dev/null >/dev/null 2>&1 &
  else
    nohup "$@" </dev/null >/dev/null 2>&1 &
  fi
}

# ca_folder NAME: folder and settings of an authority.
ca_folder() {
  mkdir -p "$pki/$1/new" && : >"$pki/$1/index.txt" && echo 1000 >"$pki/$1/crlnumber" || return 1
  echo 'unique_subject = no' >"$pki/$1/index.txt.attr"
  cat >"$pki/$1/openssl.cnf" <<CONF
[ ca ]
default_ca = this
[ this ]
dir = $pki/$1
database = \$dir/index.txt
new_certs_dir = \$dir/new
rand_serial = yes
crlnumber = \$dir/crlnumber
certificate = \$dir/cert.pem
private_key = \$dir/key.pem
default_md = sha256
default_crl_days = 21
policy = any
unique_subject = no
copy_extensions = none
[ any ]
commonName = supplied
organizationName = optional
[ req ]
distinguished_name = name
prompt = no
[ name ]
CN = MazeVault
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ issuing ]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ intermediate ]
basicConstraints = critical, CA:TRUE, pathlen:1
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ server ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:vault.example.com, DNS:ops-1.vault.example.com
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ client ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:trust-test.vault.example.com
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ ocsp ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ full ]
authorityKeyIdentifier = keyid
[ delta ]
authorityKeyIdentifier = keyid
2.5.29.27 = critical, DER:02:02:@BASE@
CONF
}

new_key() { ssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$1" -out "$2" 2>/dev/null; }

# utc SECONDS: as openssl wants it, that many seconds from now.
utc() {
  at=$(($(now) + $1))
  date -u -d "@$at" +%Y%m%d%H%M%SZ 2>/dev/null || date -u -r "$at" +%Y%m%d%H%M%SZ
}

# certificate CA SECTION SUBJECT KEY OUT FROM DAYS: FROM is in seconds from now.
certificate() {
  ssl req -new -config "$pki/$1/openssl.cnf" -key "$4" -subj "$3" -out "$5.csr" 2>/dev/null &&
    ssl ca -config "$pki/$1/openssl.cnf" -batch -preserveDN -notext -extensions "$2" -in "$5.csr" -out "$5" \
      -startdate "$(utc "$6")" -enddate "$(utc $(($6 + $7 * 86400)))" 2>/dev/null
}

# list CA KIND DAYS: a revocation list in the folder that is served. A delta builds on the number of the last full one.
list() {
  out=$pki/www/api/v1/crl/$1-$2.crl
  if [ "$2" = full ]; then cp "$pki/$1/crlnumber" "$pki/$1/base"; fi
  sed "s/@BASE@/$(sed 's/../&:/;s/:$//' "$pki/$1/base")/" "$pki/$1/openssl.cnf" >"$pki/$1/crl.cnf"
  ssl ca -config "$pki/$1/crl.cnf" -gencrl -crlexts "$2" -crldays "$3" -out "$out.new" 2>/dev/null && mv "$out.new" "$out"
}

make_authorities() {
  umask 077
  mkdir -p "$pki/www/api/v1/crl" "$HOME/pki" "$HOME/ca" || return 1
  ca_folder root && new_key P-384 "$pki/root/key.pem" || return 1
  ssl req -new -x509 -config "$pki/root/openssl.cnf" -extensions root -key "$pki/root/key.pem" -days 3650 \
    -subj '/O=Example/CN=MazeVault Rehearsal Root CA' -out "$pki/root/cert.pem" 2>/dev/null || return 1
  for n in 1 2; do
    ca_folder "issuing-$n" && new_key P-256 "$pki/issuing-$n/key.pem" &&
      certificate root issuing "/O=Example/CN=MazeVault Rehearsal Issuing CA $n" "$pki/issuing-$n/key.pem" "$pki/issuing-$n/cert.pem" -7776000 1460 &&
      new_key P-256 "$pki/issuing-$n/revoked.key" &&
      certificate "issuing-$n" client "/CN=revoked-$n" "$pki/issuing-$n/revoked.key" "$pki/issuing-$n/revoked.pem" -864000 30 &&
      ssl ca -config "$pki/issuing-$n/openssl.cnf" -revoke "$pki/issuing-$n/revoked.pem" -crl_reason keyCompromise 2>/dev/null &&
      list "issuing-$n" full 21 && list "issuing-$n" delta 3 || return 1
    printf 'issuing-%s %s\n' "$n" "$(ssl x509 -in "$pki/issuing-$n/revoked.pem" -noout -serial | sed 's/^serial=//')" >>"$HOME/pki/known-revoked"
    for kind in full delta; do
      for host in vault ops-1.vault; do
        printf 'issuing-%s %s https://%s.example.com/api/v1/crl/issuing-%s-%s.crl %s\n' "$n" "$kind" "$host" "$n" "$kind" \
          "pki/issuing$([ "$n" = 1 ] || echo "-$n").pem" >>"$HOME/pki/crl-lists"
      done
      printf 'issuing-%s %s 1 0\n' "$n" "$kind" >>"$HOME/pki/crl-numbers"
    done
  done
  new_key P-256 "$pki/ocsp.key" && certificate issuing-1 ocsp '/CN=MazeVault Rehearsal OCSP' "$pki/ocsp.key" "$pki/ocsp.pem" -3600 90 || return 1
  cp "$pki/root/cert.pem" "$HOME/pki/root.pem" && cp "$pki/issuing-1/cert.pem" "$HOME/pki/issuing.pem" &&
    cp "$pki/issuing-2/cert.pem" "$HOME/pki/issuing-2.pem" || return 1
  mkdir -p "$HOME/ca/clients"
  for client in agents gateway intranet portal; do cp "$pki/root/cert.pem" "$HOME/ca/clients/$client.pem"; done
}

# What MazeVault serves, valid for another 12 days, and what lies ready to take its place.
make_server_files() {
  old=$HOME/tls/20260901T020000Z
  new=$HOME/tls/incoming
  mkdir -p "$old" "$new" || return 1
  new_key P-256 "$old/tls.key" && certificate issuing-1 server '/CN=vault.example.com' "$old/tls.key" "$pki/old.pem" -6652800 89 &&
    cat "$pki/old.pem" "$pki/issuing-1/cert.pem" >"$old/tls.crt" &&
    new_key P-256 "$new/tls.key" && certificate issuing-1 server '/CN=vault.example.com' "$new/tls.key" "$new/tls.crt" -3600 90 || return 1
  rm -f "$new/tls.crt.csr"
  cp "$pki/issuing-1/cert.pem" "$new/chain.pem" && ln -s 20260901T020000Z "$HOME/tls/current"
  cp "$old/tls.crt" "$pki/web.crt" && cp "$old/tls.key" "$pki/web.key"
}

# Ports that the nodes have got, once each has said where it listens.
wait_for_nodes() {
  for n in 1 2 3 web; do
    tries=0
    until [ -s "$pki/port-$n" ]; do
      tries=$((tries + 1))
      [ "$tries" -lt 200 ] || return 1
      sleep 0.05
    done
  done
  for n in 1 2 3; do printf '127.0.0.1:%s\n' "$(cat "$pki/port-$n")"; done >"$HOME/tls/nodes"
}

# Leaves a copy of what was made for other rehearsals, before any node has read it.
pki_keep() {
  prepare pki || return 0
  mkdir "$preparing/pki" "$preparing/home" &&
    cp -RPp "$pki/." "$preparing/pki/" && rm -f "$preparing/pki/here" &&
    (cd "$HOME" && tar -cf - tls ca/clients pki/root.pem pki/issuing.pem pki/issuing-2.pem pki/crl-lists pki/crl-numbers pki/known-revoked) |
    tar -xf - -C "$preparing/home" &&
    is_now_prepared
}

# Takes what lies prepared; the settings of the authorities name their folder.
pki_take() {
  cp -RPp "$prepared/pki/pki/." "$pki/" && cp -RP "$prepared/pki/home/." "$HOME/" || return 1
  for file in "$pki"/*/*.cnf; do
    folder=${file%/*}
    sed "s|^dir = .*|dir = $folder|" "$file" >"$file.new" && mv "$file.new" "$file" || return 1
  done
}

pki_make() {
  if is_prepared pki; then pki_take || return 1
  else make_authorities && make_server_files && pki_keep || return 1
  fi
  for n in 1 2 3; do detached sh "$root/lib/tls-node.sh" "$root" "$n" "$HOME/tls"; done
  detached sh "$root/lib/tls-node.sh" "$root" web "$HOME/tls"
  wait_for_nodes
}

# Makes everything once, whoever comes first.
pki_ready() {
  [ -f "$pki/alive" ] && return 0
  tries=0
  until mkdir "$root/pki.making" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || return 1
    sleep 0.1
  done
  made=yes
  if [ ! -f "$pki/alive" ]; then
    mkdir -p "$pki" && : >"$pki/here"
    (pki_make) && : >"$pki/alive" || made=no
  fi
  rmdir "$root/pki.making"
  [ "$made" = yes ]
}

# once FAULT: true the first time it is asked while the fault is on.
once() {
  fault "$1" || { rm -f "$pki/done-$1"; return 1; }
  [ ! -f "$pki/done-$1" ] || return 1
  : >"$pki/done-$1"
}

# What the faults do to files and lists. Each is taken back by making the home anew.
pki_faults() {
  if once tls-key-mismatch; then new_key P-256 "$HOME/tls/incoming/tls.key"; fi
  if once tls-certificate-revoked; then
    ssl ca -config "$pki/issuing-1/openssl.cnf" -revoke "$HOME/tls/incoming/tls.crt" 2>/dev/null
  fi
  if once crl-expiring; then list issuing-2 full 1; fi
  if once crl-forged; then
    ssl ca -config "$pki/issuing-2/crl.cnf" -gencrl -crlexts delta -crldays 3 -keyfile "$pki/issuing-1/revoked.key" \
      -cert "$pki/issuing-1/revoked.pem" -out "$pki/www/api/v1/crl/issuing-1-delta.crl" 2>/dev/null
  fi
  if once crl-revoked-missing; then
    cp "$pki/issuing-2/index.txt" "$pki/index.kept" && : >"$pki/issuing-2/index.txt" && list issuing-2 full 21
    mv "$pki/index.kept" "$pki/issuing-2/index.txt"
  fi
}

pki_start() {
  has_ssl || die "$tool: openssl is not installed here; certificates cannot be rehearsed without it" 127
  pki_ready || die "$tool: the certificate authority of this rehearsal could not be made" 2
  (umask 077; pki_faults)
}
