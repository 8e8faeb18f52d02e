import Numerics

/// Which entropic problem is solved, and how well.
package struct EntropicOptions: Sendable, Equatable {
  /// Weight of the entropy, in units of cost; nil for a twentieth of the mean cost, or a tenth of a smaller relaxation
  /// (`EntropicProblem.defaultEpsilon`).
  package var epsilon: Double?
  /// Largest marginal error of a converged plan.
  package var tolerance: Double
  /// One iteration updates both potentials.
  package var maxIterations: Int
  /// rho_x and rho_y, the relaxations of the marginals, in units of cost. Where one is infinite its marginal holds;
  /// `usualRelaxation` is chosen by the populations.
  package var relaxationX: Double
  package var relaxationY: Double

  package init(
    epsilon: Double? = nil, tolerance: Double = 1e-6, maxIterations: Int = 10_000, relaxationX: Double = .infinity,
    relaxationY: Double = .infinity
  ) {
    self.epsilon = epsilon
    self.tolerance = tolerance
    self.maxIterations = maxIterations
    self.relaxationX = relaxationX
    self.relaxationY = relaxationY
  }

  /// Stands for twice the mean cost of the exact plan.
  package static let usualRelaxation = 0.0

  package static let iterationCounts = 1...1_000_000_000

  /// Whether both marginals hold.
  package var isBalanced: Bool { relaxationX == .infinity && relaxationY == .infinity }

  /// - Throws: `.invalid` for a number out of its range.
  package func validate() throws {
    if let epsilon {
      guard epsilon > 0, epsilon.isFinite else {
        throw EngineError(.invalid, "epsilon = \(epsilon) is not a positive number")
      }
    }
    guard tolerance > 0, tolerance < 1 else {
      throw EngineError(.invalid, "tolerance = \(tolerance) is not between 0 and 1")
    }
    guard Self.iterationCounts.contains(maxIterations) else {
      throw EngineError(
        .invalid, "max_iterations = \(maxIterations) is not between 1 and \(Self.iterationCounts.upperBound)")
    }
    for (name, value) in [("relaxation_x", relaxationX), ("relaxation_y", relaxationY)] {
      guard value >= 0 else { throw EngineError(.invalid, "\(name) = \(value) is not a relaxation, 0 or more") }
    }
  }
}
