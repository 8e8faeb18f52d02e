import Energies
import Numerics

/// The JKOnet* objective of a network potential over some of the couplings, with its gradient:
///
///     sum_i weight_i || rho_i grad V(z_i; theta) + shift_i ||^2
///
/// Sums, not means: values and gradients of disjoint sets of couplings add up. The gradient is
/// sum_i d/dtheta (c_i . grad V(z_i; theta)) with c_i = 2 weight_i rho_i (rho_i grad V(z_i) + shift_i) held fixed.
package final class NetworkObjective<Number: KernelNumber> {
  package let shape: NetworkShape
  private let dimension: Int
  private let points: [Number]
  private let shifts: [Number]
  private let times: [Number]
  private let rhos: [Number]
  private let weights: [Number]
  private let pass: NetworkPass<Number>

  /// Couplings evaluated together: the working set of a [64, 64] network in single precision stays in a second-level cache.
  package static var panelLanes: Int { 128 }

  package init(_ couplings: Couplings, shape: NetworkShape) {
    self.shape = shape
    dimension = couplings.dimension
    points = couplings.points.map { Number($0) }
    shifts = couplings.shifts.map { Number($0) }
    times = couplings.times.map { Number($0) }
    rhos = couplings.rhos.map { Number($0) }
    weights = couplings.weights.map { Number($0) }
    pass = NetworkPass(shape: shape, lanes: Self.panelLanes)
  }

  /// Adds `scale` times the objective's gradient over the couplings at `indices` to `gradient`; returns `scale` times the objective.
  package func accumulate(
    _ indices: ArraySlice<Int>, scale: Double, parameters: UnsafePointer<Number>,
    gradient: UnsafeMutablePointer<Number>
  ) -> Double {
    var value = 0.0
    var start = indices.startIndex
    while start < indices.endIndex {
      let end = min(indices.endIndex, start + pass.lanes)
      load(indices[start..<end])
      pass.forward(parameters)
      pass.backward(parameters)
      value += direct(indices[start..<end], Number(scale))
      pass.tangent(parameters)
      pass.adjoint(parameters, intoInput: false)
      pass.accumulateParameterGradient(into: gradient)
      start = end
    }
    return value
  }

  /// Points and times into the panel's columns; those without a coupling keep what they held, and get no weight.
  private func load(_ indices: ArraySlice<Int>) {
    let lanes = pass.lanes
    points.withUnsafeBufferPointer { points in
      for (lane, index) in indices.enumerated() {
        for column in 0..<dimension { pass.input[column * lanes + lane] = points[index * dimension + column] }
      }
    }
    guard shape.timeVarying else { return }
    for (lane, index) in indices.enumerated() { pass.input[dimension * lanes + lane] = times[index] }
  }

  /// Residuals into the panel's directions c_i; returns the objective.
  private func direct(_ indices: ArraySlice<Int>, _ scale: Number) -> Double {
    let lanes = pass.lanes
    if indices.count < lanes { pass.direction.update(repeating: 0, count: dimension * lanes) }
    var value = 0.0
    shifts.withUnsafeBufferPointer { shifts in
      for (lane, index) in indices.enumerated() {
        let (rho, weight) = (rhos[index], scale * weights[index])
        var squares: Number = 0
        for column in 0..<dimension {
          let residual = rho * pass.gradient[column * lanes + lane] + shifts[index * dimension + column]
          squares += residual * residual
          pass.direction[column * lanes + lane] = 2 * weight * rho * residual
        }
        value += Double(weight * squares)
      }
    }
    return value
  }
}
