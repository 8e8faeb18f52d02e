#!/bin/sh
# Builds the programs in this folder and the examples in C++ against the library in $LIB, with every compiler at hand,
# as C++17 and C++20, with warnings as errors, and runs them; once under the address sanitizer. Then tries what is
# installed (package.sh). Ends with `N passed, N failed`, and says what was left out.
#
#   LIB=.build/release Tests/Cpp/run.sh
#
# LIB        folder of libjkonetstar.so; default .build/release
# COMPILERS  names of compilers; default c++ and clang++, those of them that there are
# PYTHON     the Python that examples/cpp/embed_python.cpp embeds, with NumPy; default python3
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
library=$(cd "${LIB:-$root/.build/release}" && pwd)/libjkonetstar.so || exit 2
[ -f "$library" ] || { echo "no $library"; exit 2; }
PYTHON=${PYTHON:-python3}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
ln -s "$library" "$work/libjkonetstar.so"
ln -s "$library" "$work/libjkonetstar.so.1"
passed=0 failed=0

# left_out WHAT: says once what this machine cannot test.
left_out() { echo "left out: $1"; }

compilers=""
for compiler in ${COMPILERS:-c++ clang++}; do
    if command -v "$compiler" >/dev/null; then compilers="$compilers $compiler"; else left_out "$compiler"; fi
done
first=${compilers# }
first=${first%% *}
last=${compilers##* }
[ -n "$first" ] || { echo "no compiler of C++"; exit 2; }

strict="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
include="-I$root/include -I$root/bindings/cpp"
link="-L$work -Wl,-rpath,$work -ljkonetstar -pthread"
if [ -e /usr/include/eigen3/Eigen/Core ]; then
    include="$include -isystem /usr/include/eigen3"
else
    left_out "Eigen matrices (libeigen3-dev)"
fi

# add NAME COMMAND: notes a shell command line that shall succeed. All that are noted run side by side in `flush`.
rm -rf "$work/jobs" && mkdir "$work/jobs"
add() {
    number=$(find "$work/jobs" -type f | wc -l)
    printf '# %s\n%s\n' "$1" "$2" >"$work/jobs/$(printf '%04d' "$number")"
}

flush() {
    # shellcheck disable=SC2016
    find "$work/jobs" -type f | sort | xargs -P "$(nproc)" -n 1 sh -c '
        timeout 600 sh "$1" >"$1.log" 2>&1 || echo $? >"$1.status"' sh
    for job in "$work/jobs"/????; do
        if [ -e "$job.status" ]; then
            failed=$((failed + 1))
            echo "FAILED: $(sed -n '1s/^# //p' "$job")"
            tail -n 40 "$job.log"
        else
            passed=$((passed + 1))
        fi
        # A program that counts its own checks: NAME: N passed, 0 failed.
        checks=$(sed -n 's/^[a-z_]*: \([0-9]*\) passed, 0 failed$/\1/p' "$job.log")
        passed=$((passed + ${checks:-0}))
    done
    rm -rf "$work/jobs" && mkdir "$work/jobs"
}

# Every header by itself.
for header in jkonetstar $(cd "$root/bindings/cpp" && ls jkonetstar/*.hpp | sed 's/\.hpp$//'); do
    printf '#include <%s.hpp>\n#include <%s.hpp>\n' "$header" "$header" >"$work/$(basename "$header").cc"
    add "$header.hpp alone" "$last -std=c++17 $strict $include -fsyntax-only $work/$(basename "$header").cc"
done

# Every program by every compiler and standard. Two of these are run: the first, whose address sanitizer sees to it that
# nothing is read or written where it must not, and no memory lost, also where exceptions pass; and the last, with the
# other standard.
for source in "$here"/*.cpp; do
    program=$(basename "$source" .cpp)
    # It has a malloc of its own, which the sanitizer cannot have.
    if [ "$program" = inner_loop ]; then watch=""; else watch="-fsanitize=address"; fi
    mkdir "$work/$program.first" "$work/$program.last"
    add "$program by $first as C++17" "cd $work/$program.first && $first -std=c++17 $strict -g1 $watch $include $source \
        -o program $link && ./program"
    add "$program by $last as C++20" "cd $work/$program.last && $last -std=c++20 $strict $include $source \
        -o program $link && ./program"
    for compiler in $compilers; do
        for standard in 17 20; do
            case $compiler-$standard in
            "$first-17" | "$last-20") ;;
            *) add "compiling $program by $compiler as C++$standard" \
                "$compiler -std=c++$standard $strict $include -fsyntax-only $source" ;;
            esac
        done
    done
done

# The headers for C, as stricter compilers see them. Clang warns of views of outputs that have no value yet.
for compiler in $compilers; do
    for language in "c -std=c99" "c++ -std=c++11 -Wold-style-cast"; do
        add "unset.c by $compiler as $language" "$compiler -x $language -O2 $strict -Wcast-qual -Wno-unknown-warning-option \
            -Wno-uninitialized-const-pointer -Wno-uninitialized -I$root/include \
            -c $here/unset.c -o /dev/null"
    done
done

# A plug-in and its host, which share no symbols.
for compiler in $compilers; do
    folder=$work/plugin-$compiler
    mkdir "$folder"
    hidden="-std=c++17 $strict -fvisibility=hidden $include"
    add "plugin by $compiler" "cd $folder && $compiler $hidden -fPIC -shared $here/plugin/plugin.cc -o plugin.so $link &&
        $compiler $hidden $here/plugin/host.cc -o host $link -ldl && ./host ./plugin.so"
done
flush

export root work library compilers first last strict include link PYTHON
for part in examples package; do
    sh "$here/$part.sh" >"$work/$part.log" 2>&1
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/$part.log")
    if [ -n "$counts" ]; then
        passed=$((passed + ${counts% *}))
        failed=$((failed + ${counts#* }))
    else
        failed=$((failed + 1))
        echo "FAILED: $part.sh ended before its last line"
    fi
    grep -v '^[0-9]* passed, [0-9]* failed$' "$work/$part.log"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
