# libjkonetstar: what can be made. `make help` lists it.

PYTHON ?= python3
PREFIX ?= /usr/local
VENV   := .venv
PY     := $(VENV)/bin/python
SINGLE_CELL := .venv-single-cell
R_PACKAGES := r-base-core r-base-dev r-cran-testthat r-cran-knitr r-cran-rmarkdown pandoc

LIBRARY_DIR := .build/release
LIBRARY     := $(LIBRARY_DIR)/libjkonetstar.so
SONAME      := libjkonetstar.so.1

VERSION     := $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' bindings/python/jkonetstar/__init__.py)

SWIFT_BUILD := swift build -c release
SWIFT_TEST  := swift test -c release --skip-build

# That of the toolchain, which has libFuzzer.
CLANG = $(dir $(shell readlink -f $$(command -v swiftc)))clang

SOURCES := Package.swift $(shell find -L Sources include -type f)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- the main things ----------------------------------------------------------------------------------

.PHONY: demo
demo: build $(VENV)/.demo ## Install what is missing, build, learn from simulated and real populations, show the result.
	$(PY) examples/python/demo.py

.PHONY: build
build: $(LIBRARY_DIR)/$(SONAME) ## Build libjkonetstar.so, self-contained, into .build/release.

$(LIBRARY_DIR)/$(SONAME): $(SOURCES) | $(VENV)/.system
	$(SWIFT_BUILD)
	ln -sf libjkonetstar.so $@
	touch -h $@

.PHONY: test
test: build $(VENV)/.test $(VENV)/.r test-swift ## Pass every test: engine, C, C++, Python, R; all languages alike.
	$(MAKE) --no-print-directory -j2 -Otarget test-python-to-l test-c test-python-from-m test-cpp test-r
	$(MAKE) --no-print-directory test-conformance

.PHONY: test-swift
test-swift: | $(VENV)/.system ## Pass the tests of the engine.
	$(SWIFT_BUILD) --build-tests
	$(SWIFT_TEST)
	.build/release/learn-and-predict
	$(call with_kernels,EnergiesTests|TransportTests|DensitiesTests|FlowsTests)

# The kernels of older processors, in the tests that call kernels themselves.
with_kernels = for kernels in baseline v3; do \
	  JKONETSTAR_KERNELS=$$kernels $(SWIFT_TEST) --filter '$(1)' || exit 1; done

.PHONY: test-kernels
test-kernels: test-swift ## Pass the tests of the engine with the kernels of older processors, training too.
	$(call with_kernels,LearningTests|DynamicsTests)

.PHONY: test-c
test-c: build ## Pass the tests of the C interface.
	LIB=$(LIBRARY_DIR) sh Tests/C/kernels.sh
	LIB=$(LIBRARY_DIR) sh Tests/C/run.sh
	LIB=$(LIBRARY_DIR) sh Tests/Fuzz/ABI/run.sh

.PHONY: test-cpp
test-cpp: build $(VENV)/.test ## Pass the tests of the C++ headers, of what is installed, and of the simulators.
	LIB=$(LIBRARY_DIR) PYTHON=$(PY) sh Tests/Cpp/run.sh

.PHONY: test-python
test-python: build $(VENV)/.test ## Pass the tests of the Python package.
	$(PY) -m pytest Tests/Python

# Two parts, which `make test` runs side by side; PYTEST_SHORT leaves out what takes long.
.PHONY: test-python-to-l test-python-from-m
test-python-to-l: build $(VENV)/.test
	$(PY) -m pytest $(PYTEST_SHORT) Tests/Python/test_[a-l]*.py
test-python-from-m: build $(VENV)/.test
	$(PY) -m pytest $(PYTEST_SHORT) Tests/Python/test_[m-z]*.py

.PHONY: test-conformance
test-conformance: build $(VENV)/.test ## Compare what each language gives for one table of calls, bit for bit.
	LIB=$(LIBRARY_DIR) PYTHON=$(abspath $(PY)) sh Tests/Conformance/run.sh

