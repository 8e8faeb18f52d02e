#!/bin/sh
# Runs the calls of table.txt in every language that is at hand, each in a folder of its own, and compares what they
# give, bit for bit. Says in one line what is left out, and ends with `N passed, N failed`.
#
#   LIB=.build/release Tests/Conformance/run.sh
#
# LIB      folder of libjkonetstar.so; default .build/release
# PYTHON   with NumPy; default python3
# CC, CXX  compilers; default cc and c++
# KEEP     an empty folder to keep the results in
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
library=$(cd "${LIB:-$root/.build/release}" && pwd)/libjkonetstar.so
[ -f "$library" ] || { echo "no $library"; exit 2; }
work=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work/library"
work=$(cd "$work" && pwd)
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
    cp "$here"/*.csv "$here"/*.safetensors "$work/$language"
    (cd "$work/$language" && "$@" "$here/table.txt" >results.txt) || echo "$language ended early"
    languages="$languages $work/$language"
}

left_out() { echo "left out: $1"; }
have() { command -v "$1" >/dev/null; }

# shellcheck disable=SC2086
"${CC:-cc}" -std=c99 -Wall -Wextra -pedantic -Werror -I"$root/include" "$here"/runner*.c -o "$work/runner-c" $link
in_language c "$work/runner-c"

if have "${CXX:-c++}"; then
    # shellcheck disable=SC2086
    "${CXX:-c++}" -std=c++17 -Wall -Wextra -pedantic -Werror -I"$root/include" -I"$root/bindings/cpp" \
        "$here"/runner*.cpp -o "$work/runner-cpp" $link
    in_language cpp "$work/runner-cpp"
else
    left_out "C++, which needs ${CXX:-c++}"
fi

in_language python "${PYTHON:-python3}" "$here/runner.py"

# R builds the package with compiler and headers of its own.
compiler=$(R CMD config CC 2>/dev/null || true)
if have Rscript && have make && have "${compiler%% *}"; then
    sh "$root/scripts/install_r.sh" "$library" "$work/r-package"
    in_language r env R_LIBS="$work/r-package" Rscript "$here/runner.R"
else
    left_out "R, which needs r-base-core and r-base-dev"
fi

if have julia; then
    in_language julia julia --startup-file=no --project="$root/bindings/julia/JKOnetStar.jl" "$here/runner.jl"
else
    left_out "Julia, which needs julia"
fi

# shellcheck disable=SC2086
"${PYTHON:-python3}" "$here/compare.py" "$here/table.txt" $languages
