#!/bin/sh
# What the headers declare, what Sources/ABI/exports.map lists and what the library exports is one and the same set of
# functions; the library's name and its needs are as documented. Ends with `N passed, N failed`.
#
#   LIB=.build/release Tests/C/exports.sh
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
library=${LIB:-$root/.build/release}/libjkonetstar.so
[ -f "$library" ] || { echo "no $library"; exit 2; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# Declarations: the preprocessed header without bodies, one statement a line, without types and inline functions.
"${CC:-cc}" -E -P -DJKO_NO_DEPRECATION -I"$root/include" "$root/include/jkonetstar.h" | tr '\n' ' ' |
    sed -e 's/{[^{}]*}/;/g' -e 's/{[^{}]*}/;/g' | tr ';' '\n' | grep -vE '\<static\>|^ *typedef' |
    grep -oE 'jko_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u >"$work/declared"
grep -oE '^ *jko_[a-z0-9_]+;' "$root/Sources/ABI/exports.map" | tr -d ' ;' | sort >"$work/listed"
# Upper-case types are global; A is the version node itself.
nm -D --defined-only "$library" | awk '$2 ~ /^[B-Z]$/ { sub(/@.*/, "", $3); print $3 }' | sort -u >"$work/exported"

# same FIRST SECOND: nothing stands in one list only.
same() {
    for pair in "$1 $2" "$2 $1"; do
        has=${pair% *} lacks=${pair#* }
        only=$(comm -23 "$work/$has" "$work/$lacks")
        if [ -z "$only" ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "$has but not $lacks:" $only
        fi
    done
}
same declared listed
same listed exported
same declared exported

# holds WHAT CONDITION..
holds() {
    what=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "$what"; fi
}
holds "no function is declared" [ -s "$work/declared" ]
holds "Sources/ABI/exports.map lists a function twice" [ "$(uniq -d "$work/listed")" = "" ]
readelf -d "$library" >"$work/dynamic"
soname=$(sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p' "$work/dynamic")
holds "SONAME is \"$soname\", not libjkonetstar.so.1" [ "$soname" = libjkonetstar.so.1 ]
needed=$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' "$work/dynamic" |
    grep -vE '^(libc\.so\.6|libm\.so\.6|libstdc\+\+\.so\.6|libgcc_s\.so\.1|ld-linux.*\.so\.[0-9])$')
holds "the library needs more than the C and C++ runtimes: $needed" [ -z "$needed" ]
# All symbols are bound at load, after which what was written to then is read-only: nothing is looked up, under the
# loader's lock, in the midst of a call.
readelf -lW "$library" >"$work/segments"
holds "the library is linked without -z now" grep -qE 'BIND_NOW|FLAGS_1.*\<NOW\>' "$work/dynamic"
holds "the library is linked without -z relro" grep -q GNU_RELRO "$work/segments"
# Nothing can be written to and run, code is not changed when it is loaded, the loader looks nowhere else, and the parts
# in C guard their stacks.
holds "a segment can be written to and run" [ -z "$(awk '$1 ~ /^(LOAD|GNU_STACK)$/ && / RWE /' "$work/segments")" ]
holds "the library says nothing of its stack, which may be run then" grep -q GNU_STACK "$work/segments"
holds "code is changed when it is loaded" sh -c '! grep -q TEXTREL "$1"' sh "$work/dynamic"
holds "the library names other folders to look in than its own" \
    sh -c '! grep -E "\((RPATH|RUNPATH)\)" "$1" | grep -qvF "[\$ORIGIN]"' sh "$work/dynamic"
nm -D --undefined-only "$library" >"$work/needed"
holds "no stack is guarded" grep -q __stack_chk_fail "$work/needed"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
