import KernelsBaseline

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

/// The loops of Gaussian mixtures over panels of particles; what each computes and costs is said in Sources/Kernels/Mixture.swift.
package struct MixtureKernels: Sendable {
  package typealias Input = UnsafePointer<Double>
  package typealias Output = UnsafeMutablePointer<Double>

  /// (d, lanes, diagonal?, x, m, W, shift, z, terms): base-2 logarithms of one component's share of the density.
  package let terms: @Sendable (Int, Int, Bool, Input, Input, Input, Double, Output, Output) -> Void
  /// (k, lanes, weights, terms, largest, sums): terms become responsibilities times weights.
  package let responsibilities: @Sendable (Int, Int, Input, Output, Output, Output) -> Void
  /// (d, lanes, diagonal?, x, m, r, scratch of 2 d rows, moments): adds the moments of the share r about m.
  package let moments: @Sendable (Int, Int, Bool, Input, Input, Input, Output, Output) -> Void
  /// (d, lanes, diagonal?, x, m, W, r, z, scores): scores -= r W^T W (x - m).
  package let scores: @Sendable (Int, Int, Bool, Input, Input, Input, Input, Output, Output) -> Void

  package static let current = MixtureKernels(for: .current)

  package init(for set: InstructionSet) {
    #if arch(x86_64)
      switch set {
      case .v4:
        terms = KernelsV4.gaussianTermsDouble
        responsibilities = KernelsV4.responsibilitiesDouble
        moments = KernelsV4.gaussianMomentsDouble
        scores = KernelsV4.gaussianScoresDouble
        return
      case .v3:
        terms = KernelsV3.gaussianTermsDouble
        responsibilities = KernelsV3.responsibilitiesDouble
        moments = KernelsV3.gaussianMomentsDouble
        scores = KernelsV3.gaussianScoresDouble
        return
      case .baseline: break
      }
    #endif
    terms = KernelsBaseline.gaussianTermsDouble
    responsibilities = KernelsBaseline.responsibilitiesDouble
    moments = KernelsBaseline.gaussianMomentsDouble
    scores = KernelsBaseline.gaussianScoresDouble
  }
}
