import CSystem
import Numerics

/// Gradient and curvature of a step's objective in the coefficients of a feature map.
///
/// With T = x + l sum_j theta_j g_j and DT = I + sum_j theta_j H_j = L L^T at a particle, its terms are
///
///     gradient   l g_j . ((T - r) / h + grad V(T)) - p tr(L^-1 H_j L^-T)
///     curvature  l^2 g_j . M g_k + p <L^-1 H_j L^-T, L^-1 H_k L^-T> + q tr(L^-1 H_j L^-T) tr(L^-1 H_k L^-T)
///
/// with M = I / h + Hess V(T), and p and q the derivatives of the internal energy by log rho. M's eigenvalues are kept
/// from falling below a tenth of 1/h, so that the curvature is positive also where V is not convex.
package struct StepNewton: Sendable {
  package let gradient: [Double]
  /// Positive semidefinite.
  package let curvature: Matrix

  /// Sums over so many parts of the sample, one after the other, so that bits do not depend on threads.
  private static let parts = 16
  /// Numbers in a panel of features.
  private static let panelSize = 1 << 18

  package init(_ step: ProximalStep, _ features: MapFeatures, _ sample: StepSample, at state: ProximalStep.State) throws
  {
    let (n, d, count) = (sample.points.rows, features.dimension, features.count)
    let landscape = try step.energy.landscape(of: state.images, time: step.time, hessians: true)
    let pairs = d * (d + 1) / 2
    let hasSecond = step.energy.internalEnergy.slopes(0).second > 0
    let rowsEach = d + pairs + (hasSecond ? 1 : 0)
    let grain = max(1, Self.panelSize / (rowsEach * count))
    let sums = try Parallel.map(Self.parts) { part -> (GramSum, [Double]) in
      var gram = GramSum(columns: count)
      var gradient = [Double](repeating: 0, count: count)
      var panel = [Double](repeating: 0, count: rowsEach * count * grain)
      var rows = ParticleRows(features)
      let last = (part + 1) * n / Self.parts
      var first = part * n / Self.parts
      while first < last {
        let next = min(last, first + grain)
        for particle in first..<next {
          rows.compute(sample, state, landscape, step, particle)
          panel.withUnsafeMutableBufferPointer { panel in
            let place = (particle - first) * rowsEach * count
            rows.write(
              to: UnsafeMutableBufferPointer(rebasing: panel[place..<place + rowsEach * count]), gradient: &gradient,
              hasSecond: hasSecond)
          }
        }
        panel.withUnsafeBufferPointer { gram.add($0, rows: (next - first) * rowsEach) }
        try Interruption.check()
        first = next
      }
      return (gram, gradient)
    }
    var (curvature, total) = (Matrix(rows: count, columns: count), [Double](repeating: 0, count: count))
    for (gram, gradient) in sums {
      let part = gram.matrix
      for index in part.elements.indices { curvature.elements[index] += part.elements[index] / Double(n) }
      for index in gradient.indices { total[index] += gradient[index] / Double(n) }
    }
    (self.gradient, self.curvature) = (total, curvature)
  }
}
