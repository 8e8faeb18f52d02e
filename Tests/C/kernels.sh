#!/bin/sh
# The kernels of newer instruction sets share no code that uses those: a function that several modules emit is linked once, from
# whichever comes first, and must run on every processor. (Functions of the module itself have its name in theirs and are linked for it
# alone.) Ends with `N passed, N failed`.
#
#   LIB=.build/release Tests/C/kernels.sh
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
objects=${LIB:-$root/.build/release}
passed=0 failed=0
for module in KernelsV3 KernelsV4; do
    [ -d "$objects/$module.build" ] || continue
    for object in "$objects/$module.build"/*.o; do
        for function in $(nm "$object" | awk -v own="\$s${#module}$module" '$2 == "W" && index($3, own) != 1 { print $3 }'); do
            vectors=$(objdump -d --no-show-raw-insn --disassemble="$function" "$object" | grep -cE '%[xyz]mm|%k[1-7]')
            if [ "$vectors" -eq 0 ]; then
                passed=$((passed + 1))
            else
                failed=$((failed + 1))
                echo "$(basename "$object") of $module: the shared function $function uses vector instructions"
            fi
        done
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
