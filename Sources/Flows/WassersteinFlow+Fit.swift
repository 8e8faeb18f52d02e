import CSystem
import Densities
import Numerics

extension WassersteinFlow {
  /// The flow of an energy from a base density.
  ///
  /// - Throws: `.invalid`, `.shape`, `.nonfinite` where the energy is not finite at particles, `.convergence` where a
  ///   step folds space, `.cancelled`, `.memory`, `.io` and `.format` where there is a checkpoint
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
    let began = monotonicSeconds()
    var course = try FlowCourse(energy, options, base)
    // Copies, because progress is told while the course is being changed.
    var (done, loss) = (course.flow.stepCount, course.flow.energies.last ?? 0)
    func goOn() -> Bool { progress(Progress(.flow, done: done, of: options.steps, loss: loss, since: began)) }
    try Interruption.during("the flow", goOn) {
      while course.flow.stepCount < options.steps {
        try course.advance()
        (done, loss) = (course.flow.stepCount, course.flow.energies.last ?? 0)
        if !goOn() { throw EngineError.cancelled("the flow") }
      }
    }
    self = course.flow
  }
}

/// A flow on its way: what was computed, and where its particles are.
private struct FlowCourse {
  let energy: FlowEnergy
  let options: FlowOptions
  let file: FlowCheckpoint?
  private(set) var flow: WassersteinFlow
  private var pool: FlowPool
  /// How wide the particles were at the start or after the first step, in which a narrow population widens most.
  private var width: Double

  /// So many times as wide no population becomes whose potential has a floor.
  private static let mostGrowth = 1e6

  init(_ energy: FlowEnergy, _ options: FlowOptions, _ base: any BaseDensity) throws {
    (self.energy, self.options) = (energy, options)
    if options.method == .particles { try ParticleStep.check(energy) }
    file = try options.checkpoint.map { try FlowCheckpoint($0, options, base) }
    pool = try FlowPool(base, count: options.poolSize(base.dimension), seed: options.seed)
    width = pool.points.extent
    flow = WassersteinFlow(base: base, maps: [], times: [options.t0], energies: [])
    let first = try energy.value(of: pool.points, pool.logDensities, time: options.t0)
    flow = WassersteinFlow(base: base, maps: [], times: [options.t0], energies: [first])
    guard let kept = try file?.found(startingWith: first) else { return }
    // Maps are written with every bit, so that particles come to be where they were.
    for (k, maps) in kept.maps.enumerated() {
      let start = pool.points
      for map in maps where try !pool.move(by: map) { throw EngineError(.format, "the checkpoint's maps fold space") }
      if k == 0 { width = max(width, pool.points.extent) }
      pool.before = start
      pool.network = (maps.last as? NetworkMap)?.extended(by: 1)
    }
    flow = WassersteinFlow(base: base, maps: kept.maps, times: kept.times, energies: kept.energies)
  }

  mutating func advance() throws {
    let k = flow.stepCount
    let (now, next) = (flow.times[k], options.t0 + Double(k + 1) * options.step)
    var (maps, mixtures) = (flow.maps, flow.mixtures)
    if options.method == .particles {
      let step = ParticleStep(energy: energy, options: options)
      mixtures.append(try step.advance(&pool, k, from: now, to: next))
    } else {
      maps.append(try FlowFit(energy: energy, options: options).advance(&pool, k, from: now, to: next))
    }
    if k == 0 { width = max(width, pool.points.extent) }
    guard pool.points.extent <= Self.mostGrowth * width else {
      throw EngineError(
        .convergence,
        "in step \(k + 1) the population is a million times as wide as after the first: V falls without "
          + "bound, or step = \(options.step) is too long")
    }
    let value = try energy.value(of: pool.points, pool.logDensities, time: next)
    flow = WassersteinFlow(
      base: flow.base, maps: maps, mixtures: mixtures, times: flow.times + [next], energies: flow.energies + [value])
    try file?.write(flow)
  }
}

extension Matrix {
  /// The largest distance from the first row in any coordinate.
  fileprivate var extent: Double {
    guard rows > 1 else { return 1 }
    return elements.indices.reduce(0) { max($0, abs(elements[$1] - elements[$1 % columns])) }
  }
}

extension FlowEnergy {
  /// The energy of particles whose log-densities are known.
  func value(of points: Matrix, _ logDensities: [Double], time: Double) throws -> Double {
    // All pairs of particles interact: a part of them will do.
    let count = interaction == nil ? points.rows : min(points.rows, 2000)
    let part = Matrix(
      rows: count, columns: points.columns, elements: Array(points.elements[..<(count * points.columns)]))
    let landscape = try landscape(of: part, time: time, hessians: false)
    let sum = (0..<count).reduce(0) { $0 + landscape.values[$1] + internalEnergy.value(logDensities[$1]) }
    return sum / Double(count)
  }
}
