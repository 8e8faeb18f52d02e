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
  /// (m, n, blocks, U, K, Q?, H?, C, stride, room): C += U K^T + Q H^T on panels in blocks of 64 particles.
  package let twoOuterProducts: @Sendable (Int, Int, Int, Input, Input, Input?, Input?, Output, Int, Output) -> Void
  /// (rows, blocks, A, sums): sums += the sums of the rows of a panel in blocks of 64 particles.
  package let rowSums: @Sendable (Int, Int, Input, Output) -> Void
  /// (kind, lanes, m, k, W, bias, below, h, s, c): a layer forward on a block, h and s of W below + bias, and c where it is kept.
  package let layerForward: @Sendable (Int, Int, Int, Int, Input, Input, Input, Output, Output, Output) -> Void
  /// (kind, lanes, m, k, W, above, h, s, c, u): backward, u = v s and c = v times the second derivative, v = W^T above.
  package let layerBackward: @Sendable (Int, Int, Int, Int, Input, Input, Input, Input, Output, Output) -> Void
  /// (kind, lanes, rows, v, h, s, c, u): the same of the last layer, with one v per row.
  package let layerTop: @Sendable (Int, Int, Int, Input, Input, Input, Output, Output) -> Void
  /// (lanes, m, k, W, below, s, c, k, q): along a direction, k = s t and q = c t, t = W below.
  package let layerTangent: @Sendable (Int, Int, Int, Input, Input, Input, Input, Output, Output) -> Void
  /// (rows, e, f, shares, shares, s, c, k, q): the same with t = e times one row of shares + f times the other.
  package let layerShared: @Sendable (Int, Input, Input, Input, Input, Input, Input, Output, Output) -> Void
  /// (lanes, m, k, W, above, s, q): q += r s, r = W^T above.
  package let layerAdjoint: @Sendable (Int, Int, Int, Input, Input, Input, Output) -> Void
  /// (rows, blocks, A, shares, shares, sums, sums): sums of the rows of a panel times either row of shares.
  package let sharedSums: @Sendable (Int, Int, Input, Input, Input, Output, Output) -> Void
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

  /// (count, gradient, clip, rate, unbias, parameters, m, v): a step of Adam.
  package let adamStep: @Sendable (Int, Input, Scalar, Scalar, Scalar, Output, Output, Output) -> Void
  /// (count, a): the sum of squares.
  package let squaredNorm: @Sendable (Int, Input) -> Double

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
          layerForward: KernelsV4.layerForwardFloat,
          layerBackward: KernelsV4.layerBackwardFloat,
          layerTop: KernelsV4.layerTopFloat,
          layerTangent: KernelsV4.layerTangentFloat,
          layerShared: KernelsV4.layerSharedFloat,
          layerAdjoint: KernelsV4.layerAdjointFloat,
          sharedSums: KernelsV4.sharedSumsFloat,
          hadamard: KernelsV4.hadamardFloat,
          pairScan: KernelsV4.pairScanFloat,
          latticePlaces: KernelsV4.latticePlacesFloat,
          latticeWeights: KernelsV4.latticeWeightsFloat,
          latticeGather: KernelsV4.latticeGatherFloat,
          latticeSpread: KernelsV4.latticeSpreadFloat,
          adamStep: KernelsV4.adamStepFloat,
          squaredNorm: KernelsV4.squaredNormFloat)
      case .v3:
        return KernelTable(
          panelProduct: KernelsV3.panelProductFloat,
          outerProduct: KernelsV3.outerProductFloat,
          twoOuterProducts: KernelsV3.twoOuterProductsFloat,
          rowSums: KernelsV3.rowSumsFloat,
          layerForward: KernelsV3.layerForwardFloat,
          layerBackward: KernelsV3.layerBackwardFloat,
          layerTop: KernelsV3.layerTopFloat,
          layerTangent: KernelsV3.layerTangentFloat,
          layerShared: KernelsV3.layerSharedFloat,
          layerAdjoint: KernelsV3.layerAdjointFloat,
          sharedSums: KernelsV3.sharedSumsFloat,
          hadamard: KernelsV3.hadamardFloat,
          pairScan: KernelsV3.pairScanFloat,
          latticePlaces: KernelsV3.latticePlacesFloat,
          latticeWeights: KernelsV3.latticeWeightsFloat,
          latticeGather: KernelsV3.latticeGatherFloat,
          latticeSpread: KernelsV3.latticeSpreadFloat,
          adamStep: KernelsV3.adamStepFloat,
          squaredNorm: KernelsV3.squaredNormFloat)
      case .baseline: break
      }
    #endif
    return KernelTable(
      panelProduct: KernelsBaseline.panelProductFloat,
      outerProduct: KernelsBaseline.outerProductFloat,
      twoOuterProducts: KernelsBaseline.twoOuterProductsFloat,
      rowSums: KernelsBaseline.rowSumsFloat,
      layerForward: KernelsBaseline.layerForwardFloat,
      layerBackward: KernelsBaseline.layerBackwardFloat,
      layerTop: KernelsBaseline.layerTopFloat,
      layerTangent: KernelsBaseline.layerTangentFloat,
      layerShared: KernelsBaseline.layerSharedFloat,
      layerAdjoint: KernelsBaseline.layerAdjointFloat,
      sharedSums: KernelsBaseline.sharedSumsFloat,
      hadamard: KernelsBaseline.hadamardFloat,
      pairScan: KernelsBaseline.pairScanFloat,
      latticePlaces: KernelsBaseline.latticePlacesFloat,
      latticeWeights: KernelsBaseline.latticeWeightsFloat,
      latticeGather: KernelsBaseline.latticeGatherFloat,
      latticeSpread: KernelsBaseline.latticeSpreadFloat,
      adamStep: KernelsBaseline.adamStepFloat,
      squaredNorm: KernelsBaseline.squaredNormFloat)
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
          layerForward: KernelsV4.layerForwardDouble,
          layerBackward: KernelsV4.layerBackwardDouble,
          layerTop: KernelsV4.layerTopDouble,
          layerTangent: KernelsV4.layerTangentDouble,
          layerShared: KernelsV4.layerSharedDouble,
          layerAdjoint: KernelsV4.layerAdjointDouble,
          sharedSums: KernelsV4.sharedSumsDouble,
          hadamard: KernelsV4.hadamardDouble,
          pairScan: KernelsV4.pairScanDouble,
          latticePlaces: KernelsV4.latticePlacesDouble,
          latticeWeights: KernelsV4.latticeWeightsDouble,
          latticeGather: KernelsV4.latticeGatherDouble,
          latticeSpread: KernelsV4.latticeSpreadDouble,
          adamStep: KernelsV4.adamStepDouble,
          squaredNorm: KernelsV4.squaredNormDouble)
      case .v3:
        return KernelTable(
          panelProduct: KernelsV3.panelProductDouble,
          outerProduct: KernelsV3.outerProductDouble,
          twoOuterProducts: KernelsV3.twoOuterProductsDouble,
          rowSums: KernelsV3.rowSumsDouble,
          layerForward: KernelsV3.layerForwardDouble,
          layerBackward: KernelsV3.layerBackwardDouble,
          layerTop: KernelsV3.layerTopDouble,
          layerTangent: KernelsV3.layerTangentDouble,
          layerShared: KernelsV3.layerSharedDouble,
          layerAdjoint: KernelsV3.layerAdjointDouble,
          sharedSums: KernelsV3.sharedSumsDouble,
          hadamard: KernelsV3.hadamardDouble,
          pairScan: KernelsV3.pairScanDouble,
          latticePlaces: KernelsV3.latticePlacesDouble,
          latticeWeights: KernelsV3.latticeWeightsDouble,
          latticeGather: KernelsV3.latticeGatherDouble,
          latticeSpread: KernelsV3.latticeSpreadDouble,
          adamStep: KernelsV3.adamStepDouble,
          squaredNorm: KernelsV3.squaredNormDouble)
      case .baseline: break
      }
    #endif
    return KernelTable(
      panelProduct: KernelsBaseline.panelProductDouble,
      outerProduct: KernelsBaseline.outerProductDouble,
      twoOuterProducts: KernelsBaseline.twoOuterProductsDouble,
      rowSums: KernelsBaseline.rowSumsDouble,
      layerForward: KernelsBaseline.layerForwardDouble,
      layerBackward: KernelsBaseline.layerBackwardDouble,
      layerTop: KernelsBaseline.layerTopDouble,
      layerTangent: KernelsBaseline.layerTangentDouble,
      layerShared: KernelsBaseline.layerSharedDouble,
      layerAdjoint: KernelsBaseline.layerAdjointDouble,
      sharedSums: KernelsBaseline.sharedSumsDouble,
      hadamard: KernelsBaseline.hadamardDouble,
      pairScan: KernelsBaseline.pairScanDouble,
      latticePlaces: KernelsBaseline.latticePlacesDouble,
      latticeWeights: KernelsBaseline.latticeWeightsDouble,
      latticeGather: KernelsBaseline.latticeGatherDouble,
      latticeSpread: KernelsBaseline.latticeSpreadDouble,
      adamStep: KernelsBaseline.adamStepDouble,
      squaredNorm: KernelsBaseline.squaredNormDouble)
  }
}
