#!/bin/sh
# Tries each reader of files with inputs that libFuzzer makes, under the address sanitizer, as many readers at once as
# there are processors. Ends with how many inputs there were; fails where one brought a reader down, which is kept in
# out/fuzz/READER.
#
#   Tests/Fuzz/Readers/run.sh
#
# SECONDS  for each reader; default 60
# READERS  which; default all
# KEEP     1 to take what reaches new branches into the corpora
set -eu
cd "$(dirname "$0")/../../.."
# Some shells count in a variable of this name.
seconds=$(printenv SECONDS || echo 60)
readers=${READERS:-npy npz csv json safetensors model growth flow checkpoint}
Tests/Fuzz/build.sh
program=$(pwd)/.build-fuzz/release/fuzz-readers

# The reserve of address space would hide from the sanitizer what is not given back; a trap says where it was by itself.
# Where memory was allocated is told by the input that is kept; not recording it saves a third of the time.
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=0:malloc_context_size=1 SWIFT_BACKTRACE=enable=no
for reader in $readers; do
    mkdir -p "out/fuzz/$reader/found" "out/fuzz/$reader/corpus"
    corpus=Tests/Fuzz/corpora/$reader.zip
    [ ! -f "$corpus" ] || python3 -m zipfile -e "$corpus" "out/fuzz/$reader/corpus"
done
export program seconds
# shellcheck disable=SC2016
printf '%s\n' $readers | xargs -P "$(nproc)" -I '{}' sh -c '
    reader=$1
    seeds=out/fuzz/$reader/corpus
    case $reader in
    npy | npz | csv) seeds="$seeds Tests/Oracles/arrays" ;;
    esac
    # Inputs of readers are read whole, so that long ones show nothing that short ones do not.
    READER=$reader "$program" -max_total_time="$seconds" -max_len=4096 -timeout=120 -rss_limit_mb=3000 \
        -print_final_stats=1 -verbosity=0 -artifact_prefix="out/fuzz/$reader/" "out/fuzz/$reader/found" $seeds \
        >"out/fuzz/$reader/log" 2>&1
    echo $? >"out/fuzz/$reader/status"' sh '{}'

total=0 broken=0
for reader in $readers; do
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "out/fuzz/$reader/log")
    total=$((total + ${runs:-0}))
    echo "$reader: ${runs:-0} inputs, status $(cat "out/fuzz/$reader/status")"
    if [ "$(cat "out/fuzz/$reader/status")" != 0 ]; then
        broken=$((broken + 1))
        tail -n 30 "out/fuzz/$reader/log"
    fi
    # The fewest inputs that reach the branches that all of them reach.
    if [ "${KEEP:-}" = 1 ]; then
        rm -rf "out/fuzz/$reader/merged"
        mkdir "out/fuzz/$reader/merged"
        READER=$reader "$program" -merge=1 -max_len=4096 -verbosity=0 "out/fuzz/$reader/merged" \
            "out/fuzz/$reader/corpus" "out/fuzz/$reader/found" >/dev/null 2>&1
        (cd "out/fuzz/$reader/merged" && python3 -m zipfile -c "../../../../Tests/Fuzz/corpora/$reader.zip" *)
    fi
done
echo "$total inputs, $broken readers brought down"
[ "$broken" -eq 0 ]
