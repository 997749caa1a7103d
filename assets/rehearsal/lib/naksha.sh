# Two regions of Naksha, `a` (primary at first) and `b` (replica), as the tools of the drill and its database see them.
# Their clock starts with this computer's and skips what would have to be waited for: all instants come from it.
# POSIX sh; read after platform.sh.
naksha=$state/naksha

nk() { cat "$naksha/$1" 2>/dev/null; }
nk_set() { put "$naksha/$1" "$2"; }
nk_now() { echo $(($(date +%s) + $(nk skipped))); }
# nk_at EPOCH: the clock goes on from there, never back.
nk_at() {
  ahead=$(($1 - $(date +%s)))
  [ "$ahead" -gt "$(nk skipped)" ] && nk_set skipped "$ahead"
  return 0
}

# Instants of the calendar, for awk: iso(seconds since 1970).
nk_awk='function iso(t,  s, z, era, doe, yoe, doy, mp, d, m, y) {
  s = t % 86400; z = int(t / 86400) + 719468; era = int(z / 146097); doe = z - era * 146097
  yoe = int((doe - int(doe / 1460) + int(doe / 36524) - int(doe / 146096)) / 365)
  doy = doe - (365 * yoe + int(yoe / 4) - int(yoe / 100)); mp = int((5 * doy + 2) / 153)
  d = doy - int((153 * mp + 2) / 5) + 1; m = mp < 10 ? mp + 3 : mp - 9; y = yoe + era * 400 + (m <= 2)
  return sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, int(s / 3600), int(s % 3600 / 60), s % 60)
}'
nk_iso() { awk -v t="$1" "$nk_awk BEGIN { print iso(t) }"; }

# Seconds that the injected failure costs: time to recover, data that is lost, time of the failback.
nk_delay() {
  case $1 in
    rto) if fault dr-slow; then echo 907; else value "$naksha/delays" rto; fi ;;
    rpo) if fault dr-lag; then echo 303; else value "$naksha/delays" rpo; fi ;;
    failback) if fault failback-slow; then echo 911; else value "$naksha/delays" failback; fi ;;
  esac
}

# nk_probe FROM TO WORD: lines of the write probe, one each 5 s, the last one at TO.
nk_probe() {
  awk -v from="$1" -v to="$2" -v word="$3" "$nk_awk"' BEGIN {
    for (t = to - int((to - from) / 5) * 5; t <= to; t += 5)
      printf "%s %s %d\n", iso(t), word, (word == "ok" ? 41 + t % 23 : 10000)
  }' >>"$naksha/probe.log"
  cp "$naksha/probe.log" "${HOME:?}/drill/probe.log"
}

# nk_markers FROM TO FIRST: marker rows as CSV, one each 5 s, the last one at TO.
nk_markers() {
  awk -v from="$1" -v to="$2" -v id="$3" "$nk_awk"' BEGIN {
    for (t = to - int((to - from) / 5) * 5; t <= to; t += 5)
      printf "%d,%s,3/%X\n", id, iso(t), 1879048192 + id++ * 4096
  }'
}

# Whether the application takes writes in a region: the region is up, not fenced, and its database is a primary.
nk_writable() { [ "$(nk "up-$1")" = yes ] && [ "$(nk "fence-$1")" = open ] && [ "$(nk "role-$1")" = primary ]; }
