#!/bin/sh
# Build the Python wheel with the library inside: scripts/wheel.sh PYTHON LIBRARY [FOLDER]
#
# The same library and sources give the same bytes: times come from SOURCE_DATE_EPOCH, or else from the last commit, and
# modes do not depend on the umask. The platform is what the library needs, see scripts/platform_tag.py.
set -eu
umask 022

python=$(command -v "$1")
library=$2
root=$(dirname "$(dirname "$(realpath "$0")")")
folder=${3:-$root/dist}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

JKONETSTAR_PLATFORM=$("$python" "$root/scripts/platform_tag.py" "$library")
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2>/dev/null || stat -c %Y "$root/CHANGELOG.md")
fi
export JKONETSTAR_PLATFORM SOURCE_DATE_EPOCH

"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$root/scripts/wheel-requirements.txt"

# What was built or compiled beside the sources stays out.
package=$work/package
install -d "$package"
for file in README.md pyproject.toml setup.py; do
    install -m 644 "$root/bindings/python/$file" "$package"
done
install -m 644 "$root/LICENSE" "$root/NOTICE" "$package"
(cd "$root/bindings/python" && find jkonetstar -name __pycache__ -prune -o \( -name '*.py' -o -name py.typed \) -print) |
    while read -r file; do
        install -d "$package/$(dirname "$file")"
        install -m 644 "$root/bindings/python/$file" "$package/$file"
    done
install -m 755 "$library" "$package/jkonetstar/libjkonetstar.so"
"$python" "$root/scripts/sbom.py" "$library" >"$package/jkonetstar.cdx.json"

"$work/venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
    --wheel-dir "$work/dist" "$package"
mkdir -p "$folder"
cp "$work"/dist/jkonetstar-*.whl "$folder"
ls -l "$folder"/jkonetstar-*"$JKONETSTAR_PLATFORM".whl
