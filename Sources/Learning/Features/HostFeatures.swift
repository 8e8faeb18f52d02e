import Energies

/// Features that the host computes, in the user's coordinates.
package final class HostFeatures: Sendable, Equatable {
  /// (row-major points (n, d), n, d, values (n, count) or nil, jacobians (n, count, d) or nil)
  package typealias Evaluation =
    @Sendable (
      UnsafePointer<Double>, _ n: Int, _ d: Int, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?
    ) throws -> Void

  package let count: Int
  package let evaluation: Evaluation

  package init(count: Int, evaluation: @escaping Evaluation) {
    self.count = count
    self.evaluation = evaluation
  }

  package static func == (left: HostFeatures, right: HostFeatures) -> Bool { left === right }

  /// The same features of standardised coordinates z, x = center + length z.
  func standardized(center: [Double], length: Double) -> CallbackFeatures {
    let (count, evaluation) = (count, evaluation)
    return CallbackFeatures(dimension: center.count, count: count) { points, n, values, jacobians in
      let d = center.count
      let moved = (0..<n * d).map { center[$0 % d] + length * points[$0] }
      try moved.withUnsafeBufferPointer { moved in
        if let base = moved.baseAddress { try evaluation(base, n, d, values, jacobians) }
      }
      if let jacobians { for index in 0..<n * count * d { jacobians[index] *= length } }
    }
  }
}
