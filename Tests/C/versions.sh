#!/bin/sh
# Whole programs meet a library of another version. The headers of an earlier and of a later one are made from today's:
# every struct that tells its size has lost its last member, or has got one more, and the later headers declare a
# function more. A function that is to go is tried as well. Ends with `N passed, N failed`.
#
#   LIB=.build/release Tests/C/versions.sh
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
library=$(cd "${LIB:-$root/.build/release}" && pwd)/libjkonetstar.so || exit 2
[ -f "$library" ] || { echo "no $library"; exit 2; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/lib" "$work/stub" "$work/today"
ln -s "$library" "$work/lib/libjkonetstar.so"
ln -s "$library" "$work/lib/libjkonetstar.so.1"
passed=0 failed=0

# holds WHAT COMMAND..
holds() {
    what=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "$what"; fi
}

cp -r "$root/include" "$work/today/include"
"${PYTHON:-python3}" - "$root/include" "$work" <<'PROGRAM' >"$work/structs" || exit 2
import pathlib, re, shutil, sys

source, work = map(pathlib.Path, sys.argv[1:])
# A struct whose first member is its size, and its members, where there are no comments.
struct = re.compile(r"(typedef struct \w+ \{\s*size_t struct_size;)(.*?)(\n\} \w+;)", re.S)
member = re.compile(r"[^;{}]+;", re.S)
count = 0
for version in ("earlier", "later"):
    shutil.copytree(source, work / version / "include")
    for header in (work / version / "include" / "jkonetstar").glob("*.h"):
        def change(found):
            global count
            members = member.findall(found[2])
            # What is left has another member than the size.
            if version == "earlier":
                members = members[:-1] if len(members) > 1 else members
            else:
                members.append("\n    double later_member;")
            count += 1
            return found[1] + "".join(members) + found[3]
        text = struct.sub(change, re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S))
        if version == "later" and header.name == "common.h":
            text = text.replace("int32_t jko_num_threads(void);",
                                "int32_t jko_num_threads(void);\njko_status jko_later_function(void);")
        header.write_text(text)
print(count // 2)
PROGRAM
holds "only $(cat "$work/structs") structs tell their size" [ "$(cat "$work/structs")" -ge 20 ]

# build VERSION SOURCE PROGRAM OPTION..: with the headers of a version, and against this library unless told otherwise.
build() {
    headers=$work/$1/include source=$2 program=$3
    shift 3
    "${CC:-cc}" -std=c99 -D_POSIX_C_SOURCE=200809L -I"$headers" "$source" -o "$program" "${@:--L$work/lib}" \
        -Wl,-rpath,"$work/lib" -ljkonetstar -lm -pthread 2>"$work/log"
}

# The examples, in their order: one reads what another wrote. They print the same and write the same files, whatever
# the headers that they were compiled with. An example that sets a member which the earlier headers lack is no program
# of their time.
examples="load_data transport_plan train energy predict fix_external"
for version in today earlier later; do
    mkdir "$work/$version/run"
    for example in $examples; do
        build "$version" "$root/examples/c/$example.c" "$work/$version/$example" || continue
        case $example in
        train) arguments="model.safetensors 5" ;;
        energy) arguments=25 ;;
        *) arguments="" ;;
        esac
        # shellcheck disable=SC2086
        (cd "$work/$version/run" && timeout 600 "../$example" $arguments >said 2>&1; echo $? >>said)
        # All but how long it took.
        sed 's/, [0-9.]* s\(,\|$\)/\1/' "$work/$version/run/said" >"$work/$version/run/$example.out"
    done
done
for version in earlier later; do
    same=0
    for example in $examples; do
        [ -e "$work/$version/run/$example.out" ] || continue
        same=$((same + 1))
        holds "$example of the $version headers prints something else" \
            diff "$work/today/run/$example.out" "$work/$version/run/$example.out"
    done
    holds "only $same examples compile with the $version headers" [ "$same" -ge 4 ]
    for file in "$work/today/run"/*.safetensors; do
        holds "$(basename "$file") of the $version headers is another file" \
            cmp -s "$file" "$work/$version/run/$(basename "$file")"
    done
done

# A member that this library does not know is refused where it is set, by name, and changes nothing where it is not.
cat >"$work/member.c" <<'PROGRAM'
#include <jkonetstar.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    const double points[4] = {0, 0, 1, 1};
    const jko_array x = jko_row_major(points, 2, 2);
    jko_plan_options options;
    jko_plan *plan = NULL;
    if (jko_plan_options_init(&options, sizeof options) != JKO_OK || options.later_member != 0 ||
        jko_plan_compute(&x, &x, NULL, NULL, &options, &plan) != JKO_OK)
        return 1;
    jko_plan_destroy(plan);
    options.later_member = 1;
    if (jko_plan_compute(&x, &x, NULL, NULL, &options, &plan) != JKO_EINVALID || plan != NULL)
        return 2;
    return strcmp(jko_last_error_argument(), "options->struct_size") != 0;
}
PROGRAM
holds "the program with a later member does not compile: $(cat "$work/log")" build later "$work/member.c" "$work/member"
holds "a later member that is set is not refused" "$work/member"

# A function that this library does not have is named by the loader, before the program does anything. Functions that a
# version adds stand in a node of their own in exports.map, so that the loader looks for the node at the start.
printf '#include <jkonetstar.h>\nint main(void) { return jko_later_function(); }\n' >"$work/function.c"
printf 'JKONETSTAR_LATER { global: jko_later_function; };\n' >"$work/map"
printf 'int jko_later_function(void) { return 0; }\n' | "${CC:-cc}" -shared -fPIC -x c - -o "$work/stub/libjkonetstar.so" \
    -Wl,-soname,libjkonetstar.so.1 -Wl,--version-script="$work/map"
holds "the program with a later function does not compile: $(cat "$work/log")" \
    build later "$work/function.c" "$work/function" -L"$work/stub" -Wl,-z,lazy
"$work/function" >"$work/said" 2>&1
holds "a program with a later function ends with status $? and says: $(cat "$work/said")" \
    grep -q "libjkonetstar.so.1: version .JKONETSTAR_LATER. not found" "$work/said"

# A function that is to go works as before, and compilers say what to use instead, unless they are told not to.
cp -r "$root/include" "$work/deprecating"
sed -i 's/^int32_t jko_num_threads/JKO_DEPRECATED("use something else") &/' "$work/deprecating/jkonetstar/common.h"
printf '#include <jkonetstar.h>\nint main(void) { return jko_num_threads() < 1; }\n' >"$work/old.c"
for language in "${CC:-cc} -x c -std=c99" "${CXX:-c++} -x c++ -std=c++17"; do
    # shellcheck disable=SC2086
    compile() { $language -Wall -Wextra -pedantic "$@" -I"$work/deprecating" "$work/old.c" -o "$work/old" \
        -L"$work/lib" -Wl,-rpath,"$work/lib" -ljkonetstar 2>"$work/log"; }
    holds "$language does not compile what is to go: $(cat "$work/log")" compile
    holds "$language does not say what to use instead" grep -q "use something else" "$work/log"
    holds "what is to go does not work any more" "$work/old"
    holds "$language warns of what is to go although it shall not" compile -Werror -DJKO_NO_DEPRECATION
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
