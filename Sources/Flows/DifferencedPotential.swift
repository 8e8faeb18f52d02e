import Energies
import Numerics

/// A potential of which only values and gradients are known. Its Hessians are central differences of gradients: right
/// to the square of the step, which is enough where they only shape a Newton step.
protocol DifferencedPotential: Potential {
  /// In length; about a thousandth of that over which the potential changes.
  var step: Double { get }
}

extension DifferencedPotential {
  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    var steps = [Double](repeating: 0, count: points.count / d)
    for particle in steps.indices {
      let square = (0..<d).reduce(0) { $0 + directions[particle * d + $1] * directions[particle * d + $1] }
      steps[particle] = square > 0 ? step / square.squareRoot() : 0
    }
    var moved = [Double](repeating: 0, count: points.count)
    var (ahead, behind) = (moved, moved)
    for index in moved.indices { moved[index] = points[index] + steps[index / d] * directions[index] }
    moved.withUnsafeBufferPointer { moved in
      ahead.withUnsafeMutableBufferPointer { gradients(moved, time: time, into: $0) }
    }
    for index in moved.indices { moved[index] = points[index] - steps[index / d] * directions[index] }
    moved.withUnsafeBufferPointer { moved in
      behind.withUnsafeMutableBufferPointer { gradients(moved, time: time, into: $0) }
    }
    for index in moved.indices {
      let size = steps[index / d]
      products[index] = size > 0 ? (ahead[index] - behind[index]) / (2 * size) : 0
    }
  }
}

/// A functional of the literature as a potential.
package struct FunctionalPotential: DifferencedPotential, Interaction {
  package let functional: Functional
  package let dimension: Int
  let step: Double

  /// - Parameter length: over which a population extends
  package init(_ functional: Functional, dimension: Int, length: Double) {
    (self.functional, self.dimension, step) = (functional, dimension, 1e-4 * length)
  }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    for particle in values.indices {
      values[particle] = functional.value(
        UnsafeBufferPointer(rebasing: points[particle * dimension..<(particle + 1) * dimension]))
    }
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    functional.gradients(points, dimension: dimension, into: gradients)
  }
}
