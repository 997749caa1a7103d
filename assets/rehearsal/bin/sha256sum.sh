#!/bin/sh
# Stands in where the system has no sha256sum: macOS has shasum, which prints the same lines.
exec shasum -a 256 "$@"
