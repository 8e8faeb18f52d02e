import Flows
import Numerics

/// What a flow is good for. Steps count from 0, the start, to K, the last one, which nil stands for.
///
/// A flow by the method of particles has samples and densities but no maps: `transport`, `logDeterminant` and `inverse`
/// are then errors of kind `.invalidArgument`, as is a step that the flow does not have.
extension WassersteinFlow {
  /// Particles of the population after a step.
  ///
  /// - Parameters:
  ///   - count: n, 1 to 2^31 - 1
  ///   - step: 0 to K; nil for K
  ///   - seed: the same seed gives the same particles
  /// - Returns: shape (n, d)
  /// - Throws: `.invalidArgument`, also where the flow starts from fewer particles; `.memory`
  public func sample(_ count: Int, step: Int? = nil, seed: UInt64 = 0) throws(JKOError) -> Points {
    try require(count, in: 1...Int(Int32.max), "count")
    return Points(try engine { try flow.sample(count, step: step ?? stepCount, seed: seed) })
  }

  /// Where particles of the population after one step are after a later one.
  ///
  /// - Parameters:
  ///   - points: shape (n, d)
  ///   - first: the step that they are of; 0 for the start
  ///   - last: at least `first`; nil for K
  /// - Returns: shape (n, d)
  /// - Throws: `.shape`, `.notFinite`, `.invalidArgument`
  public func transport(_ points: Points, from first: Int = 0, to last: Int? = nil) throws(JKOError) -> Points {
    Points(try transported(points, first, last).points)
  }

  /// ln of the determinant of the map from one step to a later one at n points: how much volume grows.
  ///
  /// Parameters and errors are those of `transport`.
  ///
  /// - Returns: n numbers; NaN where the maps fold space, far from the flow's own particles
  public func logDeterminant(
    at points: Points, from first: Int = 0, to last: Int? = nil
  ) throws(JKOError) -> [Double] {
    try transported(points, first, last).logDeterminants
  }

  /// The points of the start that the maps send to points of the population after a step.
  ///
  /// - Parameters:
  ///   - points: shape (n, d)
  ///   - step: 0 to K; nil for K
  /// - Returns: shape (n, d)
  /// - Throws: `.shape`, `.notFinite`, `.invalidArgument`; `.convergence` where a map cannot be inverted
  public func inverse(_ points: Points, step: Int? = nil) throws(JKOError) -> Points {
    try check(points)
    return Points(try engine(naming: ["x": "points"]) { try flow.inverse(points.matrix, step: step ?? stepCount) })
  }

  /// ln rho at n points, rho being the density after a step, in 1/length^d.
  ///
  /// Parameters and errors are those of `inverse`; `.cancelled` where the closure of the starting density throws.
  public func logDensity(at points: Points, step: Int? = nil) throws(JKOError) -> [Double] {
    try check(points)
    return try engine(naming: ["x": "points"]) { try flow.logDensities(points.matrix, step: step ?? stepCount) }
  }

  /// grad ln rho at n points, in 1/length: shape (n, d).
  ///
  /// Parameters and errors are those of `logDensity`.
  public func score(at points: Points, step: Int? = nil) throws(JKOError) -> Points {
    try check(points)
    return Points(try engine(naming: ["x": "points"]) { try flow.scores(points.matrix, step: step ?? stepCount) })
  }

  /// The integral of the density after a step, by the midpoint rule in one or two coordinates: 1, but for the rule's
  /// error where the density is sharp, and for what maps fold, which is missing.
  ///
  /// - Parameter step: 0 to K; nil for K
  /// - Throws: `.invalidArgument` in more than two coordinates, for a step that the flow does not have, and where the
  ///   flow starts from fewer than 4,000 particles
  public func mass(step: Int? = nil) throws(JKOError) -> Double {
    try engine { try flow.mass(step: step ?? stepCount) }
  }

  private func transported(_ points: Points, _ first: Int, _ last: Int?) throws(JKOError) -> Transported {
    try check(points)
    return try engine { try flow.transport(points.matrix, from: first, to: last ?? stepCount) }
  }

  private func check(_ points: Points) throws(JKOError) {
    try points.require(dimension: dimension, of: "the flow")
    try points.requireFinite("points")
  }
}
