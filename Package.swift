// swift-tools-version: 6.2
import PackageDescription

// The way data flows, top to bottom: each module depends only on modules above it here. The two faces of the engine,
// ABI for C and JKOnetStar for Swift, depend on all of them. docs/architecture.md explains the picture. Compiler and
// linker flags stand at the end, each with its reason.

#if arch(x86_64)
  let kernelVariants = ["KernelsBaseline", "KernelsV3", "KernelsV4"]
#else
  let kernelVariants = ["KernelsBaseline"]
#endif

let package = Package(
  name: "jkonetstar",
  products: [
    // Two faces of one engine: the C library, and the Swift one.
    .library(name: "jkonetstar", type: .dynamic, targets: ["ABI"]),
    .library(name: "JKOnetStar", targets: ["JKOnetStar"]),
  ],
  targets: [
    // The C header, the C library, zlib and LAPACK, as Swift sees them.
    .systemLibrary(name: "CJKOnetStar", path: "include"),
    .systemLibrary(name: "CSystem", path: "Sources/System/CSystem"),
    .systemLibrary(name: "CZlib", path: "Sources/System/CZlib"),
    .systemLibrary(name: "CLAPACK", path: "Sources/System/CLAPACK"),

    // Memory that is kept back for when the system has no more; in C, because it stands in for malloc.
    .target(name: "CReserve", path: "Sources/System/CReserve"),

    // Which handles the host holds; in C, because it is read without a lock.
    .target(name: "CHandles", path: "Sources/System/CHandles"),

    // How much of its stack a thread has left; in C, because each thread has to know at once.
    .target(name: "CStack", path: "Sources/System/CStack"),

    // What forked processes need; in C, because it belongs to the Swift runtime that is linked in.
    .target(name: "CFork", path: "Sources/System/CFork"),

    // What each kernel computes and how it is called. The kernels themselves, once per instruction set from the files
    // of Sources/Kernels, are added below.
    module("KernelInterface"),

    // Matrices, random numbers, threads, linear algebra; the kernels of this processor.
    module("Numerics", needs: ["CSystem", "CLAPACK", "CReserve", "KernelInterface"] + kernelVariants),

    // Whole files in and out, atomically, with checksums; csv, npy, zip, JSON and safetensors.
    module("Files", needs: ["Numerics", "CSystem", "CZlib"]),

    // Observed populations -> couplings -> energies -> their predictions, and the populations that descend a given one;
    // velocities and growth between snapshots -> the fitted model -> its errors -> what lies between observed times.
    module("Snapshots", needs: ["Numerics", "Files"]),
    module("Transport", needs: ["Numerics", "KernelInterface", "CSystem"]),
    module("Densities", needs: ["Numerics", "CSystem"]),
    module("Energies", needs: ["Numerics", "KernelInterface", "CSystem"]),
    module("Dynamics", needs: ["Numerics", "Energies"]),
    module("Flows", needs: ["CSystem", "Numerics", "Files", "Densities", "Energies"]),
    module("Fields", needs: ["CSystem", "Numerics", "KernelInterface", "Snapshots", "Transport", "Energies"]),
    module(
      "Learning",
      needs: [
        "CSystem", "Numerics", "Files", "Snapshots", "Transport", "Densities", "Energies", "Dynamics", "Fields",
      ]),
    module("Evaluation", needs: ["Numerics", "Snapshots", "Transport", "Energies", "Dynamics", "Fields", "Learning"]),
    module(
      "Interpolation",
      needs: [
        "CSystem", "Numerics", "Snapshots", "Transport", "Densities", "Energies", "Fields", "Learning", "Evaluation",
      ]),

    .target(
      name: "ABI",
      dependencies: [
        "CJKOnetStar", "CSystem", "CHandles", "CStack", "CFork", "Numerics", "Files", "Snapshots", "Transport",
        "Densities", "Energies", "Dynamics", "Flows", "Fields", "Learning", "Evaluation", "Interpolation",
      ],
      exclude: ["exports.map", "discard.ld"]),
    module(
      "JKOnetStar",
      needs: [
        "Numerics", "Snapshots", "Transport", "Densities", "Energies", "Dynamics", "Flows", "Fields", "Learning",
        "Evaluation", "Interpolation",
      ]),
    .executableTarget(name: "learn-and-predict", dependencies: ["JKOnetStar"], path: "examples/swift"),

    // Reference numbers of Tests/Oracles; what several modules' tests need.
    .target(name: "OracleSupport", dependencies: ["CSystem"], path: "Tests/OracleSupport"),
    .target(
      name: "TestSupport", dependencies: ["CSystem", "Numerics", "Snapshots", "Transport", "Energies"],
      path: "Tests/TestSupport"),

    tests("Numerics", needs: ["CSystem", "KernelInterface", "TestSupport"]),
    tests("Files", needs: ["Numerics", "TestSupport"]),
    tests("Snapshots", needs: ["Numerics", "Files", "TestSupport"]),
    tests("Transport", needs: ["Numerics", "CSystem", "TestSupport"]),
    tests("Densities", needs: ["CSystem", "Numerics", "OracleSupport", "TestSupport"]),
    tests("Energies", needs: ["Numerics", "CSystem", "OracleSupport", "TestSupport"]),
    tests("Dynamics", needs: ["CSystem", "Numerics", "Energies", "TestSupport"]),
    tests(
      "Learning",
      needs: [
        "CSystem", "Numerics", "Files", "Snapshots", "Transport", "Densities", "Energies", "OracleSupport",
        "TestSupport",
      ]),
    tests("Flows", needs: ["CSystem", "Numerics", "Densities", "Energies", "OracleSupport", "TestSupport"]),
    tests("Fields", needs: ["CSystem", "Numerics", "Snapshots", "Transport", "Energies", "TestSupport"]),
    tests(
      "Interpolation",
      needs: ["CSystem", "Numerics", "Snapshots", "Transport", "Energies", "Fields", "Learning", "TestSupport"]),
    tests(
      "Evaluation",
      needs: ["Numerics", "Snapshots", "Transport", "Energies", "Dynamics", "Learning", "TestSupport"]),
    tests("JKOnetStar", needs: ["TestSupport"]),

    // Damaged files for all that reads files; fuzz-readers, below, tries more of them.
    .target(
      name: "FuzzReaders",
      dependencies: [
        "Numerics", "Files", "Snapshots", "Densities", "Energies", "Flows", "Fields", "Learning", "TestSupport",
      ],
      path: "Tests/Fuzz/Readers", exclude: ["run.sh"]),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzReaders", "Numerics", "Files"], path: "Tests/Fuzz/Tests"),
  ] + kernelVariants.map { module($0, needs: ["KernelInterface"]) },
  swiftLanguageModes: [.v6]
)

