// swift-tools-version: 6.2
import PackageDescription

// The way data flows, top to bottom; each module depends only on modules above it here, and ABI, which
// translates between C and the engine, on all of them. docs/design.md explains the picture.

#if arch(x86_64)
  let kernelVariants: [(name: String, flags: [String])] = [
    ("KernelsBaseline", []),
    ("KernelsV3", ["-DKERNELS_V3", "-Xcc", "-march=x86-64-v3"]),
    ("KernelsV4", ["-DKERNELS_V4", "-Xcc", "-march=x86-64-v4", "-Xcc", "-mprefer-vector-width=512"]),
  ]
#else
  let kernelVariants: [(name: String, flags: [String])] = [("KernelsBaseline", [])]
#endif

// OpenBLAS is Debian's serial build, a static archive in a folder of its own.
#if arch(x86_64)
  let openBLASFolder = "/usr/lib/x86_64-linux-gnu/openblas-serial"
  // Its routines exist once per family of processors; three do for all, at a fifth of the size. The names of the others
  // stand for the best of the three that runs there.
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

let openBLAS =
  ["-L\(openBLASFolder)", "-l:libopenblas.a"]
  // WorkMemory.swift and InterruptibleRoutines.swift in Sources/Numerics/LinearAlgebra say why.
  + [
    "blas_memory_alloc", "blas_memory_free", "dgemm_", "dgemv_", "dsymv_", "dsyr2k_", "dlaed4_", "dlasd4_",
  ].flatMap { ["-Xlinker", "--wrap=\($0)"] }
  + openBLASFamilies.sorted { $0.key < $1.key }.flatMap { family, others in
    others.flatMap { ["-Xlinker", "--defsym=gotoblas_\($0)=gotoblas_\(family)"] }
  }

// The compiler proves exclusive access wherever memory is not shared; what it checks at run time besides costs plans a quarter more time.
let settings: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

func module(_ name: String, needs dependencies: [String] = []) -> Target {
  .target(name: name, dependencies: dependencies.map { .byName(name: $0) }, swiftSettings: settings)
}

func tests(_ name: String, needs dependencies: [String] = []) -> Target {
  .testTarget(name: name + "Tests", dependencies: ([name] + dependencies).map { .byName(name: $0) })
}

let package = Package(
  name: "jkonetstar",
  products: [.library(name: "jkonetstar", type: .dynamic, targets: ["ABI"])],
  targets: [
    // The C header, the C library, zlib and LAPACK, as Swift sees them.
    .systemLibrary(name: "CJKOnetStar", path: "include"),
    .systemLibrary(name: "CSystem", path: "Sources/System/CSystem"),
    .systemLibrary(name: "CZlib", path: "Sources/System/CZlib"),
    .systemLibrary(name: "CLAPACK", path: "Sources/System/CLAPACK"),

    // What each kernel computes and how it is called.
    .target(name: "KernelInterface"),

    // Matrices, random numbers, threads; the hot loops once per instruction set.
    .target(
      name: "Numerics",
      dependencies: ["CSystem", "CLAPACK", "KernelInterface"] + kernelVariants.map { .byName(name: $0.name) },
      linkerSettings: [.unsafeFlags(openBLAS)]),

    // Whole files in and out, atomically, with checksums.
    .target(
      name: "Files", dependencies: ["Numerics", "CSystem", "CZlib"],
      linkerSettings: [.unsafeFlags(["-Xlinker", "-l:libz.a"])]),

    // Observed populations -> couplings -> energies -> the fitted model -> its predictions -> their errors.
    module("Snapshots", needs: ["Numerics", "Files", "CZlib"]),
    module("Transport", needs: ["Numerics", "CSystem"]),
    module("Densities", needs: ["Numerics", "CSystem"]),
    // Without errno, sines and cosines of one number share a call, and unused ones are left out.
    .target(
      name: "Energies", dependencies: ["Numerics", "KernelInterface", "CSystem"],
      swiftSettings: settings + [.unsafeFlags(["-Xcc", "-fno-math-errno"])]),
    module("Learning", needs: ["CSystem", "Numerics", "Files", "Snapshots", "Transport", "Densities", "Energies"]),
    module("Dynamics", needs: ["Numerics", "Energies"]),
    module("Evaluation", needs: ["Numerics", "Snapshots", "Transport", "Energies", "Dynamics", "Learning"]),

    .target(
      name: "ABI",
      dependencies: [
        "CJKOnetStar", "CSystem", "Numerics", "Files", "Snapshots", "Transport", "Densities", "Energies",
        "Learning", "Dynamics", "Evaluation",
      ],
      exclude: ["exports.map"],
      linkerSettings: [
        .unsafeFlags([
          "-use-ld=lld", "-Xlinker", "-s",
          "-Xlinker", "-soname=libjkonetstar.so.1",
          // Symbols are bound at load: nothing is looked up, under the loader's lock, in the midst of a call; and what
          // was written to then is read-only.
          "-Xlinker", "-z", "-Xlinker", "now", "-Xlinker", "-z", "-Xlinker", "relro",
          // The Swift runtime cannot be unloaded.
          "-Xlinker", "-z", "-Xlinker", "nodelete",
          "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/ABI/exports.map",
        ])
      ]),

    // Reference numbers of Tests/Oracles; what several modules' tests need.
    .target(name: "OracleSupport", dependencies: ["CSystem"], path: "Tests/OracleSupport"),
    .target(name: "TestSupport", dependencies: ["CSystem", "Numerics", "Energies"], path: "Tests/TestSupport"),

    tests("Numerics", needs: ["CSystem", "KernelInterface", "TestSupport"]),
    tests("Files", needs: ["Numerics", "TestSupport"]),
    tests("Snapshots", needs: ["Numerics", "Files"]),
    tests("Transport", needs: ["Numerics", "CSystem", "TestSupport"]),
    tests("Densities", needs: ["CSystem", "Numerics", "OracleSupport", "TestSupport"]),
    tests("Energies", needs: ["Numerics", "CSystem", "OracleSupport", "TestSupport"]),
    tests(
      "Learning",
      needs: [
        "CSystem", "Numerics", "Files", "Snapshots", "Transport", "Densities", "Energies", "OracleSupport",
        "TestSupport",
      ]),
    tests("Dynamics", needs: ["CSystem", "Numerics", "Energies", "TestSupport"]),
    tests(
      "Evaluation",
      needs: ["Numerics", "Snapshots", "Transport", "Energies", "Dynamics", "Learning", "TestSupport"]),
  ]
    + kernelVariants.map { variant in
      .target(
        name: variant.name, dependencies: ["KernelInterface"],
        // Without errno, square roots are vectors too.
        swiftSettings: [.unsafeFlags(["-Ounchecked", "-Xcc", "-fno-math-errno"] + variant.flags)])
    },
  swiftLanguageModes: [.v6]
)
