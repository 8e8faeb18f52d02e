#!/bin/sh
# Check the R package against a library: scripts/check_r.sh LIBRARY [memory]
#
# R CMD build, R CMD check and the programs of examples/r. With `memory` only the shim is tried, while R collects
# garbage at every allocation. Everything happens in a temporary folder. Tests/Conformance compares R with the others.
set -eu

command -v R >/dev/null || {
    echo "left out: the tests of the R package, because R is not installed (\`make test\` installs it where apt can)"
    exit 0
}
library=$(realpath "$1")
root=$(dirname "$(dirname "$(realpath "$0")")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

if [ "${2:-}" = memory ]; then
    sh "$root/scripts/install_r.sh" "$library" "$work"
    R_LIBS="$work" Rscript "$root/Tests/R/memory.R"
    exit 0
fi

# The soname is what the package is linked to, wherever the library lies.
cd "$work"
mkdir "$work/library" "$work/run"
ln -s "$library" "$work/library/libjkonetstar.so"
ln -s "$library" "$work/library/libjkonetstar.so.1"
export JKONETSTAR_LIBRARY="$work/library/libjkonetstar.so"
export JKONETSTAR_HOME="$root"
# Packages that are only suggested may be missing; their tests are then skipped.
export _R_CHECK_FORCE_SUGGESTS_=false
# The check would otherwise ask servers whether links and the clock are right.
export _R_CHECK_CRAN_INCOMING_=false _R_CHECK_SYSTEM_CLOCK_=false
unset R_LIBS_USER R_LIBS || true

vignettes=
if ! Rscript -e 'stopifnot(requireNamespace("rmarkdown"), rmarkdown::pandoc_available())' >/dev/null 2>&1; then
    echo "rmarkdown or pandoc is missing, so that the vignette is not built"
    vignettes=no
fi

say() { echo "test-r: $*"; }
say "R CMD build"
R CMD build ${vignettes:+--no-build-vignettes} "$root/bindings/r" >build.log 2>&1 || {
    cat build.log
    exit 1
}
say "R CMD check"
R CMD check --no-manual ${vignettes:+--ignore-vignettes} jkonetstar_*.tar.gz >check.log 2>&1 || {
    cat check.log
    for log in jkonetstar.Rcheck/00install.out jkonetstar.Rcheck/tests/*.fail; do [ ! -f "$log" ] || cat "$log"; done
    exit 1
}
grep -E "WARNING|NOTE" -A 8 check.log || true
if grep -q "WARNING$" check.log; then exit 1; fi
tail -n 2 check.log

say "programs of examples/r"
export R_LIBS="$work/jkonetstar.Rcheck"
cd "$work/run"
for program in load_data transport_plan train predict flow; do
    Rscript "$root/examples/r/$program.R" >"$program.log" 2>&1 || {
        cat "$program.log"
        exit 1
    }
done
Rscript "$root/examples/r/energy.R" 200 >energy.log 2>&1 || {
    cat energy.log
    exit 1
}
grep -q "relative gap \(0.0e+00\|[0-9.]*e-1[0-9]\)$" transport_plan.log || { cat transport_plan.log; exit 1; }
grep -q "^there and back: [0-9.]*e-\(0[6-9]\|1[0-9]\)$" flow.log || { cat flow.log; exit 1; }
grep -q "t = 2 " load_data.log || { cat load_data.log; exit 1; }
