import CSystem
import Energies
import Numerics

/// The energy whose flow is computed: J(mu) = int V dmu + 1/2 int int U(x - y) dmu dmu + internal energy.
package struct FlowEnergy: Sendable {
  /// The part that depends on the density rho alone.
  package enum Internal: Sendable, Equatable {
    /// beta int rho log rho: diffusion.
    case entropy(beta: Double)
    /// beta / (m - 1) int rho^m: the porous medium, m > 1.
    case power(beta: Double, exponent: Double)

    /// The energy per particle where log rho is `l`.
    func value(_ l: Double) -> Double {
      switch self {
      case .entropy(let beta): beta * l
      case .power(let beta, let m): beta / (m - 1) * exp((m - 1) * l)
      }
    }

    /// Its first derivative by l, and the second.
    func slopes(_ l: Double) -> (first: Double, second: Double) {
      switch self {
      case .entropy(let beta): return (beta, 0)
      case .power(let beta, let m):
        let q = beta * exp((m - 1) * l)
        return (q, (m - 1) * q)
      }
    }
  }

  package var potential: (any Potential)?
  package var interaction: (any Interaction)?
  package var internalEnergy: Internal

  package init(
    potential: (any Potential)? = nil, interaction: (any Interaction)? = nil, internalEnergy: Internal
  ) {
    (self.potential, self.interaction, self.internalEnergy) = (potential, interaction, internalEnergy)
  }

  /// V + W/2 at each particle of a population, and the derivatives of V + W, with W the mean of U over the population:
  /// together they are the energy and its first variation.
  struct Landscape: Sendable {
    var values: [Double]
    /// (n, d)
    var gradients: [Double]
    /// (n, d, d), of V + W with the population at rest; empty where not wanted.
    var hessians: [Double]
  }

  func landscape(of points: Matrix, time: Double, hessians wanted: Bool) throws -> Landscape {
    let (n, d) = (points.rows, points.columns)
    var sum = Landscape(
      values: [Double](repeating: 0, count: n), gradients: [Double](repeating: 0, count: n * d),
      hessians: [Double](repeating: 0, count: wanted ? n * d * d : 0))
    if let potential { try Self.add(potential, points, time, values: 1, to: &sum) }
    if let interaction {
      let field = interaction.field(of: Population(points: points))
      try Self.add(field, points, time, values: 0.5, to: &sum)
    }
    for term in [potential, interaction] {
      if let failure = (term as? HostPotential)?.failure { throw failure }
    }
    return sum
  }

  private static func add(
    _ potential: any Potential, _ points: Matrix, _ time: Double, values share: Double, to sum: inout Landscape
  ) throws {
    let (n, d, grain) = (points.rows, points.columns, 256)
    let wanted = !sum.hessians.isEmpty
    let parts = try Parallel.map((n + grain - 1) / grain, spreads: !potential.callsHost) { piece -> Landscape in
      let rows = piece * grain..<min(n, (piece + 1) * grain)
      var part = Landscape(
        values: [Double](repeating: 0, count: rows.count), gradients: [Double](repeating: 0, count: rows.count * d),
        hessians: [Double](repeating: 0, count: wanted ? rows.count * d * d : 0))
      points.elements[rows.lowerBound * d..<rows.upperBound * d].withUnsafeBufferPointer { points in
        part.values.withUnsafeMutableBufferPointer { values in
          part.gradients.withUnsafeMutableBufferPointer {
            potential.valuesAndGradients(points, time: time, values: values, gradients: $0)
          }
        }
        if wanted { part.hessians.withUnsafeMutableBufferPointer { potential.hessians(points, time: time, into: $0) } }
      }
      return part
    }
    var (particle, coordinate, entry) = (0, 0, 0)
    for part in parts {
      for value in part.values {
        sum.values[particle] += share * value
        particle += 1
      }
      for value in part.gradients {
        sum.gradients[coordinate] += value
        coordinate += 1
      }
      for value in part.hessians {
        sum.hessians[entry] += value
        entry += 1
      }
    }
    try Interruption.check()
  }
}
