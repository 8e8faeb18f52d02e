import CSystem
import Densities
import Numerics

/// Particles that are moved along, of which each step draws those that it is fitted to: particles that were fitted to
/// in every step would take their own noise along.
struct FlowPool {
  var points: Matrix
  var logDensities: [Double]
  /// Where they were a step earlier; nil before the first step.
  var before: Matrix?
  /// Of the last step; nil before the first.
  var network: NetworkMap?

  init(_ base: any BaseDensity, count: Int, seed: UInt64) throws {
    try requireMemory(8, count, base.dimension, of: Double.self, for: "the particles of the flow")
    points = try base.particles(count, seed: seed)
    logDensities = try base.checkedLogDensities(points)
  }

  /// Moves the particles, unless space is folded somewhere; says which.
  mutating func move(by map: some TransportMap) throws -> Bool {
    let moved = try map.transport(points)
    guard moved.folded == 0 else { return false }
    points = moved.points
    for i in logDensities.indices { logDensities[i] -= moved.logDeterminants[i] }
    return true
  }
}

/// Steps of a flow by maps: features are placed on the particles, a proximal step is fitted, particles move on.
struct FlowFit {
  let energy: FlowEnergy
  let options: FlowOptions

  private static let gamma = 1 - 1 / 2.0.squareRoot()

  /// Moves the pool by step k and returns its maps.
  func advance(_ pool: inout FlowPool, _ k: Int, from now: Double, to next: Double) throws -> [any TransportMap] {
    let (start, h) = (pool.points, options.step)
    var maps: [any TransportMap] = []
    switch (options.scheme, pool.before) {
    case (.jko, _):
      maps.append(try proximal(&pool, references: start, h: h, time: next, draw: k))
    case (.midpoint, _):
      maps.append(try proximal(&pool, references: start, h: h / 2, time: now + h / 2, draw: k, extension: 2))
    case (.bdf2, let before?):
      let references = start.combined(4.0 / 3, with: before, -1.0 / 3)
      maps.append(try proximal(&pool, references: references, h: 2 * h / 3, time: next, draw: 2 * k))
    case (.sdirk2, _), (.bdf2, nil):
      let gamma = Self.gamma
      maps.append(try proximal(&pool, references: start, h: gamma * h, time: now + gamma * h, draw: 2 * k))
      // x_0 + (1 - gamma) h times the slope of the first stage, (y_1 - x_0) / (gamma h).
      let part = (1 - gamma) / gamma
      let references = start.combined(1 - part, with: pool.points, part)
      maps.append(try proximal(&pool, references: references, h: gamma * h, time: next, draw: 2 * k + 1))
    }
    pool.before = start
    return maps
  }

  private func proximal(
    _ pool: inout FlowPool, references: Matrix, h: Double, time: Double, draw: Int, extension factor: Double = 1
  ) throws -> any TransportMap {
    let whole = StepSample(points: pool.points, references: references, logDensities: pool.logDensities)
    let step = ProximalStep(energy: energy, h: h, time: time)
    if options.method == .network { return try byNetwork(&pool, whole, step, draw, factor) }
    return try byFeatures(&pool, whole, step, draw, factor)
  }

  private func byFeatures(
    _ pool: inout FlowPool, _ whole: StepSample, _ step: ProximalStep, _ draw: Int, _ factor: Double
  ) throws -> any TransportMap {
    let features = try MapFeatures(
      for: pool.points, bumps: options.bumps, neighbour: options.neighbour,
      components: options.componentCount(pool.points.columns),
      seed: options.seed, step: draw)
    let solver = FeatureStep(step: step, features: features)
    var (train, held) = (whole, whole)
    if features.count > features.affineCount {
      var draws = PhiloxSequence(seed: options.seed, stream: RandomPurpose.batches.stream(draw))
      let order = draws.permutation(pool.points.rows)
      let count = min(options.fitted(pool.points.columns), 2 * pool.points.rows / 3)
      train = whole.selecting(Array(order[..<count]))
      held = whole.selecting(Array(order[count..<min(order.count, 3 * count)]))
    }
    var map = try solver.solve(train, held: held).scaled(by: factor)
    // What was fitted to a part of the pool may fold space at another; features give way until it does not.
    for _ in 0..<40 {
      if try pool.move(by: map) { return map }
      map = map.scaled(by: 0.9)
    }
    throw folds("the features are too many")
  }

  private func byNetwork(
    _ pool: inout FlowPool, _ whole: StepSample, _ step: ProximalStep, _ draw: Int, _ factor: Double
  ) throws -> any TransportMap {
    let start = try pool.network ?? firstNetwork(pool.points)
    let training = NetworkStep(
      step: step, shape: start.shape, iterations: options.iterations, batch: options.batch, rate: options.rate,
      seed: options.seed, draw: draw)
    let map = try training.solve(whole, from: start)
    pool.network = map
    let extended = map.extended(by: factor)
    guard try pool.move(by: extended) else { throw folds("learning_rate = \(options.rate) too large") }
    return extended
  }

  /// Nearly the identity. Its unit is that of the base at all steps, so that a step can begin with the network of the
  /// one before.
  private func firstNetwork(_ points: Matrix) throws -> NetworkMap {
    let shape = ConvexShape(dimension: points.columns, hidden: options.hidden, rank: options.rank)
    let unit = try MapFeatures(
      for: points, bumps: 0, neighbour: 1, components: 0, seed: options.seed, step: 0)
    return NetworkMap(
      shape, centre: unit.centre, length: unit.length, parameters: shape.initialParameters(seed: options.seed))
  }

  private func folds(_ other: String) -> EngineError {
    EngineError(
      .convergence, "a step of the flow folds space: step = \(options.step) is too long, or \(other)")
  }
}

extension Matrix {
  /// a A + b B, A being this matrix.
  fileprivate func combined(_ a: Double, with other: Matrix, _ b: Double) -> Matrix {
    Matrix(rows: rows, columns: columns, elements: zip(elements, other.elements).map { a * $0 + b * $1 })
  }
}

extension FeatureMap {
  /// The same with coefficients that are smaller, or larger.
  fileprivate func scaled(by factor: Double) -> FeatureMap {
    FeatureMap(features, coefficients: coefficients.map { $0 * factor })
  }
}
