#!/bin/sh
# Install library, headers for C and C++, pkg-config and CMake files: scripts/install.sh LIBRARY DESTDIR PREFIX
set -eu

library=$1
target=$2$3
root=$(dirname "$(dirname "$(realpath "$0")")")
version=$(sed -n 's/.*let libraryVersion = "\(.*\)"/\1/p' "$root/Sources/Numerics/LibraryVersion.swift")
cpp=$root/bindings/cpp

install -d "$target/lib/pkgconfig" "$target/lib/cmake/jkonetstar" "$target/include/jkonetstar"
install -m 755 "$library" "$target/lib/libjkonetstar.so.$version"
ln -sf "libjkonetstar.so.$version" "$target/lib/libjkonetstar.so.1"
ln -sf libjkonetstar.so.1 "$target/lib/libjkonetstar.so"
install -m 644 "$root/include/jkonetstar.h" "$cpp/jkonetstar.hpp" "$target/include"
install -m 644 "$root"/include/jkonetstar/*.h "$cpp"/jkonetstar/*.hpp "$target/include/jkonetstar"
install -d "$target/share/doc/jkonetstar"
install -m 644 "$root/LICENSE" "$root/NOTICE" "$target/share/doc/jkonetstar"
install -m 644 "$cpp/cmake/jkonetstarConfig.cmake" "$target/lib/cmake/jkonetstar"
sed "s/@version@/$version/" "$cpp/cmake/jkonetstarConfigVersion.cmake.in" \
    >"$target/lib/cmake/jkonetstar/jkonetstarConfigVersion.cmake"
# Both find the prefix from where their files lie, so that it may be moved.
cat >"$target/lib/pkgconfig/jkonetstar.pc" <<'EOF'
prefix=${pcfiledir}/../..
libdir=${prefix}/lib
includedir=${prefix}/include

EOF
cat >>"$target/lib/pkgconfig/jkonetstar.pc" <<EOF
Name: jkonetstar
Description: Learn the energy that drives a population from unpaired snapshots
Version: $version
Libs: -L\${libdir} -ljkonetstar
Cflags: -I\${includedir}
EOF
# The loader looks for new libraries in its cache.
if [ -z "$2" ] && [ "$(id -u)" = 0 ]; then ldconfig; fi
echo "installed libjkonetstar $version under $target"
