import KernelsBaseline

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

/// The hot loops of features; what each computes is said in Sources/Kernels. Counts are multiples of 64.
package struct FeatureKernels: Sendable {
  package typealias Input = UnsafePointer<Double>
  package typealias Output = UnsafeMutablePointer<Double>

  /// (count, x, sines, cosines)
  package let sineCosine: @Sendable (Int, Input, Output, Output) -> Void
  /// (kind, order, count, s, out)
  package let radialProfile: @Sendable (Int, Int, Int, Input, Output) -> Void
  /// (d, count, x, stride, center, scale, out): out = scale ||x - c||^2.
  package let squaredDistances: @Sendable (Int, Int, Input, Int, Input, Double, Output) -> Void
  /// (orders, count, x, center, 1 / width, e, first, second)
  package let gaussianRows: @Sendable (Int, Int, Input, Double, Double, Output, Output, Output) -> Void
  /// (count, weight, a, out): out += weight a.
  package let add: @Sendable (Int, Double, Input, Output) -> Void
  /// (count, weight, a, b, out): out += weight a b.
  package let addProduct: @Sendable (Int, Double, Input, Input, Output) -> Void
  /// (rows, count, a, stride, b, stride, out): out = sum_m a_m b_m over rows.
  package let sumOfProducts: @Sendable (Int, Int, Input, Int, Input, Int, Output) -> Void
  /// (count, weight, a, x, c, out): out += weight a (x - c).
  package let addDifference: @Sendable (Int, Double, Input, Input, Double, Output) -> Void
  /// (count, weight, a, x, c, out): out = weight a (x - c).
  package let difference: @Sendable (Int, Double, Input, Input, Double, Output) -> Void
  /// (count, a, b): their inner product.
  package let product: @Sendable (Int, Input, Input) -> Double
  /// (count, a, c, x): sum_i a_i (c - x_i).
  package let differenceSum: @Sendable (Int, Input, Double, Input) -> Double
  /// (d, count, a, stride, out): from rows per coordinate to rows per particle.
  package let interleave: @Sendable (Int, Int, Input, Int, Output) -> Void
  /// (d, count, a, v, out): out[i, k] = a_i v_k; any count.
  package let outerRows: @Sendable (Int, Int, Input, Input, Output) -> Void

  /// Those of the instruction set in use.
  package static let current = variant(.current)

  package static func variant(_ set: InstructionSet) -> FeatureKernels {
    #if arch(x86_64)
      switch set {
      case .v4:
        return FeatureKernels(
          sineCosine: KernelsV4.sineCosineDouble, radialProfile: KernelsV4.radialProfile,
          squaredDistances: KernelsV4.squaredDistances, gaussianRows: KernelsV4.gaussianRows, add: KernelsV4.addRow,
          addProduct: KernelsV4.addProductRow, sumOfProducts: KernelsV4.sumOfProducts,
          addDifference: KernelsV4.addDifferenceRow,
          difference: KernelsV4.differenceRow, product: KernelsV4.rowProduct, differenceSum: KernelsV4.differenceSum,
          interleave: KernelsV4.interleave, outerRows: KernelsV4.outerRows)
      case .v3:
        return FeatureKernels(
          sineCosine: KernelsV3.sineCosineDouble, radialProfile: KernelsV3.radialProfile,
          squaredDistances: KernelsV3.squaredDistances, gaussianRows: KernelsV3.gaussianRows, add: KernelsV3.addRow,
          addProduct: KernelsV3.addProductRow, sumOfProducts: KernelsV3.sumOfProducts,
          addDifference: KernelsV3.addDifferenceRow,
          difference: KernelsV3.differenceRow, product: KernelsV3.rowProduct, differenceSum: KernelsV3.differenceSum,
          interleave: KernelsV3.interleave, outerRows: KernelsV3.outerRows)
      case .baseline: break
      }
    #endif
    return FeatureKernels(
      sineCosine: KernelsBaseline.sineCosineDouble, radialProfile: KernelsBaseline.radialProfile,
      squaredDistances: KernelsBaseline.squaredDistances, gaussianRows: KernelsBaseline.gaussianRows,
      add: KernelsBaseline.addRow, addProduct: KernelsBaseline.addProductRow,
      sumOfProducts: KernelsBaseline.sumOfProducts,
      addDifference: KernelsBaseline.addDifferenceRow, difference: KernelsBaseline.differenceRow,
      product: KernelsBaseline.rowProduct, differenceSum: KernelsBaseline.differenceSum,
      interleave: KernelsBaseline.interleave, outerRows: KernelsBaseline.outerRows)
  }
}
