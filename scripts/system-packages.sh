#!/bin/sh
# Install the Debian packages that building and testing need, and those named as arguments, where they are missing.
set -eu

packages="abigail-tools gcc g++ make pkg-config zlib1g-dev libopenblas-serial-dev libpython3-dev python3-venv valgrind"

missing=""
for package in $packages "$@"; do
    status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing="$missing $package"
done

command -v swift >/dev/null || {
    echo "swift is not on the PATH; install the Swift 6.3 toolchain from https://www.swift.org/install/linux/" >&2
    exit 1
}
[ -n "$missing" ] || exit 0

echo "installing Debian packages:$missing"
if [ "$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
