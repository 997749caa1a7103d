# Logs of the rehearsal and their archive: made when the host is first asked for its name. Read after platform.sh.

# log_files: rotated logs of sixty days in steps of ten, the log of today, and the archive of all but the youngest.
log_files() {
  if [ ! -d "$HOME/logs" ]; then
    mkdir -p "$HOME/logs" "$HOME/archive/logs" || return 1
    for age in 60 50 40 20 1; do
      at=$(($(now) - age * 86400))
      name=mazevault-$(date -u -d "@$at" +%Y-%m-%d 2>/dev/null || date -u -r "$at" +%Y-%m-%d).log.gz
      awk -v age="$age" 'BEGIN { for (i = 0; i < 4000; i++) printf "level=info event=%d day=%d value=%d\n", i, age, i * 7919 % 100003 }' |
        gzip -n >"$HOME/logs/$name"
      [ "$age" = 1 ] || cp "$HOME/logs/$name" "$HOME/archive/logs/$name"
    done
    echo 'level=info event=start' >"$HOME/logs/mazevault.log"
  fi
  fault archive-incomplete || return 0
  oldest=$(ls "$HOME/archive/logs" | sed -n 1p)
  head -c 100 "$HOME/archive/logs/$oldest" >"$HOME/archive/logs/.cut" && mv "$HOME/archive/logs/.cut" "$HOME/archive/logs/$oldest"
}
