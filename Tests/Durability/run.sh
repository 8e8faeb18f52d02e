#!/bin/sh
# Shows that files survive losses of power, full disks and kills; README.md says how.
#
#   Tests/Durability/run.sh          some seconds
#   Tests/Durability/run.sh long     every byte of every kind of file, 1,000 kills; ten minutes
#
# CC, PYTHON   a compiler and a Python with jkonetstar; default cc and python3
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${CC:-cc}" -std=c11 -Wall -Wextra -Werror -O1 -shared -fPIC "$here/shim.c" -o "$work/shim.so" -ldl -pthread
LD_PRELOAD="$work/shim.so" PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" "$here/main.py" "$@"
