import CSystem
import Densities
import Numerics

/// A flow, computed step by step: features are placed on the particles, a proximal step is fitted, particles move on.
struct FlowFit {
  let energy: FlowEnergy
  let options: FlowOptions

  private static let gamma = 1 - 1 / 2.0.squareRoot()

  /// Particles that are moved along, of which each step draws those that it is fitted to: particles that were fitted to
  /// in every step would take their own noise along.
  private struct Pool {
    var points: Matrix
    var logDensities: [Double]
    /// Where they were a step earlier; nil before the first step.
    var before: Matrix?
    /// Of the last step; nil before the first.
    var network: NetworkMap?
  }

  func run(from base: any BaseDensity, progress: ProgressHandler) throws -> WassersteinFlow {
    let began = monotonicSeconds()
    let count = options.poolSize
    try requireMemory(8, count, base.dimension, of: Double.self, for: "the particles of the flow")
    let start = base.matchedSample(count, seed: options.seed, purpose: .flowBase)
    var pool = Pool(points: start, logDensities: try base.logDensities(start))
    var (maps, times) = ([[any TransportMap]](), [options.t0])
    var energies = [try energyOf(pool, time: options.t0)]
    func goOn() -> Bool {
      let done = energies.count - 1
      return progress(Progress(.flow, done: done, of: options.steps, loss: energies[done], since: began))
    }
    try Interruption.during("the flow", goOn) {
      for k in 0..<options.steps {
        let time = options.t0 + Double(k + 1) * options.step
        maps.append(try advance(&pool, k, from: times[k], to: time))
        times.append(time)
        energies.append(try energyOf(pool, time: time))
        if !goOn() { throw EngineError.cancelled("the flow") }
      }
    }
    return WassersteinFlow(base: base, maps: maps, times: times, energies: energies)
  }

  /// Moves the pool by one step and returns its maps.
  private func advance(_ pool: inout Pool, _ k: Int, from now: Double, to next: Double) throws -> [any TransportMap] {
    let (start, h) = (pool.points, options.step)
    var maps: [any TransportMap] = []
    switch (options.scheme, pool.before) {
    case (.jko, _):
      maps.append(try proximal(&pool, references: start, h: h, time: next, draw: k))
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
    _ pool: inout Pool, references: Matrix, h: Double, time: Double, draw: Int
  ) throws -> any TransportMap {
    let whole = StepSample(points: pool.points, references: references, logDensities: pool.logDensities)
    let step = ProximalStep(energy: energy, h: h, time: time)
    switch options.method {
    case .features: return try byFeatures(&pool, whole, step, draw)
    case .network: return try byNetwork(&pool, whole, step, draw)
    }
  }

  private func byFeatures(
    _ pool: inout Pool, _ whole: StepSample, _ step: ProximalStep, _ draw: Int
  ) throws -> any TransportMap {
    let features = MapFeatures(
      for: pool.points, bumps: options.bumps, neighbour: options.neighbour, seed: options.seed, step: draw)
    let solver = FeatureStep(step: step, features: features)
    var (train, held) = (whole, whole)
    if options.bumps > 0 {
      var draws = PhiloxSequence(seed: options.seed, stream: RandomPurpose.batches.stream(draw))
      let order = draws.permutation(pool.points.rows)
      train = whole.selecting(Array(order[..<options.particles]))
      held = whole.selecting(Array(order[options.particles..<options.particles * 3 / 2]))
    }
    var map = try solver.solve(train, held: held)
    // What was fitted to a part of the pool may fold space at another; bumps give way until it does not.
    for _ in 0..<40 {
      if try move(&pool, by: map) { return map }
      map = map.damped(by: 0.9)
    }
    throw folds("bumps = \(options.bumps) too many")
  }

  private func byNetwork(
    _ pool: inout Pool, _ whole: StepSample, _ step: ProximalStep, _ draw: Int
  ) throws -> any TransportMap {
    let start = pool.network ?? firstNetwork(pool.points)
    let training = NetworkStep(
      step: step, shape: start.shape, iterations: options.iterations, batch: options.batch, rate: options.rate,
      seed: options.seed, draw: draw)
    let map = try training.solve(whole, from: start)
    pool.network = map
    guard try move(&pool, by: map) else { throw folds("learning_rate = \(options.rate) too large") }
    return map
  }

  /// Nearly the identity. Its unit is that of the base at all steps, so that a step can begin with the network of the
  /// one before.
  private func firstNetwork(_ points: Matrix) -> NetworkMap {
    let shape = ConvexShape(dimension: points.columns, hidden: options.hidden, rank: options.rank)
    let unit = MapFeatures(for: points, bumps: 0, neighbour: 1, seed: options.seed, step: 0)
    return NetworkMap(
      shape, centre: unit.centre, length: unit.length, parameters: shape.initialParameters(seed: options.seed))
  }

  /// Moves the pool, unless space is folded somewhere; says which.
  private func move(_ pool: inout Pool, by map: some TransportMap) throws -> Bool {
    let moved = try map.transport(pool.points)
    guard moved.folded == 0 else { return false }
    pool.points = moved.points
    for i in pool.logDensities.indices { pool.logDensities[i] -= moved.logDeterminants[i] }
    return true
  }

  private func folds(_ other: String) -> EngineError {
    EngineError(
      .convergence, "a step of the flow folds space: step = \(options.step) is too long, or \(other)")
  }

  private func energyOf(_ pool: Pool, time: Double) throws -> Double {
    // All pairs of particles interact: a part of them will do.
    let count = energy.interaction == nil ? pool.points.rows : min(pool.points.rows, 2000)
    let part = Matrix(
      rows: count, columns: pool.points.columns, elements: Array(pool.points.elements[..<(count * pool.points.columns)])
    )
    let landscape = try energy.landscape(of: part, time: time, hessians: false)
    let sum = (0..<count).reduce(0) { $0 + landscape.values[$1] + energy.internalEnergy.value(pool.logDensities[$1]) }
    return sum / Double(count)
  }
}

extension Matrix {
  /// a A + b B, A being this matrix.
  fileprivate func combined(_ a: Double, with other: Matrix, _ b: Double) -> Matrix {
    Matrix(rows: rows, columns: columns, elements: zip(elements, other.elements).map { a * $0 + b * $1 })
  }
}

extension FeatureMap {
  /// The same with smaller coefficients.
  fileprivate func damped(by factor: Double) -> FeatureMap {
    FeatureMap(features, coefficients: coefficients.map { $0 * factor })
  }
}

extension WassersteinFlow {
  /// The flow of an energy from a base density.
  ///
  /// - Throws: `.invalid`, `.shape`, `.nonfinite` where the energy is not finite at particles, `.convergence` where a
  ///   step folds space, `.cancelled`, `.memory`
  package init(
    of energy: FlowEnergy, from base: any BaseDensity, options: FlowOptions, progress: ProgressHandler
  ) throws {
    try options.check()
    for (potential, name) in [(energy.potential, "potential"), (energy.interaction, "interaction")] {
      if let potential, potential.dimension != base.dimension {
        throw EngineError(
          .shape, "\(name) has \(counted(potential.dimension, "coordinate")); the base density has \(base.dimension)")
      }
    }
    self = try FlowFit(energy: energy, options: options).run(from: base, progress: progress)
  }
}
