import Energies
import Numerics

/// V or U that the host computes, with its gradient, on the thread that called the library.
///
/// A callback cannot throw through the evaluation of a potential. What it throws is kept, results are NaN from then on,
/// and `FlowEnergy` throws it.
package final class HostPotential: DifferencedPotential, Interaction, @unchecked Sendable {
  /// (row-major points (n, d), time, values (n), gradients (n, d))
  package typealias Evaluation =
    (
      UnsafeBufferPointer<Double>, _ time: Double, UnsafeMutableBufferPointer<Double>,
      UnsafeMutableBufferPointer<Double>
    ) throws -> Void

  package let dimension: Int
  let step: Double
  private let evaluation: Evaluation
  /// Written and read on the host's thread only.
  private(set) var failure: (any Error)?

  /// - Parameter length: over which a population extends
  package init(dimension: Int, length: Double, _ evaluation: @escaping Evaluation) {
    (self.dimension, step, self.evaluation) = (dimension, 1e-4 * length, evaluation)
  }

  package var callsHost: Bool { true }

  package func valuesAndGradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>,
    gradients: UnsafeMutableBufferPointer<Double>
  ) {
    do {
      guard failure == nil else { throw EngineError(.cancelled, "the energy failed before") }
      try evaluation(points, time, values, gradients)
    } catch {
      failure = failure ?? error
      values.update(repeating: .nan)
      gradients.update(repeating: .nan)
    }
  }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: points.count) {
      valuesAndGradients(points, time: time, values: values, gradients: $0)
    }
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: points.count / dimension) {
      valuesAndGradients(points, time: time, values: $0, gradients: gradients)
    }
  }
}
