import CSystem
import Densities
import Numerics

/// The population that descends an energy, step by step: mu_k = T_k # .. # T_1 # mu_0, each T_k the gradient of a
/// strictly convex function. It has samples, maps in both directions, and a density at any point.
package struct WassersteinFlow: Sendable {
  package let base: any BaseDensity
  /// The maps of each step, one after the other.
  package let maps: [[any TransportMap]]
  /// In place of maps, where particles were followed: a mixture after each step.
  package let mixtures: [GaussianMixture]
  /// t_0 < .. < t_K
  package let times: [Double]
  /// The energy of mu_0, .., mu_K, up to the constant of V, over the particles of the fit.
  package let energies: [Double]

  package var dimension: Int { base.dimension }
  package var stepCount: Int { times.count - 1 }

  package init(
    base: any BaseDensity, maps: [[any TransportMap]], mixtures: [GaussianMixture] = [], times: [Double],
    energies: [Double]
  ) {
    (self.base, self.maps, self.mixtures, self.times, self.energies) = (base, maps, mixtures, times, energies)
  }

  /// The density after a step where it has a formula: that of the start, or a mixture.
  func formula(_ step: Int) -> (any BaseDensity)? {
    step == 0 ? base : mixtures.isEmpty ? nil : mixtures[step - 1]
  }

  private func requireMaps() throws {
    guard mixtures.isEmpty else {
      throw EngineError(.invalid, "a flow of method particles has densities and no maps")
    }
  }

  func check(_ step: Int, _ name: String = "step") throws {
    guard 0...stepCount ~= step else {
      throw EngineError(.invalid, "\(name) = \(step) is not between 0 and \(stepCount)")
    }
  }

  private func check(_ points: Matrix, _ name: String) throws {
    guard points.columns == dimension else {
      throw EngineError(
        .shape, "\(name) has \(counted(points.columns, "column")); the flow has \(counted(dimension, "coordinate"))")
    }
  }

  // MARK: Forward

  /// Particles of mu_step.
  package func sample(_ count: Int, step: Int, seed: UInt64) throws -> Matrix {
    try check(step)
    try requireMemory(2, count, dimension, of: Double.self, for: "\(count) particles")
    if let density = formula(step) { return try density.sample(count, seed: seed, purpose: .flowDraws) }
    return try transport(try base.sample(count, seed: seed, purpose: .flowDraws), from: 0, to: step).points
  }

  /// Where particles of mu_first are at a later step, and the logarithm of the determinant of that map.
  package func transport(_ points: Matrix, from first: Int, to last: Int) throws -> Transported {
    try check(first, "from")
    try check(last, "to")
    try requireMaps()
    guard first <= last else { throw EngineError(.invalid, "from = \(first) is greater than to = \(last)") }
    try check(points, "x")
    var moved = Transported(points: points, logDeterminants: [Double](repeating: 0, count: points.rows))
    for map in maps[first..<last].joined() {
      let next = try map.transport(moved.points)
      moved = Transported(
        points: next.points, logDeterminants: zip(moved.logDeterminants, next.logDeterminants).map { $0 + $1 })
    }
    return moved
  }

  // MARK: Backward

  /// The points of mu_0 that the maps send to `points` of mu_step.
  ///
  /// - Throws: `.convergence` where a map cannot be inverted at a point
  package func inverse(_ points: Matrix, step: Int) throws -> Matrix {
    try trace(points, step).first?.points ?? points
  }

  /// log rho_step at each point.
  ///
  /// - Parameter strict: whether it is an error that a map cannot be inverted at a point; otherwise rho is 0 there
  /// - Throws: `.convergence`
  package func logDensities(_ points: Matrix, step: Int, strict: Bool = true) throws -> [Double] {
    try check(step)
    try check(points, "x")
    if let density = formula(step) { return try density.checkedLogDensities(points) }
    let trace = try trace(points, step, strict: strict)
    var logs = try base.checkedLogDensities(trace.first?.points ?? points)
    for stage in trace { for i in logs.indices { logs[i] -= stage.logDeterminants[i] } }
    return strict ? logs : logs.map { $0.isNaN ? -.infinity : $0 }
  }

  /// grad log rho_step at each point: (DT)^-1 (grad log rho_before - grad log det DT), map by map.
  package func scores(_ points: Matrix, step: Int) throws -> Matrix {
    try check(step)
    try check(points, "x")
    if let density = formula(step) { return try density.checkedScores(points) }
    let (trace, d) = (try trace(points, step), dimension)
    var scores = try base.checkedScores(trace.first?.points ?? points)
    for (map, stage) in zip(maps[..<step].joined(), trace) {
      let before = scores
      let rows = try Parallel.map(points.rows) { row -> [Double] in
        map.scoreAfter(Array(before.row(row)), at: Array(stage.points.row(row)))
      }
      scores = Matrix(rows: points.rows, columns: d, elements: rows.flatMap { $0 })
    }
    return scores
  }

  /// Where the points come from before each map, in the order of the maps, with log det DT there.
  private func trace(_ points: Matrix, _ step: Int, strict: Bool = true) throws -> [Transported] {
    try requireMaps()
    try check(step)
    try check(points, "x")
    var (stages, images) = ([Transported](), points)
    for map in Array(maps[..<step].joined()).reversed() {
      let stage = try map.inverse(of: images, strict: strict)
      images = stage.points
      stages.append(stage)
    }
    return stages.reversed()
  }
}
