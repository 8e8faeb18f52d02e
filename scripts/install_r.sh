#!/bin/sh
# Install the R package, built against a library, into a folder: scripts/install_r.sh LIBRARY FOLDER
#
# The sources stay as they are. FOLDER then also holds the library under its soname, which is what the package is linked
# to, and the log of the installation, which is printed if it fails.
set -eu

library=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
root=$(dirname "$(dirname "$(realpath "$0")")")

mkdir -p "$folder/linked"
ln -sf "$library" "$folder/linked/libjkonetstar.so"
ln -sf "$library" "$folder/linked/libjkonetstar.so.1"
export JKONETSTAR_LIBRARY="$folder/linked/libjkonetstar.so" JKONETSTAR_HOME="$root"
unset R_LIBS_USER R_LIBS || true

cp -R "$root/bindings/r" "$folder/source"
cd "$folder/source"
sh cleanup
R CMD INSTALL --no-docs -l "$folder" . >"$folder/install.log" 2>&1 || {
    cat "$folder/install.log"
    exit 1
}
