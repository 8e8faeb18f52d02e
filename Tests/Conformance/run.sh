#!/bin/sh
# Runs the calls of table.txt in every language that is at hand, each in a folder of its own, and compares what they
# give, bit for bit. Ends with `N passed, N failed`.
#
#   LIB=.build/release Tests/Conformance/run.sh
#
# LIB      folder of libjkonetstar.so; default .build/release
# PYTHON   with NumPy; default python3
# CC, CXX  compilers; default cc and c++
# KEEP     a folder to keep the results in
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
library=$(cd "${LIB:-$root/.build/release}" && pwd)/libjkonetstar.so
[ -f "$library" ] || { echo "no $library"; exit 2; }
work=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work/library"
ln -sf "$library" "$work/library/libjkonetstar.so"
ln -sf "$library" "$work/library/libjkonetstar.so.1"
export JKONETSTAR_LIBRARY="$library" PYTHONPATH="$root/bindings/python" PYTHONWARNINGS=ignore
link="-L$work/library -Wl,-rpath,$work/library -ljkonetstar"

# in_language NAME COMMAND..: the results of one language.
languages=""
in_language() {
    language=$1
    shift
    mkdir -p "$work/$language"
    cp "$here/population.csv" "$work/$language"
    (cd "$work/$language" && "$@" "$here/table.txt" >results.txt) || echo "$language ended early"
    languages="$languages $work/$language"
}

# shellcheck disable=SC2086
"${CC:-cc}" -std=c99 -Wall -Wextra -pedantic -Werror -I"$root/include" "$here/runner.c" -o "$work/runner" $link
in_language c "$work/runner"
in_language python "${PYTHON:-python3}" "$here/runner.py"
# shellcheck disable=SC2086
exec "${PYTHON:-python3}" "$here/compare.py" "$here/table.txt" $languages
