#!/bin/sh
# Installs the library into a folder of its own, moves that, and builds programs against it from empty folders, by CMake
# and by pkg-config, in C and in C++. Called by run.sh, whose variables it uses. Ends with `N passed, N failed`.
set -u
passed=0 failed=0

# check NAME COMMAND..: shows the output if the command fails.
check() {
    name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        tail -n 40 "$work/log"
    fi
}

# What is installed under DESTDIR lies where PREFIX says, and works from wherever it is moved, also with a space in its
# name.
stage=$work/stage
prefix="$work/moved to"
check "installing" sh "$root/scripts/install.sh" "$library" "$stage" /opt/jko
mkdir -p "$prefix"
mv "$stage/opt/jko" "$prefix/jko"
prefix=$prefix/jko
check "nothing lies beside the prefix" test -z "$(find "$stage" -type f -o -type l)"
version=$(sed -n 's/^Version: //p' "$prefix/lib/pkgconfig/jkonetstar.pc")
check "links of the library" sh -c '[ "$(readlink "$1/libjkonetstar.so.1")" = "libjkonetstar.so.$2" ] &&
    [ "$(readlink "$1/libjkonetstar.so")" = libjkonetstar.so.1 ] && [ -x "$1/libjkonetstar.so.$2" ]' sh "$prefix/lib" \
    "$version"
check "no path of the build is installed" sh -c '! grep -rqF -e "$1" -e "$2" "$3/lib/pkgconfig" "$3/lib/cmake" "$3/include"' \
    sh "$work" "$root" "$prefix"

mkdir "$work/project"
cat >"$work/project/main.cpp" <<'END'
#include <jkonetstar.hpp>

#include <cstdio>

int main()
{
    const std::vector<double> x{0, 1}, y{2, 3};
    return jkonetstar::emd(x, y) == 2 && jkonetstar::version() == JKO_EXPECTED ? 0 : 1;
}
END
cat >"$work/project/main.c" <<'END'
#include <jkonetstar.h>
#include <string.h>

int main(void) { return strcmp(jko_version(), JKO_EXPECTED) == 0 ? 0 : 1; }
END

# The first program of the README, as a reader would copy it.
awk '/^```cpp/ { inside = 1; next } /^```/ { if (inside) exit } inside' "$root/bindings/cpp/README.md" \
    >"$work/project/readme.cpp"

if command -v pkg-config >/dev/null; then
    export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
    check "version by pkg-config" sh -c '[ "$(pkg-config --modversion "jkonetstar >= 0.1")" = "$1" ]' sh "$version"
    # Paths with spaces come back escaped, for a shell to read again.
    check "C++ by pkg-config" sh -c 'cd "$(mktemp -d -p "$work")" && eval "$first -std=c++17 $strict \
        -DJKO_EXPECTED=\\\"$1\\\" $work/project/main.cpp -o main $(pkg-config --cflags --libs jkonetstar)" &&
        LD_LIBRARY_PATH="$2/lib" ./main' sh "$version" "$prefix"
    check "the program of the README" sh -c 'cd "$(mktemp -d -p "$work")" && eval "$last -std=c++17 $strict \
        $work/project/readme.cpp -o main $(pkg-config --cflags --libs jkonetstar)" &&
        LD_LIBRARY_PATH="$1/lib" ./main' sh "$prefix"
    check "C by pkg-config" sh -c 'cd "$(mktemp -d -p "$work")" && eval "${CC:-cc} -std=c99 -Wall -Wextra -pedantic \
        -Werror -DJKO_EXPECTED=\\\"$1\\\" $work/project/main.c -o main $(pkg-config --cflags --libs jkonetstar)" &&
        LD_LIBRARY_PATH="$2/lib" ./main' sh "$version" "$prefix"
else
    echo "left out: what is installed, by pkg-config"
fi

# cmake_project NAME LANGUAGE SOURCE VERSION: a project that needs a version of the library.
cmake_project() {
    mkdir -p "$work/$1"
    cat >"$work/$1/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.16)
project(user $2)
find_package(jkonetstar $4 CONFIG REQUIRED)
find_package(jkonetstar $4 CONFIG REQUIRED)
add_executable(main "$3")
target_compile_definitions(main PRIVATE JKO_EXPECTED="\${jkonetstar_VERSION}")
target_link_libraries(main PRIVATE jkonetstar::jkonetstar)
END
}

# by_cmake FOLDER ARGUMENT..: configures, builds and runs it.
by_cmake() {
    folder=$work/$1
    shift
    cmake -S "$folder" -B "$folder/build" -DCMAKE_PREFIX_PATH="$prefix" "$@" && cmake --build "$folder/build" &&
        "$folder/build/main"
}

if command -v cmake >/dev/null; then
    standard=17
    for compiler in $compilers; do
        cmake_project "$compiler-project" CXX "$work/project/main.cpp" 0.1
        check "C++$standard by CMake with $compiler" by_cmake "$compiler-project" -DCMAKE_CXX_COMPILER="$compiler" \
            -DCMAKE_CXX_STANDARD=$standard -DCMAKE_CXX_FLAGS="$strict"
        standard=20
    done
    # The target asks for C++17 itself, where a project says nothing or less.
    cmake_project old-project CXX "$work/project/main.cpp" 0.1
    check "C++14 becomes C++17 by CMake" by_cmake old-project -DCMAKE_CXX_STANDARD=14
    cmake_project c-project C "$work/project/main.c" "$version"
    check "C by CMake" by_cmake c-project
    # A range has an upper end (from CMake 3.19 on; an earlier one takes the lower end alone).
    cmake_project range-project C "$work/project/main.c" "0.0.1...$version"
    check "a range of versions by CMake" cmake -S "$work/range-project" -B "$work/range-project/build" \
        -DCMAKE_PREFIX_PATH="$prefix"
    for wrong in 1.0 0.99 "0.0.1...<$version" 0.0.1...0.0.2; do
        cmake_project "wrong-$wrong" NONE "$work/project/main.c" "$wrong"
        check "version $wrong is refused by CMake" sh -c '! cmake -S "$1" -B "$1/build" -DCMAKE_PREFIX_PATH="$2" \
            >"$1/log" 2>&1 && grep -q "version: $3" "$1/log"' sh "$work/wrong-$wrong" "$prefix" "$version"
    done
else
    echo "left out: what is installed, by CMake"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
