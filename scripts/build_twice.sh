#!/bin/sh
# Builds the library once more, from a copy of the sources in another folder, and compares the two byte by byte.
#
#   scripts/build_twice.sh .build/release/libjkonetstar.so
set -eu
library=$(readlink -f "$1")
cd "$(dirname "$0")/.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
# Folders of another length, because lengths of paths may be what differs.
mkdir "$copy/another_place"
tar -cf - Package.swift Sources include Tests examples | tar -xf - -C "$copy/another_place"
(cd "$copy/another_place" && swift build -c release --product jkonetstar >"$copy/log" 2>&1) ||
    { tail -n 20 "$copy/log"; exit 1; }
other=$copy/another_place/.build/release/libjkonetstar.so
cmp -s "$library" "$other" || {
    echo "two builds differ in $(cmp -l "$library" "$other" | wc -l) bytes, the first of them:"
    cmp -l "$library" "$other" | head -n 40
    exit 1
}
echo "two builds in two folders are the same: $(sha256sum "$library" | cut -c 1-64)"
