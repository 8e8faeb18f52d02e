import CSystem
import Energies
import Numerics

extension RelaxedPlan {
  /// The population at a part s of the way, for s = 0 at x and s = 1 at y: its particles lie on straight lines between
  /// the pairs.
  ///
  /// A particle of x leaves sigma of its mass at s = 1, and sigma^s of it at s, as growth at a constant rate does. The
  /// mass of a pair at s, seen from x, is therefore pi sigma^-(1 - s), and seen from y, pi tau^-s.
  package func population(at s: Double, from x: Population, to y: Population) throws -> Population {
    let d = x.points.columns
    var points = Matrix(rows: entries.count, columns: d)
    var masses = [Double](repeating: 0, count: entries.count)
    for (place, entry) in entries.enumerated() {
      for k in 0..<d {
        points[place, k] = (1 - s) * x.points[entry.row, k] + s * y.points[entry.column, k]
      }
      masses[place] = entry.mass * exp(-(1 - s) * log(survivalX[entry.row]) - s * log(survivalY[entry.column]))
    }
    let sum = masses.reduce(0, +)
    guard sum > 0, sum.isFinite else {
      throw EngineError(.convergence, "the masses of the interpolated particles left the range of numbers")
    }
    return Population(points: points, weights: masses.map { $0 / sum })
  }
}
