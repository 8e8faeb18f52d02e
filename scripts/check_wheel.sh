#!/bin/sh
# Check a wheel before it is published: scripts/check_wheel.sh PYTHON LIBRARY TOOLS WHEEL
#
# TOOLS is a folder with auditwheel and twine.
set -eu

root=$(dirname "$(dirname "$(realpath "$0")")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sh "$root/scripts/wheel.sh" "$1" "$2" "$work" >/dev/null
cmp "$4" "$work/$(basename "$4")"
echo "built again, the wheel has the same bytes"

# auditwheel says what the library needs, whatever the name of the wheel says.
platform=$(echo "$4" | sed 's/.*-\(.*\)\.whl/\1/')
"$3/auditwheel" show "$4" | tr '\n' ' ' >"$work/report"
grep -q "is consistent with the following platform tag: \"$platform\"" "$work/report" || {
    cat "$work/report" >&2
    echo "auditwheel does not confirm $platform" >&2
    exit 1
}
echo "auditwheel confirms $platform"

"$3/twine" check --strict "$4"
"$1" -m zipfile -e "$4" "$work/content"
grep -q '^Project-URL' "$work"/content/*.dist-info/METADATA ||
    echo "The wheel has no links: REPOSITORY in bindings/python/setup.py is empty, see docs/release.md." >&2
