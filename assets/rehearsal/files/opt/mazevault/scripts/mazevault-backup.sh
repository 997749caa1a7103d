#!/bin/sh
# Stands in for the backup script of the product: a dump and the configuration, into the folder of backups.
umask 077
mkdir -p "$HOME/backups" || exit 1
file=$HOME/backups/mazevault-script-$(date -u +%Y%m%dT%H%M%SZ).dump
docker compose exec -T postgres pg_dump -Fc -w -U mazevault -d mazevault </dev/null >"$file.partial" || exit 1
mv -- "$file.partial" "$file"
echo "Backup written to $file"
