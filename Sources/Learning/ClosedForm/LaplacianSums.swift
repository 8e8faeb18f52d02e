import Energies
import Numerics

/// sum_i m_i (Laplacian of feature a)(z_i) over the sites of a transition, for the features of V and, averaged over the
/// population, of U.
///
/// The average of U leaves out a site's own pair, because its Laplacian is not zero there although its force is.
/// Laplacians are central differences of gradients, which all families have, those of callbacks too.
struct LaplacianSums {
  private let transition: Transition
  private let basis: EnergyBasis

  init(_ transition: Transition, _ basis: EnergyBasis) {
    self.transition = transition
    self.basis = basis
  }

  /// One number per feature of V and U, and how many sites it rests on: (sum w)^2 / sum w^2 with w_i = m_i |grad|^2.
  func sums() throws -> (sums: [Double], support: [Double]) {
    let (points, step) = (transition.sites.points, ScoreInstrument.step)
    let d = basis.dimension
    var sums = [Double](repeating: 0, count: basis.count)
    var support: [Double] = []
    for column in 0..<d {
      for sign in [1.0, -1] {
        let slopes = try gradients(points.moved(along: column, by: sign * step))
        for feature in 0..<basis.count {
          var sum = 0.0
          for site in transition.masses.indices {
            sum += transition.masses[site] * slopes[feature, site * d + column]
          }
          sums[feature] += sign * sum / (2 * step)
        }
        // The first of these gradients, so near to the sites, stand for those at the sites.
        if column == 0, sign > 0 { support = self.support(slopes) }
        try Interruption.check()
      }
    }
    if let interaction = basis.interaction {
      let own = zip(transition.masses, transition.sites.weights).reduce(0) { $0 + $1.0 * $1.1 }
      for (place, laplacian) in try laplaciansAtRest(interaction).enumerated() {
        sums[basis.range(of: .interaction).lowerBound + place] -= own * laplacian
      }
    }
    return (sums, support)
  }

  /// How many sites each feature rests on, by its gradients at them.
  private func support(_ slopes: Matrix) -> [Double] {
    let d = basis.dimension
    return (0..<basis.count).map { feature in
      var (sum, squares) = (0.0, 0.0)
      for site in transition.masses.indices {
        var weight = 0.0
        for place in site * d..<(site + 1) * d { weight += slopes[feature, place] * slopes[feature, place] }
        weight *= transition.masses[site]
        sum += weight
        squares += weight * weight
      }
      return squares > 0 ? sum / squares * sum : 0
    }
  }

  /// Of V's features and of U's averaged ones, shape (F, n d).
  private func gradients(_ points: Matrix) throws -> Matrix {
    let columns = points.elements.count
    var slopes = Matrix(rows: basis.count, columns: columns)
    try points.elements.withUnsafeBufferPointer { points in
      try slopes.elements.withUnsafeMutableBufferPointer { slopes in
        guard let base = slopes.baseAddress else { return }
        if let potential = basis.potential {
          try potential.jacobians(points, into: base, stride: columns)
          potential.fillPowers(of: transition.time, base, stride: columns, columns: columns)
        }
        if let interaction = basis.interaction {
          let first = base + basis.range(of: .interaction).lowerBound * columns
          try interaction.meanJacobians(points, over: transition.sites, into: first, stride: columns)
        }
      }
    }
    return slopes
  }

  /// The Laplacian of each feature of U at the difference 0.
  private func laplaciansAtRest(_ interaction: FeatureBasis) throws -> [Double] {
    let (d, step) = (basis.dimension, ScoreInstrument.step)
    var laplacians = [Double](repeating: 0, count: interaction.count)
    var slopes = Matrix(rows: interaction.count, columns: d)
    for column in 0..<d {
      for sign in [1.0, -1] {
        var difference = [Double](repeating: 0, count: d)
        difference[column] = sign * step
        try difference.withUnsafeBufferPointer { difference in
          try slopes.elements.withUnsafeMutableBufferPointer { slopes in
            guard let base = slopes.baseAddress else { return }
            try interaction.jacobians(difference, into: base, stride: d)
          }
        }
        for feature in laplacians.indices { laplacians[feature] += sign * slopes[feature, column] / (2 * step) }
      }
    }
    return laplacians
  }
}
