#!/bin/sh
# Builds the programs in this folder and the examples against the library in $LIB, and runs them: once as they are, once
# under valgrind. Checks what the library exports, too (exports.sh, interface.sh), and programs of other versions
# (versions.sh). Ends with `N passed, N failed`.
#
#   LIB=.build/release Tests/C/run.sh
#
# LIB       folder of libjkonetstar.so; default .build/release
# CC, CXX   compilers; default cc and c++
# CFLAGS    more flags for both; default none
# VALGRIND  empty to do without; default valgrind
# VALGRIND_LEAVES_OUT  programs that run without it only, with spaces between
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
library=$(cd "${LIB:-$root/.build/release}" && pwd)/libjkonetstar.so || exit 2
[ -f "$library" ] || { echo "no $library"; exit 2; }
CC=${CC:-cc} CXX=${CXX:-c++} VALGRIND=${VALGRIND-valgrind}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
ln -s "$library" "$work/libjkonetstar.so"
ln -s "$library" "$work/$(readelf -d "$library" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')"
strict="-Wall -Wextra -pedantic -Werror -g ${CFLAGS:-}"
link="-L$work -Wl,-rpath,$work -ljkonetstar -lm -pthread"
passed=0 failed=0

# check NAME COMMAND..: one check; shows the output if it fails. None may take longer than an hour, lest one that hangs
# go on for ever.
check() {
    name=$1
    shift
    if timeout 3600 "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        tail -n 40 "$work/log"
    fi
}

# Every header by itself, twice, in both languages.
for header in jkonetstar $(cd "$root/include" && ls jkonetstar/*.h | sed 's/\.h$//'); do
    printf '#include <%s.h>\n#include <%s.h>\ntypedef int not_empty;\n' "$header" "$header" >"$work/header.c"
    # shellcheck disable=SC2086
    check "$header.h as C99" "$CC" -std=c99 $strict -I"$root/include" -fsyntax-only -x c "$work/header.c"
    # shellcheck disable=SC2086
    check "$header.h as C++17" "$CXX" -std=c++17 $strict -I"$root/include" -fsyntax-only -x c++ "$work/header.c"
done

for source in "$here"/*.c "$root"/examples/c/*.c; do
    # shellcheck disable=SC2086
    check "compiling $source" "$CC" -std=c99 -D_POSIX_C_SOURCE=200809L $strict -I"$root/include" "$source" \
        -o "$work/$(basename "$source" .c)" $link
done

# count NAME PREFIX: adds the counts in the log's last line, behind the prefix, and shows the other lines. A program
# that did not reach its last line counts as one failure.
count() {
    counts=$(sed -n "s/^$2\([0-9]*\) passed, \([0-9]*\) failed\$/\1 \2/p" "$work/log")
    if [ -n "$counts" ]; then
        passed=$((passed + ${counts% *}))
        failed=$((failed + ${counts#* }))
    else
        failed=$((failed + 1))
        echo "FAILED: $1 ended with status $status before its last line"
    fi
    grep -v "^$2[0-9]* passed, 0 failed\$" "$work/log"
}

LIB=$(dirname "$library") CC=$CC "$here/exports.sh" >"$work/log" 2>&1
status=$?
count exports.sh ""
CC=$CC "$here/interface.sh" >"$work/log" 2>&1
status=$?
count interface.sh ""
LIB=$(dirname "$library") CC=$CC "$here/versions.sh" >"$work/log" 2>&1
status=$?
count versions.sh ""
mkdir "$work/run" "$work/memory"
for source in "$here"/*.c; do
    program=$(basename "$source" .c)
    (cd "$work/run" && "$work/$program") >"$work/log" 2>&1
    status=$?
    count "$program" "$program: "
done

# run PROGRAM ARGUMENT..: a check that runs in the folder of all programs, so that one finds what another wrote.
run() {
    program=$1
    shift
    check "$program" sh -c 'cd "$1" && shift && exec "$@"' sh "$work/run" "$work/$program" "$@"
}
run load_data
run transport_plan
run train
run energy
run predict
run fix_external

# Under valgrind nothing may read or write where it must not, or lose memory. It does not know AVX-512. It runs the
# threads of a program one at a time, so that as many programs run at once as there are processors, each in a folder of
# its own.
if [ -n "$VALGRIND" ]; then
    export JKONETSTAR_KERNELS=v3
    export work watch="$VALGRIND --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite"
    {
        for source in "$here"/*.c; do
            case " ${VALGRIND_LEAVES_OUT:-} " in *" $(basename "$source" .c) "*) continue ;; esac
            # These race threads and processes with each other, which valgrind runs one at a time: minutes without a
            # race.
            case $(basename "$source" .c) in
            callbacks | signals | threads | forks) ;;
            # Its small stacks would have to hold valgrind's frames, too, and a copy is read by valgrind at each
            # opening.
            stacks | copies) ;;
            # Its malloc would stand before that of valgrind.
            shortage) ;;
            # Fits take seconds each there. A part of them will do.
            interpolation) echo "interpolation quick" ;;
            handles) echo "handles 20" ;;
            terms) echo "terms quick" ;;
            *) basename "$source" .c ;;
            esac
        done
        echo "load_data"
        echo "transport_plan"
        echo "train model.safetensors 5"
        echo "energy 25"
        echo "predict $work/run/model.safetensors"
        echo "fix_external"
    } >"$work/programs"
    # shellcheck disable=SC2016
    xargs -P "$(nproc)" -I '{}' sh -c '
        set -- $1
        mkdir "$work/memory/$1" && cd "$work/memory/$1" || exit
        program=$1
        shift
        timeout 3600 $watch --show-leak-kinds=definite "$work/$program" "$@" >log 2>&1
        echo $? >status' sh '{}' <"$work/programs"
    while read -r program arguments; do
        check "$program $arguments under valgrind" sh -c 'cat "$1/log"; [ "$(cat "$1/status")" = 0 ]' \
            sh "$work/memory/$program"
    done <"$work/programs"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
