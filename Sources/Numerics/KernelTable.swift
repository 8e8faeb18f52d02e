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
  /// (m, n, blocks, U, K, Q, H, C, stride, room): C += U K^T + Q H^T on panels in blocks of 64 particles.
  package let twoOuterProducts: @Sendable (Int, Int, Int, Input, Input, Input, Input, Output, Int, Output) -> Void
  /// (rows, blocks, A, sums): sums += the sums of the rows of a panel in blocks of 64 particles.
  package let rowSums: @Sendable (Int, Int, Input, Output) -> Void
  /// (kind, count, a, h, s, c): an activation function of a and its derivative, and, of silu, the second one.
  package let activation: @Sendable (Int, Int, Input, Output, Output, Output) -> Void
  /// (kind, count, v, h, s, c, u): u = v s, c = v times the second derivative.
  package let activationBackward: @Sendable (Int, Int, Input, Input, Input, Output, Output) -> Void
  /// (kind, rows, v, h, s, c, u): the same for rows of 64 with one v each.
  package let activationTop: @Sendable (Int, Int, Input, Input, Input, Output, Output) -> Void
  /// (count, t, s, c, k, q): k = s t, q = c t.
  package let activationTangent: @Sendable (Int, Input, Input, Input, Output, Output) -> Void
  /// (count, r, s, q): q += r s.
  package let activationAdjoint: @Sendable (Int, Input, Input, Output) -> Void
  /// (count, a, b, out): out = a b.
  package let hadamard: @Sendable (Int, Input, Input, Output) -> Void
  /// (d, rows, limits, squares?, columns, weights, column squares, blocks, count, hits, keys, capacity, done): found pairs.
  package let pairScan: PairScan

  /// (count, z, x, 1 / spacing, origin, last, step, adding, offsets, positions): where z - x_j lie along a coordinate of a lattice.
  package let latticePlaces:
    @Sendable (Int, Scalar, Input, Scalar, Scalar, Scalar, Scalar, Bool, Output, Output) -> Void
  /// (count, coefficients, positions, factors?, weights, stride): polynomials at each position.
  package let latticeWeights: @Sendable (Int, Input, Input, Input?, Output, Int) -> Void
  /// (d, count, nodes, plane, row, offsets, weights, sums): sums over points of what weights make of nodes.
  package let latticeGather: @Sendable (Int, Int, Input, Int, Int, Input, Input, Output) -> Void
  /// (d, count, direction, offsets, weights, nodes, plane, row): its transpose.
  package let latticeSpread: @Sendable (Int, Int, Input, Input, Input, Output, Int, Int) -> Void

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
  static func variant(_ set: InstructionSet) -> KernelTable<Self>
  /// Those of the instruction set in use.
  static var kernels: KernelTable<Self> { get }
}

extension Float: KernelNumber {
  package static let kernels: KernelTable<Float> = variant(.current)

  package static func variant(_ set: InstructionSet) -> KernelTable<Float> {
    #if arch(x86_64)
      switch set {
      case .v4:
        return KernelTable(
          panelProduct: KernelsV4.panelProductFloat,
          outerProduct: KernelsV4.outerProductFloat,
          twoOuterProducts: KernelsV4.twoOuterProductsFloat,
          rowSums: KernelsV4.rowSumsFloat,
          activation: KernelsV4.activationFloat,
          activationBackward: KernelsV4.activationBackwardFloat,
          activationTop: KernelsV4.activationTopFloat,
          activationTangent: KernelsV4.activationTangentFloat,
          activationAdjoint: KernelsV4.activationAdjointFloat,
          hadamard: KernelsV4.hadamardFloat,
          pairScan: KernelsV4.pairScanFloat,
          latticePlaces: KernelsV4.latticePlacesFloat,
          latticeWeights: KernelsV4.latticeWeightsFloat,
          latticeGather: KernelsV4.latticeGatherFloat,
          latticeSpread: KernelsV4.latticeSpreadFloat)
      case .v3:
        return KernelTable(
          panelProduct: KernelsV3.panelProductFloat,
          outerProduct: KernelsV3.outerProductFloat,
          twoOuterProducts: KernelsV3.twoOuterProductsFloat,
          rowSums: KernelsV3.rowSumsFloat,
          activation: KernelsV3.activationFloat,
          activationBackward: KernelsV3.activationBackwardFloat,
          activationTop: KernelsV3.activationTopFloat,
          activationTangent: KernelsV3.activationTangentFloat,
          activationAdjoint: KernelsV3.activationAdjointFloat,
          hadamard: KernelsV3.hadamardFloat,
          pairScan: KernelsV3.pairScanFloat,
          latticePlaces: KernelsV3.latticePlacesFloat,
          latticeWeights: KernelsV3.latticeWeightsFloat,
          latticeGather: KernelsV3.latticeGatherFloat,
          latticeSpread: KernelsV3.latticeSpreadFloat)
      case .baseline: break
      }
    #endif
    return KernelTable(
      panelProduct: KernelsBaseline.panelProductFloat,
      outerProduct: KernelsBaseline.outerProductFloat,
      twoOuterProducts: KernelsBaseline.twoOuterProductsFloat,
      rowSums: KernelsBaseline.rowSumsFloat,
      activation: KernelsBaseline.activationFloat,
      activationBackward: KernelsBaseline.activationBackwardFloat,
      activationTop: KernelsBaseline.activationTopFloat,
      activationTangent: KernelsBaseline.activationTangentFloat,
      activationAdjoint: KernelsBaseline.activationAdjointFloat,
      hadamard: KernelsBaseline.hadamardFloat,
      pairScan: KernelsBaseline.pairScanFloat,
      latticePlaces: KernelsBaseline.latticePlacesFloat,
      latticeWeights: KernelsBaseline.latticeWeightsFloat,
      latticeGather: KernelsBaseline.latticeGatherFloat,
      latticeSpread: KernelsBaseline.latticeSpreadFloat)
  }
}

