import Dynamics
import Energies
import Numerics

/// A benchmark energy of the literature, with its exact gradient; docs/functionals.md has the formulas.
public struct Benchmark: Sendable, Equatable {
  let functional: Functional

  /// - Parameter name: such as "styblinski_tang"
  /// - Throws: `.invalidArgument` for a name that is not in `names`
  public init(_ name: String) throws(JKOError) { functional = try engine { try Functional.named(name) } }

  /// The names of all benchmark energies.
  public static let names = Functional.allCases.map(\.rawValue)

  /// Values at n points.
  ///
  /// - Throws: `.invalidArgument` where the points have too few coordinates
  public func values(at points: Points) throws(JKOError) -> [Double] {
    try engine { try functional.check(dimension: points.dimension) }
    return (0..<points.count).map { row in points[row].withUnsafeBufferPointer { functional.value($0) } }
  }

  /// Gradients at n points: shape (n, d).
  ///
  /// - Throws: `.invalidArgument` where the points have too few coordinates
  public func gradient(at points: Points) throws(JKOError) -> Points {
    try engine { try functional.check(dimension: points.dimension) }
    var gradients = [Double](repeating: 0, count: points.elements.count)
    points.elements.withUnsafeBufferPointer { elements in
      gradients.withUnsafeMutableBufferPointer {
        functional.gradients(elements, dimension: points.dimension, into: $0)
      }
    }
    return Points(Matrix(rows: points.count, columns: points.dimension, elements: gradients))
  }
}

/// Simulates particles that descend an energy, by Euler-Maruyama steps of weak order 1:
///
///     x_i <- x_i - dt grad V(x_i, t) - dt / n sum_j grad U(x_i - x_j) + sqrt(2 beta dt) xi
///
/// - Parameters:
///   - start: shape (n, d)
///   - potential: grad V at points, row by row, and at a time
///   - interaction: grad U at differences of particles, row by row, and at a time
///   - beta: the diffusion level, in squared length per time, at least 0
///   - dt: the length of a step, positive
///   - steps: how many, at least 0
///   - seed: of the noise
/// - Returns: the populations at times 0, dt, 2 dt, .., steps dt
/// - Throws: `.notFinite` where a particle leaves the range of numbers; `.invalidArgument`, `.shape`
public func simulate(
  from start: Points, potential: ((Points, Double) -> Points)? = nil,
  interaction: ((Points, Double) -> Points)? = nil, beta: Double = 0, dt: Double, steps: Int, seed: UInt64 = 0
) throws(JKOError) -> [Points] {
  try start.requireFinite("start")
  try requirePositive(dt, "dt")
  try require(steps, in: 0...Int(Int32.max), "steps")
  guard beta >= 0, beta.isFinite else {
    throw JKOError(.invalidArgument, "beta = \(beta) is not a finite number of at least 0")
  }
  return try engine {
    let simulation = Simulation(
      potential: potential.map { source("potential", $0, start.dimension) },
      interaction: interaction.map { source("interaction", $0, start.dimension) }, beta: beta, dt: dt, t0: 0,
      steps: steps, seed: seed)
    return try simulation.run(from: start.matrix) { _ in true }.map(Points.init)
  }
}

/// The engine's source of a gradient for a closure. Shapes are checked, because the closure is not ours.
private func source(
  _ name: String, _ gradient: @escaping (Points, Double) -> Points, _ dimension: Int
) -> Simulation.Source {
  .callback { points, time, out in
    let rows = points.count / dimension
    let result = gradient(Points(Matrix(rows: rows, columns: dimension, elements: Array(points))), time)
    guard result.count == rows, result.dimension == dimension else {
      throw EngineError(
        .shape, "\(name) returned shape (\(result.count), \(result.dimension)) for (\(rows), \(dimension))")
    }
    for (index, value) in result.elements.enumerated() { out[index] = value }
  }
}
