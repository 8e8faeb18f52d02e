import Numerics

/// The weighted particles from which a density is estimated: those with mass, centred and scaled so that each
/// coordinate has variance 1.
///
/// The estimate therefore does not depend on the offset and the unit of any coordinate.
struct StandardizedPopulation: Sendable {
  /// z = (x - centre) / scale, (n, d).
  let points: Matrix
  /// Positive, with sum 1.
  let weights: [Double]
  let centre: [Double]
  /// Standard deviations. A coordinate that does not vary takes the largest of the others; see `isConstant`.
  let scale: [Double]
  let isConstant: [Bool]
  /// What errors call the points.
  let name: String

  static let dimensions = 1...4096
  /// Standard deviations whose squares, and the inverses of these, are finite.
  static let scales = 1e-140...1e140
  /// Shares of the mass below this change no digit of a sum; particles that have less are left out.
  private static let leastShare = 1e-100

  var count: Int { points.rows }
  var dimension: Int { points.columns }

  /// Kish's effective number of particles, 1 / sum w^2; n where all weigh alike.
  var effectiveCount: Double { 1 / weights.reduce(0) { $0 + $1 * $1 } }

  /// - Parameters:
  ///   - name: what errors call the points
  ///   - width: the scale where all particles are in one place; nil if that is an error
  init(_ points: Matrix, named name: String, weights: [Double]?, width: Double?) throws {
    self.name = name
    let d = points.columns
    guard points.rows > 0 else { throw EngineError(.shape, "\(name) has 0 rows, fewer than 1") }
    guard Self.dimensions.contains(d) else {
      throw EngineError(.invalid, "\(name) has \(d) coordinates, not \(Self.dimensions.lowerBound) to 4096")
    }
    if let index = points.elements.firstIndex(where: { !$0.isFinite }) {
      throw EngineError(
        .nonfinite, "\(name)[\(index / d), \(index % d)] = \(points.elements[index]) is not finite")
    }
    let shares = try Self.shares(weights, count: points.rows)
    let kept = shares.indices.filter { shares[$0] > Self.leastShare }
    self.weights = kept.count == shares.count ? shares : kept.map { shares[$0] }
    try requireMemory(kept.count * d, of: Double.self, for: name)
    var elements = kept.count == shares.count ? points.elements : points.selecting(rows: kept).elements
    var (centre, scale) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
    for j in 0..<d {
      let (mean, deviation) = Self.meanAndDeviation(elements, self.weights, column: j, of: d)
      (centre[j], scale[j]) = (mean, deviation)
      guard deviation == 0 || Self.scales.contains(deviation) else {
        throw EngineError(
          .invalid,
          "\(name) has a standard deviation of \(deviation) in coordinate \(j), not between \(Self.scales.lowerBound) and \(Self.scales.upperBound)"
        )
      }
    }
    isConstant = scale.map { $0 == 0 }
    let largest = scale.max() ?? 0
    guard let substitute = largest > 0 ? largest : width else {
      throw EngineError(
        .population, "\(name) are all equal, \(kept.count) of them in one place: their density has no width")
    }
    for j in 0..<d where scale[j] == 0 { scale[j] = substitute }
    elements.withUnsafeMutableBufferPointer { z in
      var place = 0
      for _ in kept {
        for j in 0..<d {
          z[place] = (z[place] - centre[j]) / scale[j]
          place += 1
        }
      }
    }
    self.points = Matrix(rows: kept.count, columns: d, elements: elements)
    (self.centre, self.scale) = (centre, scale)
  }

  /// Weights over their sum; 1/n each for nil.
  private static func shares(_ weights: [Double]?, count: Int) throws -> [Double] {
    guard let weights else { return [Double](repeating: 1 / Double(count), count: count) }
    guard weights.count == count else {
      throw EngineError(.shape, "weights has \(counted(weights.count, "element")) for \(counted(count, "particle"))")
    }
    for (index, weight) in weights.enumerated() {
      guard weight.isFinite else { throw EngineError(.nonfinite, "weights[\(index)] = \(weight) is not finite") }
      guard weight >= 0 else { throw EngineError(.population, "weights[\(index)] = \(weight) is less than 0") }
    }
    guard let largest = weights.max(), largest > 0 else {
      throw EngineError(.population, "weights has sum 0.0, not greater than 0")
    }
    // The weights are divided by the largest first, so that the sum cannot overflow.
    let scaled = weights.map { $0 / largest }
    let sum = scaled.reduce(0, +)
    return scaled.map { $0 / sum }
  }

  /// Computed from differences to the least number, in units of the range, so that neither offsets nor squares of large
  /// or small numbers do harm.
  private static func meanAndDeviation(_ elements: [Double], _ weights: [Double], column: Int, of d: Int)
    -> (mean: Double, deviation: Double)
  {
    elements.withUnsafeBufferPointer { x in
      var (low, high) = (x[column], x[column])
      for index in weights.indices {
        low = min(low, x[index * d + column])
        high = max(high, x[index * d + column])
      }
      let range = high - low
      guard range > 0 else { return (low, 0) }
      guard range.isFinite else { return (0, range) }
      var mean = 0.0
      for (index, weight) in weights.enumerated() { mean += weight * ((x[index * d + column] - low) / range) }
      var variance = 0.0
      for (index, weight) in weights.enumerated() {
        let offset = (x[index * d + column] - low) / range - mean
        variance += weight * offset * offset
      }
      return (low + mean * range, variance.squareRoot() * range)
    }
  }
}
