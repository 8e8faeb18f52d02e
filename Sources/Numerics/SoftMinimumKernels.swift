import KernelsBaseline

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

/// What the exponents s_ij of a pair are made of.
package enum PairForm: Int, Sendable, CaseIterable {
  /// x . y
  case product = 0
  /// -||x - y||^2
  case squaredDistance = 1
  /// -||x - y||
  case distance = 2
}

/// A number type for sums of exponentials; what they compute is said in Sources/Kernels/SoftMinimum.swift.
package protocol PairNumber: KernelNumber {
  typealias Input = UnsafePointer<Self>
  typealias PairSums =
    @Sendable (Int, Int, Int, Int, Input, Input, Input, Input, Input, UnsafeMutablePointer<Double>) -> Void

  /// (form, rows, blocks, d, x, u, y, v, w, sums): sums[i] += sum_j w_j 2^(u_i + v_j + s_ij).
  static func pairSums(_ set: InstructionSet) -> PairSums
}

extension Float: PairNumber {
  package static func pairSums(_ set: InstructionSet) -> PairSums {
    #if arch(x86_64)
      switch set {
      case .v4: return KernelsV4.pairSumsFloat
      case .v3: return KernelsV3.pairSumsFloat
      case .baseline: break
      }
    #endif
    return KernelsBaseline.pairSumsFloat
  }
}

extension Double: PairNumber {
  package static func pairSums(_ set: InstructionSet) -> PairSums {
    #if arch(x86_64)
      switch set {
      case .v4: return KernelsV4.pairSumsDouble
      case .v3: return KernelsV3.pairSumsDouble
      case .baseline: break
      }
    #endif
    return KernelsBaseline.pairSumsDouble
  }

  package typealias PairPowers =
    @Sendable (
      Int, Int, Input, Input, Input, Input, Input, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>
    ) -> Void

  /// (form, d, x, u, y, v, w, powers, exponents): w_j 2^(u_i + v_j + s_ij) and s_ij of 4 rows and 64 columns.
  package static func pairPowers(_ set: InstructionSet) -> PairPowers {
    #if arch(x86_64)
      switch set {
      case .v4: return KernelsV4.pairPowersDouble
      case .v3: return KernelsV3.pairPowersDouble
      case .baseline: break
      }
    #endif
    return KernelsBaseline.pairPowersDouble
  }

  package typealias LargestExponents =
    @Sendable (
      Int, Int, Int, Int, Input, Input, Input, UnsafeMutablePointer<Double>
    ) -> Void

  /// (form, rows, blocks, d, x, y, v, largest): largest[i] = max(largest[i], max_j (v_j + s_ij)).
  package static func largestExponents(_ set: InstructionSet) -> LargestExponents {
    #if arch(x86_64)
      switch set {
      case .v4: return KernelsV4.largestExponentsDouble
      case .v3: return KernelsV3.largestExponentsDouble
      case .baseline: break
      }
    #endif
    return KernelsBaseline.largestExponentsDouble
  }
}
