import Energies
import Numerics

/// What gradient training sees of the data: the couplings, the forces of the terms that are linear in their
/// coefficients, and the populations over which an interaction is averaged.
package struct TrainingData: Sendable {
  package let couplings: Couplings
  /// What each column of forces was divided by: its root mean square, so that coefficients of all terms are of one
  /// size.
  package let scales: [Double]
  /// d numbers per coupling and coefficient, (n, d, p).
  package let forces: [Double]
  /// For each coupling, the index of its population.
  package let snapshot: [Int]
  /// The populations over which U is averaged: those of the sites.
  package let populations: [Population]

  package var linearCount: Int { scales.count }

  /// Couplings of a potential alone.
  package init(_ couplings: Couplings) {
    self.couplings = couplings
    (scales, forces, populations) = ([], [], [])
    snapshot = [Int](repeating: 0, count: couplings.count)
  }

  /// One coupling per site.
  ///
  /// - Parameters:
  ///   - basis: the terms that are linear in their coefficients
  ///   - scores: of each transition's sites, if beta is among them
  ///   - scales: what forces are divided by; nil for their root mean squares
  package init(
    _ transitions: [Transition], linear basis: EnergyBasis, scores: [[Double]]?, standardization: Standardization,
    scales given: [Double]? = nil
  ) throws {
    let d = basis.dimension
    var couplings = Couplings(dimension: d, standardization: standardization)
    var (snapshot, rows) = ([Int](), [(transition: Int, site: Int)]())
    let total = transitions.reduce(0) { $0 + $1.share }
    for (k, transition) in transitions.enumerated() {
      for site in 0..<transition.count where transition.masses[site] > 0 {
        couplings.append(transition, site: site, times: 1 / total)
        snapshot.append(k)
        rows.append((k, site))
      }
    }
    self.couplings = couplings
    self.snapshot = snapshot
    populations = transitions.map(\.sites)
    let width = basis.count
    try requireMemory(2, couplings.count, d, max(1, width), of: Double.self, for: "forces of \(width) features")
    var forces = [Double](repeating: 0, count: couplings.count * d * width)
    var scales = [Double](repeating: 1, count: width)
    if width > 0 {
      var row = 0
      for (k, transition) in transitions.enumerated() {
        let features = try Self.features(transition, basis, scores?[k])
        let columns = transition.count * d
        while row < rows.count, rows[row].transition == k {
          for c in 0..<d {
            let column = rows[row].site * d + c
            for feature in 0..<width {
              forces[(row * d + c) * width + feature] = features[feature * columns + column]
            }
          }
          row += 1
        }
      }
      scales = given ?? Self.scales(forces, width, couplings, d)
      Self.divide(&forces, by: scales)
    }
    self.forces = forces
    self.scales = scales
  }

  /// The gradients of all features at all sites: (features, sites, d).
  private static func features(_ transition: Transition, _ basis: EnergyBasis, _ scores: [Double]?) throws -> [Double] {
    let columns = transition.count * basis.dimension
    var features = [Double](repeating: 0, count: basis.count * columns)
    try features.withUnsafeMutableBufferPointer { features in
      guard let base = features.baseAddress else { return }
      try transition.sites.points.elements.withUnsafeBufferPointer { points in
        if let potential = basis.potential {
          try potential.jacobians(points, into: base, stride: columns)
          potential.fillPowers(of: transition.time, base, stride: columns, columns: columns)
        }
        if let interaction = basis.interaction {
          let first = basis.range(of: .interaction).lowerBound * columns
          try interaction.meanJacobians(points, over: transition.sites, into: base + first, stride: columns)
        }
      }
      if let scores, basis.hasInternal {
        let first = basis.range(of: .internal).lowerBound * columns
        for column in 0..<columns { base[first + column] = scores[column] }
      }
    }
    return features
  }

  /// The root mean square of each column of forces.
  private static func scales(_ forces: [Double], _ width: Int, _ couplings: Couplings, _ d: Int) -> [Double] {
    var squares = [Double](repeating: 0, count: width)
    for index in 0..<couplings.count {
      let weight = couplings.weights[index] * couplings.rhos[index] * couplings.rhos[index]
      for row in index * d..<(index + 1) * d {
        for feature in 0..<width {
          squares[feature] += weight * forces[row * width + feature] * forces[row * width + feature]
        }
      }
    }
    // A feature without any force stays as it is, because there is nothing to divide by.
    return squares.map { $0 > 0 ? $0.squareRoot() : 1 }
  }

  private static func divide(_ forces: inout [Double], by scales: [Double]) {
    for row in 0..<forces.count / scales.count {
      for feature in scales.indices { forces[row * scales.count + feature] /= scales[feature] }
    }
  }
}
