import KernelInterface

/// A number type that kernels exist for. A kernel is called as `Number.kernels.hadamard(..)`.
package protocol KernelNumber: BinaryFloatingPoint, SIMDScalar, BitwiseCopyable, Codable, Sendable {
  /// Those of the instruction set in use.
  static var kernels: any Kernels<Self>.Type { get }
}

extension Float: KernelNumber {
  package static let kernels = InstructionSet.current.kernels.float
}

extension Double: KernelNumber {
  /// More than generic code has: those that exist in double precision only, too.
  package static let kernels = InstructionSet.current.kernels.double
}

extension KernelNumber where Self == Double {
  /// What generic code sees of `Double.kernels`, whose type is not the one that the protocol requires.
  package static var kernels: any Kernels<Double>.Type { Double.kernels as any (Kernels<Double> & DoubleKernels).Type }
}

/// Panels are padded to a multiple of this many particles.
package var panelMultiple: Int { 64 }
