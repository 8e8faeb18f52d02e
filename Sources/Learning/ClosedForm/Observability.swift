import CSystem
import Numerics

/// Which terms of an energy the data can tell apart, from the standardised normal matrix alone.
///
/// Each term's features span a space of velocity fields at the data. Principal angles between two such spaces (Jordan 1875; Bjorck and
/// Golub, Math. Comp. 1973) say how alike they can be: an angle of 0 is a field that both can make, whose share in either is then chosen
/// by the ridge and not by the data.
package struct Observability: Sendable {
  package typealias Term = EnergyBasis.Term

  /// How far one term's span is from that of all others, in radians.
  package struct Separation: Sendable {
    package let term: Term
    /// Of the direction that is most, and of the one that is least like the others' span; pi/2 where there are no others.
    package let smallest: Double
    package let largest: Double
    /// Of the field that the term has in the fitted energy.
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
  /// The features that make up the eigenvector of the smallest eigenvalue, the largest first, with their standardised coefficients.
  package let weakest: [(name: String, weight: Double)]
  package let sentence: String

  /// Angles below this are taken for 0: that is some 10 times what rounding leaves of one that is 0.
  package static let resolution = 1e-3
  /// Directions below this part of the largest eigenvalue are rounding.
  private static let cutoff = 1e-13

  /// Cost some 30 F^3 for F coefficients.
  package init(_ equations: NormalEquations, coefficients: [Double]) throws {
    let basis = equations.basis
    count = basis.count
    let full = equations.matrix
    let scales = (0..<full.rows).map { full[$0, $0].squareRoot() }
    let used = scales.indices.filter { scales[$0] > 0 && scales[$0].isFinite }
    func block(_ rows: [Int], _ columns: [Int]) -> Matrix {
      Matrix(
        rows: rows.count, columns: columns.count,
        elements: rows.flatMap { row in columns.map { full[row, $0] / scales[row] / scales[$0] } })
    }
    let eigen = try SymmetricEigen(block(used, used))
    spectrum = eigen.values
    rank = eigen.values.count(where: { $0 > Self.cutoff * (eigen.values.last ?? 0) })
    let names = basis.names
    let order = used.indices.sorted { abs(eigen.vectors[0, $0]) > abs(eigen.vectors[0, $1]) }
    weakest = order.prefix(6).map { (names[used[$0]], eigen.vectors[0, $0]) }

    let members = basis.terms.map { term in (term: term, features: used.filter(basis.range(of: term).contains)) }
    // Coordinates of a term's directions: S_PP^(-1/2), so that they are orthonormal at the data.
    var frames: [[Int]: Matrix] = [:]
    func frame(_ features: [Int]) throws -> Matrix {
      if let known = frames[features] { return known }
      let made = try block(features, features).whitening(cutoff: Self.cutoff)
      frames[features] = made
      return made
    }
    func angles(_ first: [Int], _ second: [Int]) throws -> [Double] {
      let product = try frame(first).transposedTimes(block(first, second)).times(frame(second))
      return try SingularValues(product).values.map { acos(min(1, $0)) }.sorted()
    }
    var pairs: [Angles] = []
    for (place, first) in members.enumerated() {
      for second in members[(place + 1)...] {
        pairs.append(
          Angles(first: first.term, second: second.term, angles: try angles(first.features, second.features)))
      }
    }
    self.angles = pairs
    separations = try members.map { member in
      let others = used.filter { !member.features.contains($0) }
      let rank = try frame(member.features).columns
      guard !others.isEmpty, rank > 0 else {
        return Separation(
          term: member.term, smallest: .pi / 2, largest: rank > 0 ? .pi / 2 : 0, fitted: rank > 0 ? .pi / 2 : 0,
          confounded: 0, rank: rank)
      }
      // Where the others span fewer directions, the rest of this term's are at a right angle to them.
      let found = try angles(member.features, others)
      let own = found + [Double](repeating: .pi / 2, count: max(0, rank - found.count))
      let field = Matrix(
        rows: member.features.count, columns: 1, elements: member.features.map { coefficients[$0] * scales[$0] })
      let squares = try field.transposedTimes(block(member.features, member.features).times(field))
      let seen = try frame(others).transposedTimes(block(others, member.features).times(field))
      let shared = seen.elements.reduce(0) { $0 + $1 * $1 }
      let cosine = squares.elements[0] > 0 ? (shared / squares.elements[0]).squareRoot() : 0
      return Separation(
        term: member.term, smallest: own[0], largest: own[own.count - 1], fitted: acos(min(1, cosine)),
        confounded: own.count(where: { $0 <= Self.resolution }), rank: rank)
    }
    sentence = Self.sentence(separations, pairs, rank: rank, of: basis.count, weakest)
  }

  /// Whether every term can be told from the others, at less cost where that is clear.
  ///
  /// A fitted field is one of the fields that its term can make, so that its angle to the others' span alone decides. Its part in that span comes from
  /// a Cholesky factor with a ridge at the cutoff, which finds what lies in directions well above that; where less than 99 % of the
  /// field is found there, and only there, the whole report is spared.
  static func isIdentified(_ equations: NormalEquations, coefficients: [Double]) throws -> Bool {
    let basis = equations.basis
    let full = equations.matrix
    let scales = (0..<full.rows).map { full[$0, $0].squareRoot() }
    let used = scales.indices.filter { scales[$0] > 0 && scales[$0].isFinite }
    guard basis.terms.count > 1 else { return !used.isEmpty }
    for term in basis.terms {
      let range = basis.range(of: term)
      let (own, others) = (used.filter(range.contains), used.filter { !range.contains($0) })
      // Of the standardised features: what the field has in common with each of the others, and its square.
      var shared = [Double](repeating: 0, count: others.count)
      var square = 0.0
      for f in own {
        try Interruption.check()
        for (place, g) in others.enumerated() { shared[place] += coefficients[f] * full[f, g] / scales[g] }
        for g in own { square += coefficients[f] * full[f, g] * coefficients[g] }
      }
      var gram = Matrix(rows: others.count, columns: others.count)
      for (row, f) in others.enumerated() {
        try Interruption.check()
        for column in 0..<row { gram[row, column] = full[f, others[column]] / scales[f] / scales[others[column]] }
        gram[row, row] = 1 + cutoff * Double(others.count)
      }
      guard square > 0, square.isFinite, let factor = Cholesky(gram) else {
        return try Observability(equations, coefficients: coefficients).isIdentified
      }
      let found = zip(shared, factor.solve(shared)).reduce(0) { $0 + $1.0 * $1.1 }
      guard found < 0.99 * square else {
        return try Observability(equations, coefficients: coefficients).isIdentified
      }
    }
    return true
  }

  package var isIdentified: Bool { separations.allSatisfy(\.isIdentified) }

  private static func sentence(
    _ separations: [Separation], _ pairs: [Angles], rank: Int, of count: Int,
    _ weakest: [(name: String, weight: Double)]
  ) -> String {
    func symbol(_ term: Term) -> String {
      switch term {
      case .potential: return "V"
      case .interaction: return "U"
      case .internal: return "beta"
      }
    }
    func degrees(_ angle: Double) -> String {
      let tenths = (angle * 1800 / .pi + 0.5).rounded(.down) / 10
      return "\(tenths) degrees"
    }
    func list(_ terms: [String]) -> String {
      terms.count < 2 ? terms.joined() : terms.dropLast().joined(separator: ", ") + " and " + (terms.last ?? "")
    }
    let determined = "The data determine \(rank) of \(count) directions"
    guard separations.count > 1 else { return "\(determined)." }
    let lost = separations.filter { !$0.isIdentified }.map { symbol($0.term) }
    if !lost.isEmpty {
      let closest = list(weakest.prefix(2).map(\.name))
      return
        "\(list(lost)) cannot be told from the other terms: what \(lost.count == 1 ? "it does" : "they do") to this population, they can do too (most alike: \(closest)). \(determined); how the rest is shared out is chosen by the ridge."
    }
    let partly = separations.filter { $0.confounded > 0 }
    if !partly.isEmpty {
      let parts = partly.map { "\($0.confounded) of \($0.rank) directions of \(symbol($0.term))" }
      return
        "The fitted terms can be told apart, given enough particles, but \(list(parts)) could as well belong to the other terms. \(determined)."
    }
    let closest = pairs.min { ($0.angles.first ?? .pi) < ($1.angles.first ?? .pi) }
    guard let closest, let angle = closest.angles.first else { return "\(determined)." }
    return
      "All terms can be told apart, given enough particles; the closest are \(symbol(closest.first)) and \(symbol(closest.second)), at \(degrees(angle)). \(determined)."
  }
}
