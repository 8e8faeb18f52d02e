import KernelInterface

// These files are compiled once per instruction set (see Package.swift), into modules of different names, each of which
// exports its table. Nothing here may call code that another module shares, because the copy that was compiled for a
// newer processor might then run on an older one. Hence pointers and SIMD vectors only, and nothing of
// `KernelInterface` but protocols, enumerations and the table. Tests/C/kernels.sh looks for shared code in the objects.

/// The kernels of this instruction set.
public let kernels = KernelTable(float: FloatVariant.self, double: DoubleVariant.self)

/// Kernels that are written once, as extensions of this protocol in the other files, for any number type.
///
/// The compiler makes one function per conformance of them, into which everything generic is inlined: kernels are
/// `@inline(__always)`, and so is all that they call. It inlines no C functions there, so a kernel that calls one is
/// `@inline(never)`, which makes the compiler specialise it instead (see `adamStep`).
protocol LaneKernels: Kernels where Number: PowerScalar {
  /// The widest vector of this instruction set.
  associatedtype V: Lanes where V.Scalar == Number
}

enum FloatVariant: LaneKernels {
  typealias Number = Float
  typealias V = FloatLanes
}

enum DoubleVariant: LaneKernels, DoubleKernels {
  typealias Number = Double
  typealias V = DoubleLanes
}
