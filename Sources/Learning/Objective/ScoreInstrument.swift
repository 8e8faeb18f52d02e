import Densities
import Numerics

/// An estimated score h at the sites of a transition that does not regress but tests: beta's equation is the condition
/// multiplied by h, and wherever the true score s meets a known field phi, integration by parts takes its place,
///
///     E[phi . s] = - E[div phi].
///
/// A score that is estimated from the same few particles is noisy, and a noisy regressor makes its coefficient too
/// small (errors in variables). With h as an instrument that noise only multiplies what is known without error. On a
/// double well of 2,000 particles beta comes out 2 % too small and V with an error of 6 % (`benchmarks/recovery.py`).
package struct ScoreInstrument: Sendable {
  /// h at each site, row-major (n, d).
  package let scores: [Double]
  /// div h at each site.
  package let divergences: [Double]

  package init(scores: [Double], divergences: [Double]) {
    self.scores = scores
    self.divergences = divergences
  }

  /// Derivatives are central differences over this part of the unit of length, on which densities hardly change.
  static let step = 1e-3
  /// With fewer sites than these in a half, all of them make one density.
  private static let fewestSites = 20

  /// The score of the density of sites with weights. Sites are divided into two halves, and each is scored by the
  /// density of the other one, so that h does not know the site that it is evaluated at.
  init(
    of sites: Matrix, weights: [Double], halves: [Bool], _ options: DensityOptions, seed: UInt64
  ) throws {
    let parts = [true, false].map { half in halves.indices.filter { halves[$0] == half } }
    let crosses = parts.allSatisfy { part in part.count { weights[$0] > 0 } >= Self.fewestSites }
    let pieces = crosses ? [(parts[0], parts[1]), (parts[1], parts[0])] : [(parts[0] + parts[1], parts[0] + parts[1])]
    let d = sites.columns
    var scores = [Double](repeating: 0, count: sites.elements.count)
    var divergences = [Double](repeating: 0, count: sites.rows)
    for (known, scored) in pieces {
      let density = try estimateDensity(
        of: sites.selecting(rows: known), weights: known.map { weights[$0] }, options: options, seed: seed)
      let points = sites.selecting(rows: scored)
      let own = try density.scores(points)
      let slopes = try Self.divergences(density, points)
      for (place, site) in scored.enumerated() {
        for column in 0..<d { scores[site * d + column] = own[place, column] }
        divergences[site] = slopes[place]
      }
    }
    self.init(scores: scores, divergences: divergences)
  }

  private static func divergences(_ density: any Density, _ points: Matrix) throws -> [Double] {
    var sums = [Double](repeating: 0, count: points.rows)
    for column in 0..<points.columns {
      for sign in [1.0, -1] {
        let moved = try density.scores(points.moved(along: column, by: sign * step))
        for row in sums.indices { sums[row] += sign * moved[row, column] / (2 * step) }
      }
    }
    return sums
  }
}

extension Matrix {
  /// The rows with a number added to one of their columns.
  func moved(along column: Int, by distance: Double) -> Matrix {
    var moved = self
    for row in 0..<rows { moved[row, column] += distance }
    return moved
  }
}
