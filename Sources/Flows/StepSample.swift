import CSystem
import Numerics

/// Particles that a step is fitted to, or judged by.
package struct StepSample: Sendable {
  /// (n, d): what is moved.
  var points: Matrix
  /// (n, d): what the step stays close to; the points themselves in a JKO step.
  var references: Matrix
  /// log rho at the points.
  var logDensities: [Double]

  package init(points: Matrix, references: Matrix, logDensities: [Double]) {
    (self.points, self.references, self.logDensities) = (points, references, logDensities)
  }

  func selecting(_ rows: [Int]) -> StepSample {
    StepSample(
      points: points.selecting(rows: rows), references: references.selecting(rows: rows),
      logDensities: rows.map { logDensities[$0] })
  }
}

/// One proximal step: minimise the mean of |T(x) - r|^2 / (2 h) plus the energy of T's images.
package struct ProximalStep: Sendable {
  let energy: FlowEnergy
  let h: Double
  /// When the images are there.
  let time: Double

  package init(energy: FlowEnergy, h: Double, time: Double) { (self.energy, self.h, self.time) = (energy, h, time) }

  /// What a map makes of a sample.
  package struct State: Sendable {
    var images: Matrix
    /// L with L L^T = DT at each particle, (n, d, d).
    var factors: [Double]
    /// log rho of the images.
    var logDensities: [Double]
    /// The objective; infinite where the map folds space.
    package var value: Double
  }

  package func state(_ map: some TransportMap, _ sample: StepSample) throws -> State {
    let (n, d) = (sample.points.rows, sample.points.columns)
    let moved = try map.factorised(sample.points)
    var state = State(
      images: moved.images, factors: moved.factors,
      logDensities: zip(sample.logDensities, moved.logDeterminants).map { $0 - $1 }, value: .infinity)
    guard state.logDensities.allSatisfy(\.isFinite) else { return state }
    let landscape = try energy.landscape(of: state.images, time: time, hessians: false)
    var sum = 0.0
    for i in 0..<n {
      var square = 0.0
      for a in i * d..<(i + 1) * d {
        let offset = state.images.elements[a] - sample.references.elements[a]
        square += offset * offset
      }
      sum += square / (2 * h) + landscape.values[i] + energy.internalEnergy.value(state.logDensities[i])
    }
    state.value = sum.isFinite ? sum / Double(n) : .infinity
    return state
  }
}