func module(_ name: String, needs dependencies: [String] = []) -> Target {
  .target(name: name, dependencies: dependencies.map { .byName(name: $0) })
}

func tests(_ name: String, needs dependencies: [String] = []) -> Target {
  .testTarget(name: name + "Tests", dependencies: ([name] + dependencies).map { .byName(name: $0) })
}

// MARK: - Flags that SwiftPM has no settings for
//
// SwiftPM calls them unsafe, and takes a package with them as a dependency only by its path, a branch or a revision,
// not by a version.

/// Adds flags for the compiler, in all configurations or in one.
@MainActor
func compile(_ names: [String], _ flags: [String], when configuration: BuildConfiguration? = nil) {
  for target in package.targets where names.contains(target.name) {
    let condition = configuration.map { BuildSettingCondition.when(configuration: $0) }
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(flags, condition)]
  }
}

/// Adds flags for the linker, which every product passes on that contains the module.
@MainActor
func link(_ name: String, _ flags: [String]) {
  for target in package.targets where target.name == name {
    target.linkerSettings = (target.linkerSettings ?? []) + [.unsafeFlags(flags)]
  }
}

func linker(_ arguments: String...) -> [String] { arguments.flatMap { ["-Xlinker", $0] } }

// MARK: All modules

// Continuous integration sets this. Elsewhere the warnings of a newer compiler must not keep anyone from building.
if Context.environment["JKONETSTAR_STRICT"] != nil {
  for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
}

// MARK: The engine

// The compiler proves exclusive access wherever memory is not shared. What it checks at run time besides makes plans
// take a quarter more time.
compile(
  [
    "Files", "Snapshots", "Transport", "Densities", "Energies", "Dynamics", "Fields", "Learning", "Evaluation",
    "Interpolation",
  ],
  ["-enforce-exclusivity=unchecked"], when: .release)

// Without errno, sines and cosines of one number share a call, and unused ones are left out.
compile(["Energies"], ["-Xcc", "-fno-math-errno"])

// MARK: The kernels

// No checks of overflow and ranges, so that no kernel can end the host process; the engine has checked sizes and
// indices. The flag is not there for speed: with -O instead, the kernels for AVX-512 have 2 % more instructions, and
// trainings, features, mixtures and plans took 0.85 to 1.05 times as long, which is the noise of the measurement.
compile(kernelVariants, ["-Ounchecked"])

// Without errno, the square roots of Adam's steps are vectors too.
compile(kernelVariants, ["-Xcc", "-fno-math-errno"])

