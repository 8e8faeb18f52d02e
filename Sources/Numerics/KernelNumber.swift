import KernelInterface

/// A number type that kernels exist for. A kernel is called as `Number.kernels.hadamard(..)`.
package protocol KernelNumber: BinaryFloatingPoint, SIMDScalar, BitwiseCopyable, Codable, Sendable {
  /// The kernels for this number type, of the instruction set in use.
  static var kernels: any Kernels<Self>.Type { get }
}

extension Float: KernelNumber {
  package static let kernels = InstructionSet.current.kernels.float
}

extension Double: KernelNumber {
  /// All kernels for doubles. Generic code sees only those that exist for both number types.
  package static let kernels = InstructionSet.current.kernels.double
}

extension KernelNumber where Self == Double {
  /// The requirement of `KernelNumber`. The type of `Double.kernels` above is a subtype, which cannot meet it by
  /// itself.
  package static var kernels: any Kernels<Double>.Type { Double.kernels as any (Kernels<Double> & DoubleKernels).Type }
}

/// Panels are padded to a multiple of this many particles.
package var panelMultiple: Int { 64 }
