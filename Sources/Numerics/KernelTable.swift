import CSystem
import KernelsBaseline

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

/// Instruction sets that the hot loops are compiled for.
package enum InstructionSet: Int, Sendable, CaseIterable {
  case baseline = 1
  /// x86-64-v3: AVX2 and FMA.
  case v3 = 3
  /// x86-64-v4: AVX-512.
  case v4 = 4

  /// The one in use: the best that the processor has, or the one that JKONETSTAR_KERNELS names, if the processor has it.
  package static let current: InstructionSet = {
    let level = Int(jko_system_x86_level())
    let available = allCases.filter { $0.rawValue <= level }
    if let name = getenv("JKONETSTAR_KERNELS"),
      let chosen = available.first(where: { "\($0)" == String(cString: name) })
    {
      return chosen
    }
    return available.last ?? .baseline
  }()
}

/// The hot loops for one number type; what each computes and costs is said in Sources/Kernels.
package struct KernelTable<Scalar>: Sendable {
  package typealias Input = UnsafePointer<Scalar>
  package typealias Output = UnsafeMutablePointer<Scalar>

  /// (m, n, k, A, row stride, column stride, B, C, bias?): C = A B + bias on panels of n particles.
  package let panelProduct: @Sendable (Int, Int, Int, Input, Int, Int, Input, Output, Input?) -> Void
  /// (m, n, lanes, A, B, C, stride): C += A B^T, summed over particles.
  package let outerProduct: @Sendable (Int, Int, Int, Input, Input, Output, Int) -> Void
  /// (count, a, h, s): h = softplus(a), s = its derivative.
  package let softplus: @Sendable (Int, Input, Output, Output) -> Void
  /// (count, a, b, out): out = a b.
  package let hadamard: @Sendable (Int, Input, Input, Output) -> Void
  /// (count, v, s, t, out): out = v s (1 - s) t + out s.
  package let activationAdjoint: @Sendable (Int, Input, Input, Input, Output) -> Void
  /// (d, rows, limits, squares?, columns, weights, column squares, blocks, count, hits, keys, capacity, done): found pairs.
  package let pairScan: PairScan

  package typealias PairScan =
    @Sendable (
      Int, Input, Input, Input?, Input, Input, Input, UnsafePointer<Int32>, Int, UnsafeMutablePointer<Int>, Output, Int,
      UnsafeMutablePointer<Int>
    ) -> Int

  /// Panels are padded to a multiple of this many particles.
  package static var panelMultiple: Int { 64 }
}

/// A number type that kernels exist for.
package protocol KernelNumber: BinaryFloatingPoint, SIMDScalar, BitwiseCopyable, Codable, Sendable {
  static var kernels: KernelTable<Self> { get }
}

extension Float: KernelNumber {
  package static let kernels: KernelTable<Float> = {
    #if arch(x86_64)
      switch InstructionSet.current {
      case .v4:
        return KernelTable(
          panelProduct: KernelsV4.panelProductFloat, outerProduct: KernelsV4.outerProductFloat,
          softplus: KernelsV4.softplusFloat, hadamard: KernelsV4.hadamardFloat,
          activationAdjoint: KernelsV4.activationAdjointFloat, pairScan: KernelsV4.pairScanFloat)
      case .v3:
        return KernelTable(
          panelProduct: KernelsV3.panelProductFloat, outerProduct: KernelsV3.outerProductFloat,
          softplus: KernelsV3.softplusFloat, hadamard: KernelsV3.hadamardFloat,
          activationAdjoint: KernelsV3.activationAdjointFloat, pairScan: KernelsV3.pairScanFloat)
      case .baseline: break
      }
    #endif
    return KernelTable(
      panelProduct: KernelsBaseline.panelProductFloat, outerProduct: KernelsBaseline.outerProductFloat,
      softplus: KernelsBaseline.softplusFloat, hadamard: KernelsBaseline.hadamardFloat,
      activationAdjoint: KernelsBaseline.activationAdjointFloat, pairScan: KernelsBaseline.pairScanFloat)
  }()
}

extension Double: KernelNumber {
  package static let kernels: KernelTable<Double> = {
    #if arch(x86_64)
      switch InstructionSet.current {
      case .v4:
        return KernelTable(
          panelProduct: KernelsV4.panelProductDouble, outerProduct: KernelsV4.outerProductDouble,
          softplus: KernelsV4.softplusDouble, hadamard: KernelsV4.hadamardDouble,
          activationAdjoint: KernelsV4.activationAdjointDouble, pairScan: KernelsV4.pairScanDouble)
      case .v3:
        return KernelTable(
          panelProduct: KernelsV3.panelProductDouble, outerProduct: KernelsV3.outerProductDouble,
          softplus: KernelsV3.softplusDouble, hadamard: KernelsV3.hadamardDouble,
          activationAdjoint: KernelsV3.activationAdjointDouble, pairScan: KernelsV3.pairScanDouble)
      case .baseline: break
      }
    #endif
    return KernelTable(
      panelProduct: KernelsBaseline.panelProductDouble, outerProduct: KernelsBaseline.outerProductDouble,
      softplus: KernelsBaseline.softplusDouble, hadamard: KernelsBaseline.hadamardDouble,
      activationAdjoint: KernelsBaseline.activationAdjointDouble, pairScan: KernelsBaseline.pairScanDouble)
  }()
}
