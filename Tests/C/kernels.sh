#!/bin/sh
# Two properties of the kernels that no result shows, from the machine code of the variants for newer processors.
#
# 1. They share no code that only newer processors run. A function that several modules emit is linked once, from
#    whichever module comes first, so it must run on every processor. Functions of the module itself have its name in
#    theirs and are linked for it alone.
# 2. They work on vectors. Where the compiler does not recognise a vector operation, it computes one number after the
#    other, which is right and ten times slower. So a function that computes with single numbers, such as the rest of a
#    loop, must have wide vectors too.
#
# Ends with `N passed, N failed`.
#
#   LIB=.build/release Tests/C/kernels.sh
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
objects=${LIB:-$root/.build/release}
passed=0 failed=0
# Registers and instructions that the oldest processors lack, or that shared code has no reason to use.
newer='%[xyz]mm|%k[1-7]|[[:space:]](andn|bextr|bls(i|r|msk)|lzcnt|tzcnt|mulx|pdep|pext|rorx|s(ar|hl|hr)x|movbe)[lqw]?[[:space:]]'

pass() { passed=$((passed + 1)); }
fail() { failed=$((failed + 1)) && echo "$(basename "$object") of $module: $1"; }

[ -d "$objects/KernelsBaseline.build" ] || { echo "$objects has no objects of the kernels"; exit 1; }
for module in KernelsV3 KernelsV4; do
    [ -d "$objects/$module.build" ] || continue
    for object in "$objects/$module.build"/*.o; do
        for function in $(nm "$object" | awk -v own="\$s${#module}$module" '$2 == "W" && index($3, own) != 1 { print $3 }'); do
            if objdump -d --no-show-raw-insn --disassemble="$function" "$object" | grep -qE "$newer"; then
                fail "the shared function $function uses instructions of newer processors"
            else
                pass
            fi
        done
        scalar=$(objdump -d --no-show-raw-insn "$object" | awk '
            function judge() { if (single && !wide) printf "%s ", name }
            /^[0-9a-f]+ <.*>:/ { judge(); name = $2; single = wide = 0 }
            /[ \t]v?(add|sub|mul|div|sqrt|fn?m(add|sub)[0-9]*)s[sd][ \t]/ { single = 1 }
            /%[yz]mm/ { wide = 1 }
            END { judge() }')
        if [ -z "$scalar" ]; then pass; else fail "no vectors in $scalar"; fi
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
