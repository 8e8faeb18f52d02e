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

# In an environment of its own: its validator needs another version of jsonschema than the tools of the tests.
"$1" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check 'cyclonedx-python-lib[json-validation]==11.12.0'
"$work/venv/bin/python" - "$4" <<'PROGRAM'
import sys, zipfile
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

with zipfile.ZipFile(sys.argv[1]) as wheel:
    (name,) = [each for each in wheel.namelist() if "/sboms/" in each]
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(wheel.read(name).decode())
assert error is None, error
print("the list of what is inside keeps to CycloneDX 1.6")
PROGRAM

"$3/twine" check --strict "$4"
"$1" -m zipfile -e "$4" "$work/content"
grep -q '^Project-URL' "$work"/content/*.dist-info/METADATA ||
    echo "The wheel has no links: REPOSITORY in bindings/python/setup.py is empty, see docs/release.md." >&2