extension Double: KernelNumber {
  package static let kernels: KernelTable<Double> = variant(.current)

  package static func variant(_ set: InstructionSet) -> KernelTable<Double> {
    #if arch(x86_64)
      switch set {
      case .v4:
        return KernelTable(
          panelProduct: KernelsV4.panelProductDouble,
          outerProduct: KernelsV4.outerProductDouble,
          twoOuterProducts: KernelsV4.twoOuterProductsDouble,
          rowSums: KernelsV4.rowSumsDouble,
          activation: KernelsV4.activationDouble,
          activationBackward: KernelsV4.activationBackwardDouble,
          activationTop: KernelsV4.activationTopDouble,
          activationTangent: KernelsV4.activationTangentDouble,
          activationAdjoint: KernelsV4.activationAdjointDouble,
          hadamard: KernelsV4.hadamardDouble,
          pairScan: KernelsV4.pairScanDouble,
          latticePlaces: KernelsV4.latticePlacesDouble,
          latticeWeights: KernelsV4.latticeWeightsDouble,
          latticeGather: KernelsV4.latticeGatherDouble,
          latticeSpread: KernelsV4.latticeSpreadDouble)
      case .v3:
        return KernelTable(
          panelProduct: KernelsV3.panelProductDouble,
          outerProduct: KernelsV3.outerProductDouble,
          twoOuterProducts: KernelsV3.twoOuterProductsDouble,
          rowSums: KernelsV3.rowSumsDouble,
          activation: KernelsV3.activationDouble,
          activationBackward: KernelsV3.activationBackwardDouble,
          activationTop: KernelsV3.activationTopDouble,
          activationTangent: KernelsV3.activationTangentDouble,
          activationAdjoint: KernelsV3.activationAdjointDouble,
          hadamard: KernelsV3.hadamardDouble,
          pairScan: KernelsV3.pairScanDouble,
          latticePlaces: KernelsV3.latticePlacesDouble,
          latticeWeights: KernelsV3.latticeWeightsDouble,
          latticeGather: KernelsV3.latticeGatherDouble,
          latticeSpread: KernelsV3.latticeSpreadDouble)
      case .baseline: break
      }
    #endif
    return KernelTable(
      panelProduct: KernelsBaseline.panelProductDouble,
      outerProduct: KernelsBaseline.outerProductDouble,
      twoOuterProducts: KernelsBaseline.twoOuterProductsDouble,
      rowSums: KernelsBaseline.rowSumsDouble,
      activation: KernelsBaseline.activationDouble,
      activationBackward: KernelsBaseline.activationBackwardDouble,
      activationTop: KernelsBaseline.activationTopDouble,
      activationTangent: KernelsBaseline.activationTangentDouble,
      activationAdjoint: KernelsBaseline.activationAdjointDouble,
      hadamard: KernelsBaseline.hadamardDouble,
      pairScan: KernelsBaseline.pairScanDouble,
      latticePlaces: KernelsBaseline.latticePlacesDouble,
      latticeWeights: KernelsBaseline.latticeWeightsDouble,
      latticeGather: KernelsBaseline.latticeGatherDouble,
      latticeSpread: KernelsBaseline.latticeSpreadDouble)
  }
}
