#!/bin/sh
# Calls every function of the C interface with arguments that bytes choose, many of them hostile, and checks what each
# call may and may not do. Ends with one line of counts.
#
#   LIB=.build/release Tests/Fuzz/ABI/run.sh                        # the same 250 inputs: a few seconds
#   SECONDS=600 LIB=.build/release Tests/Fuzz/ABI/run.sh            # other inputs, ten minutes of them
#   SECONDS=600 LIB=.build-fuzz/release CC=clang Tests/Fuzz/ABI/run.sh
#
# A library that counts what of it was run (`Tests/Fuzz/build.sh`) is driven by libFuzzer, from the inputs of
# corpora/abi.zip, under the address sanitizer. Inputs that fail are left in $OUT.
#
# LIB      folder of libjkonetstar.so; default .build/release
# CC       compiler; default cc; clang for libFuzzer
# SECONDS  for how long other inputs are tried; none by default
# SEED     the first input; the time of day where SECONDS are given
# OUT      folder of inputs that fail; default out/fuzz
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
library=$(cd "${LIB:-$root/.build/release}" && pwd)/libjkonetstar.so || exit 2
[ -f "$library" ] || { echo "no $library"; exit 2; }
# Some shells count in a variable of this name.
seconds=$(printenv SECONDS || echo 0)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
ln -s "$library" "$work/libjkonetstar.so"
ln -s "$library" "$work/libjkonetstar.so.1"
# In memory, because the files of models are written through to the disk.
[ -w /dev/shm ] && memory=$(mktemp -d -p /dev/shm) && trap 'rm -rf "$work" "$memory"' EXIT
export TMPDIR="${memory:-$work}"

parts=$(find "$here" -name '*.c' ! -name driver.c ! -name target.c)

# build MAIN FLAG..
build() {
    main=$1
    shift
    # shellcheck disable=SC2086
    "${CC:-cc}" -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -I"$root/include" "$@" $parts "$here/$main.c" -o "$work/$main" \
        -L"$work" -Wl,-rpath,"$work" -ljkonetstar -lm -pthread
}

if nm -D --undefined-only "$library" | grep -q __sanitizer_cov; then
    build target -fsanitize=fuzzer,address,undefined 2>"$work/log" || { cat "$work/log"; exit 1; }
    out=${OUT:-$root/out/fuzz}
    mkdir -p "$out" "$work/corpus" "$work/seeds"
    python3 -m zipfile -e "$here/../corpora/abi.zip" "$work/seeds"
    out=$(cd "$out" && pwd)
    export ASAN_OPTIONS="detect_leaks=0:allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
    if [ "$seconds" -gt 0 ]; then
        "$work/target" -max_len=400 -len_control=0 -timeout=60 -rss_limit_mb=4096 -max_total_time="$seconds" \
            -print_final_stats=0 -artifact_prefix="$out/" "$work/corpus" "$work/seeds" >"$work/log" 2>&1
    else
        "$work/target" -runs=0 -timeout=60 -artifact_prefix="$out/" "$work/seeds" >"$work/log" 2>&1
    fi
    status=$?
    [ "$status" -eq 0 ] || grep -aE -A 40 'FAILED|ERROR' "$work/log" | head -n 60
    grep -aE '^[0-9]+ inputs, ' "$work/log"
    exit "$status"
fi

build driver || exit 1
if [ "$seconds" -gt 0 ]; then
    "$work/driver" "${SEED:-$(date +%s)000}" 10000 "$seconds"
else
    "$work/driver" "${SEED:-1}" 250
fi
