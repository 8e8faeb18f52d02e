#!/bin/sh
# Check the R package against a library: scripts/check_r.sh LIBRARY [PYTHON [memory]]
#
# R CMD build and R CMD check, the programs of examples/r, and, where a Python with NumPy is given, that both languages
# get the same bits. With `memory` only the shim is tried, while R collects garbage at every allocation. Everything
# happens in a temporary folder.
set -eu

command -v R >/dev/null || {
    echo "R is not installed, so that its package is not tested (Debian: r-base-dev r-cran-testthat r-cran-rmarkdown)"
    exit 0
}
library=$(realpath "$1")
python=${2:-}
case $python in */*) python=$(cd "$(dirname "$python")" && pwd)/$(basename "$python") ;; esac
root=$(dirname "$(dirname "$(realpath "$0")")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# The soname is what the package is linked to, wherever the library lies.
cd "$work"
mkdir "$work/library" "$work/run" "$work/installed"
ln -s "$library" "$work/library/libjkonetstar.so"
ln -s "$library" "$work/library/libjkonetstar.so.1"
export JKONETSTAR_LIBRARY="$work/library/libjkonetstar.so"
export JKONETSTAR_HOME="$root"
# Packages that are only suggested may be missing; their tests are then skipped.
export _R_CHECK_FORCE_SUGGESTS_=false
# The check would otherwise ask servers whether links and the clock are right.
export _R_CHECK_CRAN_INCOMING_=false _R_CHECK_SYSTEM_CLOCK_=false
unset R_LIBS_USER R_LIBS || true

if [ "${3:-}" = memory ]; then
    cp -R "$root/bindings/r" "$work/source"
    (cd "$work/source" && sh cleanup)
    R CMD INSTALL -l "$work/installed" "$work/source" >install.log 2>&1 || { cat install.log; exit 1; }
    R_LIBS="$work/installed" Rscript "$root/Tests/R/memory.R"
    exit 0
fi

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
for program in load_data transport_plan train predict; do
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
grep -q "t = 2 " load_data.log || { cat load_data.log; exit 1; }

if [ -z "$python" ] || ! "$python" -c "import numpy" 2>/dev/null; then
    echo "no Python with NumPy, so that R and Python are not compared"
    exit 0
fi
say "the same numbers as in Python"
PYTHONPATH="$root/bindings/python" "$python" -W ignore "$root/Tests/R/same_numbers.py" "$root/Tests/R/table.csv" \
    model.safetensors >expected.txt
Rscript "$root/Tests/R/same_numbers.R" "$root/Tests/R/table.csv" model.safetensors expected.txt
