import CSystem
import Numerics

/// Newton's method for T(x) = y at a block of points, with steps that are shortened until |T(x) - y| falls. Points go
/// their own ways and are evaluated together.
struct Inversion: Sendable {
  let targets: [Double]
  private(set) var points: [Double]
  /// log det DT at the points, NaN where DT is not positive definite.
  var logDeterminants: [Double]
  /// |T(x) - y| relative to the size of y's coordinates.
  private(set) var residuals: [Double]
  private let dimension: Int
  private var images: [Double]
  private var jacobians: [Double]

  /// Where a search ends, and what still counts as found.
  private static let tolerance = 1e-12
  static let largestResidual = 1e3 * tolerance
  private static let (mostIterations, shortest) = (200, 1e-10)

  init(_ targets: ArraySlice<Double>, _ d: Int) {
    self.targets = Array(targets)
    let n = targets.count / d
    (points, images, dimension) = (self.targets, self.targets, d)
    jacobians = [Double](repeating: 0, count: n * d * d)
    (residuals, logDeterminants) = ([Double](repeating: .infinity, count: n), [Double](repeating: .nan, count: n))
  }

  mutating func solve(_ map: some TransportMap) {
    let (d, n) = (dimension, residuals.count)
    attempt(map, points, of: Array(0..<n))
    var searching = (0..<n).filter { residuals[$0] > Self.tolerance }
    for _ in 0..<Self.mostIterations where !searching.isEmpty {
      let directions = searching.map(direction)
      var (share, waiting, moved) = (1.0, Array(searching.indices), [Int]())
      while share > Self.shortest, !waiting.isEmpty {
        var trials: [Double] = []
        for w in waiting {
          for a in 0..<d { trials.append(points[searching[w] * d + a] - share * directions[w][a]) }
        }
        let better = attempt(map, trials, of: waiting.map { searching[$0] })
        moved += zip(waiting, better).filter(\.1).map { searching[$0.0] }
        waiting = zip(waiting, better).filter { !$0.1 }.map(\.0)
        share /= 2
      }
      searching = moved.filter { residuals[$0] > Self.tolerance }
    }
    for i in 0..<n {
      var factor = Array(jacobians[i * d * d..<(i + 1) * d * d])
      logDeterminants[i] = factor.withUnsafeMutableBufferPointer { logDeterminant(replacing: $0, d) }
    }
  }

  /// Takes over trial points whose residual is smaller, and says which.
  @discardableResult
  private mutating func attempt(_ map: some TransportMap, _ trials: [Double], of rows: [Int]) -> [Bool] {
    let d = dimension
    var (found, derivatives) = (trials, [Double](repeating: 0, count: rows.count * d * d))
    trials.withUnsafeBufferPointer { trials in
      found.withUnsafeMutableBufferPointer { found in
        derivatives.withUnsafeMutableBufferPointer { map.evaluate(trials, images: found, jacobians: $0) }
      }
    }
    return rows.enumerated().map { trial, row in
      var (square, size) = (0.0, 1.0)
      for a in 0..<d {
        let offset = found[trial * d + a] - targets[row * d + a]
        square += offset * offset
        size = max(size, 1 + abs(targets[row * d + a]))
      }
      let residual = square.squareRoot() / size
      guard residual < residuals[row] else { return false }
      residuals[row] = residual
      for a in 0..<d {
        points[row * d + a] = trials[trial * d + a]
        images[row * d + a] = found[trial * d + a]
      }
      for entry in 0..<d * d { jacobians[row * d * d + entry] = derivatives[trial * d * d + entry] }
      return true
    }
  }

  /// (DT)^-1 (T - y); without the inverse where DT is not positive definite.
  private func direction(_ row: Int) -> [Double] {
    let d = dimension
    let offset = (row * d..<(row + 1) * d).map { images[$0] - targets[$0] }
    var factor = Array(jacobians[row * d * d..<(row + 1) * d * d])
    return factor.withUnsafeMutableBufferPointer { factor in
      guard let base = factor.baseAddress, TriangularFactor.factorise(base, d) else { return offset }
      return TriangularFactor.solve(base, offset, d)
    }
  }
}
