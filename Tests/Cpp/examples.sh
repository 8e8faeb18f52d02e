#!/bin/sh
# Builds and runs the examples in C++. Called by run.sh, whose variables it uses. Ends with `N passed, N failed`.
set -u
passed=0 failed=0
mkdir "$work/examples"

# example NAME ARGUMENTS COMPILER STANDARD FLAGS: what it prints is shown if it fails.
example() {
    if sh -c "cd '$work/examples' && $3 -std=c++$4 -O1 $strict $include '$root/examples/cpp/$1.cpp' -o $1-$4 $link $5 &&
        ./$1-$4 $2" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1 as C++$4 by $3"
        tail -n 40 "$work/log"
    fi
}

# With fewer epochs and particles than the defaults have. Under the sanitizer no memory may be lost either.
last=${compilers##* }
example train_and_predict 5 "$first" 17 -fsanitize=address
example langevin "20 150" "$last" 20 ""

# How to embed $PYTHON: its own headers and library, which may lie beside it.
# shellcheck disable=SC2016
embedding=$("$PYTHON" -c '
import os
import sysconfig

value = sysconfig.get_config_var
headers, folder, library = value("INCLUDEPY"), value("LIBDIR"), "libpython" + value("LDVERSION")
if os.path.exists(headers + "/Python.h") and os.path.exists(f"{folder}/{library}.so"):
    print(f"-isystem {headers} -L{folder} -Wl,-rpath,{folder} -l{library[3:]}")' 2>/dev/null)
if [ -z "$embedding" ]; then
    echo "left out: a program that embeds $PYTHON, which has no headers or no shared library (libpython3-dev)"
elif ! "$PYTHON" -c "import numpy" 2>/dev/null; then
    echo "left out: a program that embeds $PYTHON, which has no NumPy"
else
    # The folder of its packages, because the interpreter in the program does not know of a virtual environment.
    PYTHONPATH="$root/bindings/python:$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    export PYTHONPATH
    # The package must find the library that the program has loaded by itself.
    unset JKONETSTAR_LIBRARY
    example embed_python "" "$first" 17 "$embedding"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