.PHONY: test-r
test-r: build ## Pass the tests of the R package; skipped where R is missing.
	sh scripts/check_r.sh $(LIBRARY)

.PHONY: test-r-memory
test-r-memory: build ## Try the shim of the R package while R collects garbage at every allocation.
	sh scripts/check_r.sh $(LIBRARY) memory

.PHONY: test-julia
test-julia: build ## Pass the tests of the Julia package, with the julia that is on the path (1.9 or newer).
	JKONETSTAR_LIBRARY=$(abspath $(LIBRARY)) julia --project=bindings/julia/JKOnetStar.jl -e 'using Pkg; Pkg.test()'

.PHONY: test-onnx
test-onnx: build $(VENV)/.onnx ## Compare exported graphs with ONNX Runtime; it is large, so `make test` does not need it.
	$(PY) -m pytest Tests/Python/test_onnx.py

.PHONY: test-single-cell
test-single-cell: build $(SINGLE_CELL)/.installed ## Pass the tests of jkonetstar.sc with scanpy, scVelo, CellRank and moscot, in a venv of their own.
	$(SINGLE_CELL)/bin/python -m pytest Tests/Python/test_sc.py Tests/Python/test_sc_surface.py \
	  Tests/Python/test_single_cell_peers.py

.PHONY: bench
bench: build $(VENV)/.bench ## Measure fitting, prediction and evaluation; print a table.
	$(PY) benchmarks/main_job.py

.PHONY: bench-latency
bench-latency: build $(VENV)/.demo ## Time one evaluation in an inner loop, beside libtorch and ONNX Runtime where these are installed in .venv.
	$(PY) benchmarks/latency.py

.PHONY: bench-transport
bench-transport: build $(VENV)/.bench ## Time exact and entropic plans beside POT, SciPy and ott-jax on the same points; about an hour.
	$(PY) benchmarks/transport.py --large --all-cores
	$(PY) benchmarks/sinkhorn.py

.PHONY: bench-sinkhorn
bench-sinkhorn: build $(VENV)/.bench ## Time entropic plans beside ott-jax and POT on the same points; about three quarters of an hour.
	$(PY) benchmarks/sinkhorn.py

.PHONY: bench-closed-form
bench-closed-form: build $(VENV)/.bench ## Time energies in closed form beside NumPy and JAX; experiment 4.1 beside the authors; calibration of error bars; twenty minutes.
	$(PY) benchmarks/closed_form.py
	$(PY) benchmarks/calibration.py

.PHONY: bench-recovery
bench-recovery: build $(VENV)/.bench ## Recovery of known energies by scheme, step and number of particles; half an hour.
	$(PY) benchmarks/recovery.py --picture docs/recovery.png
	$(PY) benchmarks/published_well.py

.PHONY: bench-ensembles
bench-ensembles: build $(VENV)/.bench ## Coverage of the error bars of networks on simulated courses, over 50 seeds; half an hour.
	$(PY) benchmarks/network_calibration.py

.PHONY: bench-training
bench-training: build $(VENV)/.bench ## Time training of networks beside JAX and optax; its accuracy, cells and start-up; about half an hour.
	$(PY) benchmarks/training.py

.PHONY: bench-time-courses
bench-time-courses: build $(VENV)/.bench ## Leave one time out of real and simulated courses: straight lines, interpolation, models; half an hour.
	$(PY) benchmarks/time_courses.py --model

.PHONY: bench-flows
bench-flows: build $(VENV)/.bench ## Flows of given energies beside exact ones and particles; Langevin draws beside NUTS where numpyro is installed; an hour.
	$(PY) benchmarks/flows.py

.PHONY: bench-defaults
bench-defaults: build $(VENV)/.bench ## Judge the default estimator on real (../shared/data) and simulated time courses and on the functionals; half an hour.
	$(PY) benchmarks/defaults.py

.PHONY: lint
lint: $(VENV)/.test ## Check style of code and prose, strictly, and that generated files follow their sources.
	swift format lint --strict --recursive Package.swift Sources Tests examples
	$(VENV)/bin/clang-format --dry-run -Werror $(shell git ls-files '*.h' '*.c' '*.cpp' '*.hpp')
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	PYTHONPATH=scripts $(PY) -m declarations --check
	$(PY) scripts/architecture.py --check
	$(PY) scripts/prose.py

