import CSystem
import Numerics

/// What several chains say of themselves, coordinate by coordinate (Vehtari, Gelman, Simpson, Carpenter, Bürkner 2021).
package struct ChainDiagnostics: Sendable {
  /// How many independent draws tell the mean as well.
  package let effectiveSizes: [Double]
  /// Split R-hat: the spread of all draws over that within halves of chains; above 1.01 chains do not agree yet.
  package let rHats: [Double]

  /// - Parameter points: chain by chain, (chains draws, d)
  package init(_ points: Matrix, chains: Int) throws {
    let (draws, d) = (points.rows / max(1, chains), points.columns)
    let found = try Parallel.map(d) { column -> (Double, Double) in
      let halves = Self.halves(points, column, chains, draws)
      return (Self.effectiveSize(halves), Self.rHat(halves))
    }
    (effectiveSizes, rHats) = (found.map(\.0), found.map(\.1))
  }

  /// The first and the second half of each chain; without the middle one of an odd number of draws.
  private static func halves(_ points: Matrix, _ column: Int, _ chains: Int, _ draws: Int) -> [[Double]] {
    let half = draws / 2
    return (0..<chains).flatMap { chain in
      [0, draws - half].map { first in (0..<half).map { points[chain * draws + first + $0, column] } }
    }
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

  private static func variance(_ values: [Double]) -> Double {
    let centre = mean(values)
    return values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(max(1, values.count - 1))
  }

  /// Within the chains, and of all draws as their means say.
  private static func variances(_ halves: [[Double]]) -> (within: Double, whole: Double) {
    let n = Double(halves[0].count)
    let within = mean(halves.map(variance))
    return (within, (n - 1) / n * within + variance(halves.map(mean)))
  }

  private static func rHat(_ halves: [[Double]]) -> Double {
    guard halves.first.map({ $0.count > 1 }) ?? false else { return .nan }
    let (within, whole) = variances(halves)
    return within > 0 ? (whole / within).squareRoot() : (whole > 0 ? .infinity : .nan)
  }

  /// m n / (1 + 2 sum of autocorrelations), summed while pairs are positive and falling (Geyer 1992).
  private static func effectiveSize(_ halves: [[Double]]) -> Double {
    guard let n = halves.first?.count, n > 3 else { return .nan }
    let (within, whole) = variances(halves)
    guard whole > 0 else { return .nan }
    let centred = halves.map { half in
      let centre = mean(half)
      return half.map { $0 - centre }
    }
    func correlation(_ lag: Int) -> Double {
      let covariance = mean(
        centred.map { half in (0..<n - lag).reduce(0) { $0 + half[$1] * half[$1 + lag] } / Double(n) })
      return 1 - (within - covariance * Double(n) / Double(n - 1)) / whole
    }
    var (sum, last) = (0.0, Double.infinity)
    for lag in stride(from: 0, to: n - 1, by: 2) {
      let pair = (lag == 0 ? 1 : correlation(lag)) + correlation(lag + 1)
      guard pair > 0 else { break }
      last = min(last, pair)
      sum += last
    }
    let count = Double(halves.count * n)
    // Draws that alternate may say more than independent ones, up to a bound that is no artefact of noise.
    return min(count * log10(count), count / max(2 * sum - 1, 1e-3))
  }
}
