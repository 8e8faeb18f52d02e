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
    let grain = 256
    let parts = try Parallel.map((n + grain - 1) / grain) { piece -> ([Double], [Double], [Double]) in
      let rows = piece * grain..<min(n, (piece + 1) * grain)
      var images = [Double](repeating: 0, count: rows.count * d)
      var factors = [Double](repeating: 0, count: rows.count * d * d)
      sample.points.elements[rows.lowerBound * d..<rows.upperBound * d].withUnsafeBufferPointer { points in
        images.withUnsafeMutableBufferPointer { images in
          factors.withUnsafeMutableBufferPointer { map.evaluate(points, images: images, jacobians: $0) }
        }
      }
      let logarithms = factors.withUnsafeMutableBufferPointer { all in
        rows.indices.map { row in
          let place = row - rows.lowerBound
          let own = UnsafeMutableBufferPointer(rebasing: all[place * d * d..<(place + 1) * d * d])
          return sample.logDensities[row] - logDeterminant(replacing: own, d)
        }
      }
      return (images, factors, logarithms)
    }
    var state = State(
      images: Matrix(rows: n, columns: d, elements: parts.flatMap(\.0)), factors: parts.flatMap(\.1),
      logDensities: parts.flatMap(\.2), value: .infinity)
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