.PHONY: format
format: $(VENV)/.test ## Format Swift, C and Python as `make lint` wants them.
	swift format --in-place --recursive Package.swift Sources Tests examples
	$(VENV)/bin/clang-format -i $(shell git ls-files '*.h' '*.c' '*.cpp' '*.hpp')
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

.PHONY: architecture
architecture: ## Draw docs/architecture.svg from Package.swift.
	$(PYTHON) scripts/architecture.py

.PHONY: declarations
declarations: $(VENV)/.test ## Write the declarations of the bindings from the C headers.
	PYTHONPATH=scripts $(PY) -m declarations

.PHONY: docs
docs: build $(VENV)/.docs ## Make the documentation site, out/site/index.html, and check all of its links.
	$(VENV)/bin/cffconvert --validate
	PYTHONPATH=scripts $(PY) -m documentation

.PHONY: wheel
wheel: build ## Build the Python package with the library inside, into dist/.
	sh scripts/wheel.sh $(PYTHON) $(LIBRARY)

.PHONY: test-wheel
test-wheel: wheel ## Try the wheel in an empty environment of every Python 3.9 to 3.14 that is at hand.
	sh scripts/test_wheel.sh dist/jkonetstar-$(VERSION)-*.whl

.PHONY: check-wheel
check-wheel: wheel $(VENV)/.release ## Check what a package index asks of the wheel, and that it can be built again.
	sh scripts/check_wheel.sh $(PYTHON) $(LIBRARY) $(VENV)/bin dist/jkonetstar-$(VERSION)-*.whl

.PHONY: install
install: build ## Install library, headers, pkg-config and CMake files under PREFIX (default /usr/local; DESTDIR is honoured).
	sh scripts/install.sh $(LIBRARY) "$(DESTDIR)" "$(PREFIX)"

