#!/bin/sh
# The binary interface is that of the baseline, or has grown: functions and members at the ends of structs may be added,
# and nothing may go or change. The types are those of the headers; a library is made of functions that do nothing, with
# debug information, which the true one has not. Needs abidw and abidiff of Debian's abigail-tools.
#
#   Tests/C/interface.sh           compares; ends with `N passed, N failed`
#   Tests/C/interface.sh --write   writes the baseline anew: for a release, or where an interface was meant to change
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
baseline=$root/Tests/C/interface.abi
command -v abidiff >/dev/null || { echo "abidiff is missing: install abigail-tools"; exit 2; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# Declarations become functions.
"${CC:-cc}" -E -P -DJKO_NO_DEPRECATION -I"$root/include" "$root/include/jkonetstar.h" >"$work/plain.h"
"${PYTHON:-python3}" - "$work/plain.h" >"$work/functions.c" <<'PROGRAM'
import re, sys
text = re.sub(r"\s+", " ", re.sub(r"(?m)^#.*", "", open(sys.argv[1]).read()))
print("#include <jkonetstar.h>")
for result, name, arguments in re.findall(r"(?<=[;}]) ((?:const )?[a-z0-9_]+ \*?)(jko_[a-z0-9_]+)\(([^{};]*)\);", text):
    print(f"{result}{name}({arguments}) {{ __builtin_trap(); }}")
PROGRAM
"${CC:-cc}" -std=c11 -g -fPIC -shared -Wl,-soname,libjkonetstar.so.1 -w -I"$root/include" "$work/functions.c" \
    -o "$work/libjkonetstar.so.1" || exit 2
count=$(nm -D --defined-only "$work/libjkonetstar.so.1" | grep -c ' T jko_')
listed=$(grep -cE '^ *jko_[a-z0-9_]+;' "$root/Sources/ABI/exports.map")
[ "$count" = "$listed" ] || { echo "$count functions were found, $listed are exported"; exit 2; }
(cd "$work" && abidw --no-corpus-path --no-comp-dir-path --no-show-locs --out-file found.abi libjkonetstar.so.1) || exit 2
if [ "${1:-}" = --write ]; then
    cp "$work/found.abi" "$baseline"
    echo "wrote $baseline"
    exit
fi
# A struct says how large it is, so that it may grow at its end.
cat >"$work/growth" <<'RULES'
[suppress_type]
type_kind = struct
has_data_member_inserted_at = end
RULES
if abidiff --no-added-syms --suppressions "$work/growth" "$baseline" "$work/found.abi" >"$work/report"; then
    echo "1 passed, 0 failed"
else
    cat "$work/report"
    echo "0 passed, 1 failed"
    exit 1
fi
