import KernelInterface
import Numerics

/// Several functions of place and time, each a sum of the same features.
package struct SpaceTimeExpansion: Sendable {
  package let features: SpaceTimeFeatures
  /// Shape (features, functions).
  package let coefficients: Matrix

  package init(features: SpaceTimeFeatures, coefficients: Matrix) {
    (self.features, self.coefficients) = (features, coefficients)
  }

  /// Shape (n, outputs).
  package func values(at points: Matrix, time: Double, outputs: Range<Int>) throws -> Matrix {
    let (n, d, lanes) = (points.rows, features.dimension, SpaceTimeFeatures.lanes)
    let stride = coefficients.columns
    var found = Matrix(rows: n, columns: outputs.count)
    found.elements.withUnsafeMutableBufferPointer { found in
      points.elements.withUnsafeBufferPointer { places in
        coefficients.elements.withUnsafeBufferPointer { coefficients in
          guard let first = found.baseAddress, let place = places.baseAddress, let factors = coefficients.baseAddress
          else { return }
          nonisolated(unsafe) let (out, points, base) = (first, place, factors + outputs.lowerBound)
          Parallel.forRangesHeeding(n, grain: lanes) { range in
            let panel = SpaceTimeFeatures.Panel(features)
            let values = AlignedBuffer<Double>(count: outputs.count * lanes)
            features.fill(panel, points + range.lowerBound * d, count: range.count) { _ in time }
            Double.kernels.panelProduct(
              rows: outputs.count, columns: lanes, depth: features.count, a: base, rowStride: 1, columnStride: stride,
              b: panel.features.base, bias: nil, c: values.base)
            for lane in 0..<range.count {
              for k in 0..<outputs.count {
                out[(range.lowerBound + lane) * outputs.count + k] = values.base[k * lanes + lane]
              }
            }
          }
        }
      }
    }
    try Interruption.check()
    return found
  }
}
