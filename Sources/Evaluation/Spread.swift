import Energies
import Numerics

extension Population {
  /// The unbiased trace of the covariance, sum_i w_i |x_i - mean|^2 / (1 - sum_i w_i^2), in squared length; NaN where
  /// all mass is on one particle.
  var spread: Double {
    let mass = pairMass
    guard mass > 0 else { return .nan }
    var mean = [Double](repeating: 0, count: points.columns)
    for (row, weight) in weights.enumerated() {
      for column in mean.indices { mean[column] += weight * points[row, column] }
    }
    var sum = 0.0
    for (row, weight) in weights.enumerated() {
      for column in mean.indices {
        let offset = points[row, column] - mean[column]
        sum += weight * offset * offset
      }
    }
    return sum / mass
  }
}

/// The trace of the covariance of a prediction over that of what was observed: 1 where the spread is right, below 1
/// for predictions that are too narrow. NaN where either has no spread to speak of: a single particle, or an observed
/// population at one point.
package func varianceRatio(_ predicted: Population, _ observed: Population) -> Double {
  let (spread, truth) = (predicted.spread, observed.spread)
  guard truth > 0 else { return .nan }
  return spread / truth
}