// The instruction sets. Swift has no flag for them but takes Clang's. The names say to the sources how wide vectors
// are, and Clang would prefer half of AVX-512's width.
compile(["KernelsV3"], ["-DKERNELS_V3", "-Xcc", "-march=x86-64-v3"])
compile(["KernelsV4"], ["-DKERNELS_V4", "-Xcc", "-march=x86-64-v4", "-Xcc", "-mprefer-vector-width=512"])

// MARK: Libraries that are linked in

// The static archive, so that the library needs no zlib where it runs.
link("Files", linker("-l:libz.a"))

// OpenBLAS is Debian's serial build, a static archive in a folder of its own.
#if arch(x86_64)
  let openBLASFolder = "/usr/lib/x86_64-linux-gnu/openblas-serial"
  // Its routines exist once per family of processors. Three families do for all, with which the library has 16 MB
  // instead of 36. The names of the others stand for the best of the three that runs there.
  let openBLASFamilies = [
    "PRESCOTT": [
      "CORE2", "PENRYN", "DUNNINGTON", "NEHALEM", "ATOM", "NANO", "OPTERON", "OPTERON_SSE3", "BARCELONA", "BOBCAT",
      "SANDYBRIDGE", "BULLDOZER", "PILEDRIVER", "STEAMROLLER",
    ],
    "HASWELL": ["EXCAVATOR", "ZEN"],
    "SKYLAKEX": ["COOPERLAKE", "SAPPHIRERAPIDS"],
  ]
#else
  let openBLASFolder = "/usr/lib/aarch64-linux-gnu/openblas-serial"
  let openBLASFamilies: [String: [String]] = [:]
#endif
link("Numerics", ["-L\(openBLASFolder)", "-l:libopenblas.a"])
for (family, others) in openBLASFamilies.sorted(by: { $0.key < $1.key }) {
  link("Numerics", others.flatMap { linker("--defsym=gotoblas_\($0)=gotoblas_\(family)") })
}

// Functions of Sources/Numerics/LinearAlgebra that are called instead of OpenBLAS's own. The serial build hands out its
// work memory without a lock, so that two threads may get the same (WorkMemory.swift). The other routines are those in
// which factorisations spend minutes, and ask first whether to go on (InterruptibleRoutines.swift).
let replacedRoutines = [
  "blas_memory_alloc", "blas_memory_free", "dgemm_", "dgemv_", "dsymv_", "dsyr2k_", "dlaed4_", "dlasd4_",
]
link("Numerics", replacedRoutines.flatMap { linker("--wrap=\($0)") })

// Allocations that the system refuses come from a reserve, also those of the Swift runtime.
let replacedAllocations = [
  "malloc", "calloc", "realloc", "posix_memalign", "free", "malloc_usable_size", "_Znwm", "_ZdlPvm",
]
link("CReserve", replacedAllocations.flatMap { linker("--wrap=\($0)") })

// MARK: The library

// The Swift runtime goes into the library, so that users need none. Only the link says so: the modules are compiled as
// those of the tests, which come with a runtime of their own, and are built once for both.
link("ABI", ["-static-stdlib"])

// The toolchain's own linker, so that the library does not depend on the system's.
link("ABI", ["-use-ld=lld"])

// Without names and debug information of the engine, the library has 16 MB instead of 33. Whoever looks for a fault sets
// this variable, so that traces have names.
if Context.environment["JKONETSTAR_SYMBOLS"] == nil {
  link("ABI", linker("-s"))
}

// Programs record this name when they are linked, and load no library under another. It changes when the binary
// interface does.
link("ABI", linker("-soname=libjkonetstar.so.1"))

// All symbols are bound when the library is loaded, because to look one up during a call takes the loader's lock. The
// tables of their addresses are read-only from then on.
link("ABI", linker("-z", "now", "-z", "relro"))

// The Swift runtime, which is part of the library, cannot be unloaded.
link("ABI", linker("-z", "nodelete"))

// Only the functions of the header leave the library, so that its Swift runtime and OpenBLAS do not meet those of the
// host.
link("ABI", linker("--version-script=\(Context.packageDirectory)/Sources/ABI/exports.map"))

// Builds in two folders are the same without what paths are part of.
link("ABI", linker("-T", "\(Context.packageDirectory)/Sources/ABI/discard.ld"))

// MARK: Fuzzing

// `make fuzz` sets this to the library of libFuzzer. Everything is built with the address sanitizer and with counters of
// branches then (Tests/Fuzz/build.sh).
if let libFuzzer = Context.environment["JKONETSTAR_LIBFUZZER"] {
  package.targets.append(
    .executableTarget(name: "fuzz-readers", dependencies: ["FuzzReaders", "Numerics"], path: "Tests/Fuzz/Driver"))
  link("fuzz-readers", [libFuzzer, "-lstdc++", "-lm"])
}
