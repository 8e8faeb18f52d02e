import Numerics

/// Which terms of an energy the data can tell apart, from the standardised normal matrix alone.
///
/// Each term's features span a space of velocity fields at the data. Principal angles between two such spaces (Jordan
/// 1875; Bjorck and Golub, Math. Comp. 1973) say how alike they can be. An angle of 0 is a field that both can make;
/// how it is divided between them is then chosen by the ridge and not by the data.
package struct Observability: Sendable {
  package typealias Term = EnergyBasis.Term

  /// How far one term's span is from that of all others, in radians.
  package struct Separation: Sendable {
    package let term: Term
    /// The angle of the direction that is most like the others' span, and of the one that is least like it; pi/2 where
    /// there are no others.
    package let smallest: Double
    package let largest: Double
    /// The angle of the field that the term has in the fitted energy.
    package let fitted: Double
    /// Directions that are closer to the others' span than `Observability.resolution`.
    package let confounded: Int
    /// Dimension of the span.
    package let rank: Int

    package var isIdentified: Bool { largest > Observability.resolution && fitted > Observability.resolution }
  }

  /// Angles in radians, ascending.
  package struct Angles: Sendable {
    package let first: Term
    package let second: Term
    package let angles: [Double]
  }

  /// Eigenvalues of the standardised normal matrix, ascending.
  package let spectrum: [Double]
  package let rank: Int
  /// How many coefficients there are.
  package let count: Int
  package let angles: [Angles]
  package let separations: [Separation]
  /// The features that make up the eigenvector of the smallest eigenvalue, with their standardised coefficients, of
  /// which the largest comes first.
  package let weakest: [(name: String, weight: Double)]
  package let sentence: String

  /// Angles below this are taken for 0. Rounding makes an angle of 0 about a tenth of this.
  package static let resolution = 1e-3

  /// The cost is some 30 F^3 for F coefficients.
  package init(_ equations: NormalEquations, coefficients: [Double]) throws {
    let basis = equations.basis
    count = basis.count
    var spans = FeatureSpans(equations)
    let used = spans.used
    let eigen = try SymmetricEigen(spans.block(used, used))
    spectrum = eigen.values
    rank = eigen.values.count(where: { $0 > FeatureSpans.cutoff * (eigen.values.last ?? 0) })
    let names = basis.names
    let order = used.indices.sorted { abs(eigen.vectors[0, $0]) > abs(eigen.vectors[0, $1]) }
    weakest = order.prefix(6).map { (names[used[$0]], eigen.vectors[0, $0]) }

    let members = basis.terms.map { term in (term: term, features: used.filter(basis.range(of: term).contains)) }
    var angles: [Angles] = []
    for (place, first) in members.enumerated() {
      for second in members[(place + 1)...] {
        angles.append(
          Angles(
            first: first.term, second: second.term, angles: try spans.angles(first.features, second.features)))
      }
    }
    self.angles = angles
    separations = try members.map { try Separation($0.term, $0.features, coefficients, &spans) }
    sentence = Self.sentence(separations, angles, rank: rank, of: basis.count, weakest)
  }

  package var isIdentified: Bool { separations.allSatisfy(\.isIdentified) }
}

extension Observability.Separation {
  /// - Parameter features: of the term
  fileprivate init(
    _ term: Observability.Term, _ features: [Int], _ coefficients: [Double], _ spans: inout FeatureSpans
  ) throws {
    let others = spans.used.filter { !features.contains($0) }
    let rank = try spans.frame(features).columns
    guard !others.isEmpty, rank > 0 else {
      let angle = rank > 0 ? Double.pi / 2 : 0
      self.init(term: term, smallest: .pi / 2, largest: angle, fitted: angle, confounded: 0, rank: rank)
      return
    }
    // Where the others span fewer directions, the rest of this term's are at a right angle to them.
    let found = try spans.angles(features, others)
    let own = found + [Double](repeating: .pi / 2, count: max(0, rank - found.count))
    self.init(
      term: term, smallest: own[0], largest: own[own.count - 1],
      fitted: try spans.angle(ofField: coefficients, of: features, to: others),
      confounded: own.count(where: { $0 <= Observability.resolution }), rank: rank)
  }
}
