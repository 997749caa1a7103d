# Where the authentication service of Naksha keeps its state, and its limits. Read by nakshactl and curl.
issuer=$state/credentials/jwt-naksha
first_kid=nk-2026-10
kid_prefix=nk
token_ttl=10s
cache_ttl=1s
