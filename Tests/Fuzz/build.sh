#!/bin/sh
# Builds the library and the program of readers for libFuzzer, with the address sanitizer and counters of branches, into
# .build-fuzz: ten minutes.
set -eu
cd "$(dirname "$0")/../.."
toolchain=$(dirname "$(readlink -f "$(command -v swiftc)")")
JKONETSTAR_LIBFUZZER=$("$toolchain/clang" -print-resource-dir)/lib/linux/libclang_rt.fuzzer_no_main-$(uname -m).a
[ -f "$JKONETSTAR_LIBFUZZER" ] || { echo "no libFuzzer in this toolchain: $JKONETSTAR_LIBFUZZER"; exit 2; }
# Symbols, so that traces have names.
export JKONETSTAR_LIBFUZZER JKONETSTAR_SYMBOLS=1
for product in fuzz-readers jkonetstar; do
    swift build -c release --product "$product" --sanitize=address --scratch-path .build-fuzz \
        -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp
done 2>&1 | sed '/ld.gold: warning: Cannot export local symbol/d' >&2
[ -f .build-fuzz/release/fuzz-readers ] && [ -f .build-fuzz/release/libjkonetstar.so ]