.PHONY: clean
clean: ## Remove everything that was built or installed here.
	rm -rf .build .build-* $(VENV) $(SINGLE_CELL) out dist bindings/python/build bindings/python/*.egg-info

# --- long or rare -------------------------------------------------------------------------------------

.PHONY: oracles
oracles: $(VENV)/.oracles ## Regenerate the reference numbers of Tests/Oracles (JAX, POT, SciPy).
	for generator in Tests/Oracles/*.py; do $(PY) $$generator || exit 1; done

.PHONY: experiment
experiment: build $(VENV)/.demo ## The main job over five seeds: the figures of docs/results.md.
	$(PY) examples/python/demo.py --seeds 5

.PHONY: fuzz
fuzz: build $(VENV)/.test ## Damaged files and hostile calls by libFuzzer, SECONDS=60 for each reader and for the C interface.
	SECONDS=$(or $(SECONDS),60) Tests/Fuzz/Readers/run.sh
	SECONDS=$(or $(SECONDS),60) LIB=.build-fuzz/release CC=$(CLANG) Tests/Fuzz/ABI/run.sh
	JKONETSTAR_FUZZ_INPUTS=50000 $(PY) -m pytest Tests/Python/test_flow_files.py

.PHONY: test-hypothesis
test-hypothesis: build $(VENV)/.test ## Try the properties of the Python API on 2,000 examples each; half an hour.
	JKONETSTAR_HYPOTHESIS_EXAMPLES=2000 $(PY) -m pytest Tests/Python/test_hypothesis.py

.PHONY: test-memory
test-memory: build ## Refuse memory in 10,000 ways, then each allocation; an hour and a half.
	mkdir -p out
	ln -sf libjkonetstar.so $(LIBRARY_DIR)/libjkonetstar.so.1
	$(CC) -std=c99 -Iinclude Tests/C/shortage.c -o out/shortage \
	  -L$(LIBRARY_DIR) -Wl,-rpath,$(abspath $(LIBRARY_DIR)) -ljkonetstar -lm -pthread
	cd out && ./shortage 10000 && ./shortage every

.PHONY: test-threads
test-threads: build ## Compare threads and forked processes with one thread, thousands of times; print what calls take of a stack; ten minutes.
	mkdir -p out
	ln -sf libjkonetstar.so $(LIBRARY_DIR)/libjkonetstar.so.1
	for program in threads forks stacks; do \
	  $(CC) -std=c99 -D_POSIX_C_SOURCE=200809L -Iinclude Tests/C/$$program.c -o out/$$program \
	    -L$(LIBRARY_DIR) -Wl,-rpath,$(abspath $(LIBRARY_DIR)) -ljkonetstar -lm -pthread || exit 1; done
	cd out && ./threads 300 && ./forks 300 && ./stacks table

.PHONY: test-durability
test-durability: build $(VENV)/.test ## Lose power, fill disks at every byte, kill trainings 1,000 times; ten minutes.
	PYTHON=$(PY) Tests/Durability/run.sh long

.PHONY: test-asan
test-asan: | $(VENV)/.system ## Pass the engine's tests under the address sanitizer.
	ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=0 \
	  swift test --sanitize=address --scratch-path .build-asan

.PHONY: test-tsan
test-tsan: | $(VENV)/.system ## Pass the engine's tests under the thread sanitizer.
	TSAN_OPTIONS=allocator_may_return_null=1:suppressions=$(CURDIR)/scripts/tsan.supp \
	  swift test -c release --sanitize=thread --scratch-path .build-tsan

# What is undefined traps, so that the library needs no runtime of the sanitizer and passes the tests of the plain one.
.PHONY: test-ubsan
test-ubsan: $(VENV)/.test ## Pass the tests in C and C++ where undefined behaviour of C, here and there, ends the program.
	$(SWIFT_BUILD) --product jkonetstar --scratch-path .build-ubsan \
	  -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined
	CC='cc -fsanitize=undefined -fno-sanitize-recover=all' CXX='c++ -fsanitize=undefined -fno-sanitize-recover=all' \
	  VALGRIND= LIB=.build-ubsan/release sh Tests/C/run.sh
	CC='cc -fsanitize=undefined -fno-sanitize-recover=all' CXX='c++ -fsanitize=undefined -fno-sanitize-recover=all' \
	  VALGRIND= LIB=.build-ubsan/release PYTHON=$(PY) sh Tests/Cpp/run.sh

.PHONY: check-reproducible
check-reproducible: build ## Build the library again, in another folder, and compare the two byte by byte; five minutes.
	scripts/build_twice.sh $(LIBRARY)

# --- what they need -----------------------------------------------------------------------------------

$(VENV)/.system: scripts/system-packages.sh
	sh scripts/system-packages.sh
	mkdir -p $(VENV)
	touch $@

$(VENV)/bin/python: | $(VENV)/.system
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: examples/python/requirements.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check -r $< -e bindings/python
	touch $@

$(VENV)/.test: Tests/Python/requirements.txt $(VENV)/.demo
	$(PY) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Where they cannot be installed, R is left out, and the next `make test` tries again.
$(VENV)/.r: scripts/system-packages.sh | $(VENV)/.system
	@sh $< $(R_PACKAGES) && touch $@ || echo "left out unless it is here already: R, whose packages cannot be installed"

$(VENV)/.docs: docs/requirements.txt scripts/system-packages.sh $(VENV)/.demo
	sh scripts/system-packages.sh doxygen
	$(PY) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(VENV)/.onnx: Tests/Python/requirements-onnx.txt $(VENV)/.test
	$(PY) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(VENV)/.release: scripts/release-requirements.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(VENV)/.bench: benchmarks/requirements.txt $(VENV)/.demo
	$(PY) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(VENV)/.oracles: Tests/Oracles/requirements.txt $(VENV)/.test
	$(PY) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(SINGLE_CELL)/.installed: Tests/Python/requirements-single-cell.txt
	$(PYTHON) -m venv $(SINGLE_CELL)
	$(SINGLE_CELL)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@
