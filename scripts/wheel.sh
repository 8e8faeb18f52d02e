#!/bin/sh
# Build the Python wheel with the library inside: scripts/wheel.sh PYTHON LIBRARY
set -eu

python=$(realpath -s "$1")
library=$2
root=$(dirname "$(dirname "$(realpath "$0")")")
package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT

cp -R "$root/bindings/python/." "$package"
cp "$root/LICENSE" "$root/NOTICE" "$package"
cp "$library" "$package/jkonetstar/libjkonetstar.so"
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$root/dist" "$package"
ls -l "$root"/dist/*.whl
