#!/bin/sh
# Install a wheel without a network into an empty environment of every Python 3.9 to 3.14 that is at hand, and run a
# small program with it: scripts/test_wheel.sh WHEEL [PYTHON..]
#
# Wheels of NumPy are fetched before. Each Python takes the newest that pip finds for it. The first Python that has
# wheels of NumPy 1.21, the oldest that the package accepts, is tested with that as well.
set -eu

root=$(dirname "$(dirname "$(realpath "$0")")")
wheel=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Print each interpreter that starts and has the version in its name, one for every version.
at_hand() {
    for version in 3.9 3.10 3.11 3.12 3.13 3.14; do
        for python in "$(command -v "python$version" || true)" "$HOME"/.pyenv/versions/"$version".*/bin/python3 \
            /opt/python/cp"$(echo "$version" | tr -d .)"-cp*/bin/python3; do
            [ -x "$python" ] || continue
            found=$("$python" -c 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true)
            [ "$found" = "$version" ] || continue
            echo "$python"
            continue 2
        done
        echo "Python $version is not at hand: not tested" >&2
    done
}

# Test with a Python and a version of NumPy, or of any: the program sees no variable and no folder of this checkout.
try() {
    python=$1
    numpy=$2
    env=$work/env
    rm -rf "$env" "$work/numpy" "$work/empty"
    mkdir "$work/empty"
    "$python" -m venv "$env"
    "$env/bin/python" -m pip download --quiet --disable-pip-version-check --only-binary :all: --dest "$work/numpy" \
        "$numpy" 2>"$work/errors" || return 2
    "$env/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links "$work/numpy" "$wheel"
    cp "$root/Tests/Wheel/program.py" "$work/empty"
    (cd "$work/empty" && env -i PATH=/usr/bin:/bin "$env/bin/python" -W error program.py)
}

[ $# -gt 0 ] || { at_hand >"$work/found" && set -- $(cat "$work/found"); }
[ $# -gt 0 ] || { echo "no Python 3.9 to 3.14 was found that can make environments" >&2 && exit 1; }

oldest=""
for python; do
    try "$python" numpy || { cat "$work/errors" >&2 && echo "$python: failed" >&2 && exit 1; }
    if [ -z "$oldest" ]; then
        try "$python" "numpy==1.21.*" && oldest=$python || [ $? = 2 ] || { echo "$python, NumPy 1.21: failed" >&2 && exit 1; }
    fi
done
[ -n "$oldest" ] || echo "NumPy 1.21 was not tested: none of these Pythons has wheels of it" >&2
