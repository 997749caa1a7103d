# Where the issuer of MazeVault keeps its state, and its limits. Read by mvctl and curl before issuer.sh is used.
issuer=$state/credentials/jwt-mazevault
first_kid=mv-2026-05
kid_prefix=mv
token_ttl=10s
cache_ttl=1s
