import CSystem
import Densities
import Energies
import Flows
import Numerics

/// V(x) = sum_a k_a (x_a - c_a)^2 / 2.
struct Quadratic: Potential {
  let stiffness, centre: [Double]

  var dimension: Int { stiffness.count }

  func values(_ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>) {
    for i in values.indices {
      values[i] = (0..<dimension).reduce(0) { sum, a in
        let offset = points[i * dimension + a] - centre[a]
        return sum + stiffness[a] * offset * offset / 2
      }
    }
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    for i in gradients.indices {
      gradients[i] = stiffness[i % dimension] * (points[i] - centre[i % dimension])
    }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    for i in products.indices { products[i] = stiffness[i % dimension] * directions[i] }
  }
}

/// -log of a mixture: its flow with beta = 1 ends in the mixture.
struct MixtureEnergy: Potential {
  let mixture: GaussianMixture

  var dimension: Int { mixture.dimension }

  func values(_ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>) {
    mixture.logDensities(points, into: values)
    for i in values.indices { values[i] = -values[i] }
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    mixture.scores(points, into: gradients)
    for i in gradients.indices { gradients[i] = -gradients[i] }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    let step = 1e-5
    var moved = Array(points)
    var (ahead, behind) = (moved, moved)
    for i in moved.indices { moved[i] = points[i] + step * directions[i] }
    moved.withUnsafeBufferPointer { moved in
      ahead.withUnsafeMutableBufferPointer { gradients(moved, time: time, into: $0) }
    }
    for i in moved.indices { moved[i] = points[i] - step * directions[i] }
    moved.withUnsafeBufferPointer { moved in
      behind.withUnsafeMutableBufferPointer { gradients(moved, time: time, into: $0) }
    }
    for i in moved.indices { products[i] = (ahead[i] - behind[i]) / (2 * step) }
  }
}

func gaussian(_ means: [Double], variances: [Double]) throws -> GaussianMixture {
  let d = means.count
  let covariance = (0..<d * d).map { $0 % (d + 1) == 0 ? variances[$0 / d] : 0 }
  return try GaussianMixture(
    weights: [1], means: Matrix(rows: 1, columns: d, elements: means), covariances: covariance, kind: .full)
}

/// The mean of a function over the rows of a population.
func mean(_ points: Matrix, _ column: Int) -> Double {
  (0..<points.rows).reduce(0) { $0 + points[$1, column] / Double(points.rows) }
}

func flow(
  _ energy: FlowEnergy, from base: any BaseDensity, _ change: (inout FlowOptions) -> Void = { _ in }
) throws -> WassersteinFlow {
  var options = FlowOptions()
  change(&options)
  return try WassersteinFlow(of: energy, from: base, options: options) { _ in true }
}
