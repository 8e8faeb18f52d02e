import Energies
import KernelInterface
import Numerics

/// A velocity and a growth rate that are linear in features of place and time, fitted by ridge regression.
package struct LearnedField: VelocityField {
  /// Velocities, then the growth rate.
  package let expansion: SpaceTimeExpansion

  /// Velocities and growth rates at places and times, and how much each counts.
  package struct Samples {
    /// Row-major, shape (n, d).
    package var places: [Double] = []
    /// Row-major, shape (n, d + 1): velocities, then the growth rate.
    package var rates: [Double] = []
    package var times: [Double] = []
    /// Of sum 1 in all.
    package var masses: [Double] = []

    package init() {}
  }

  /// Minimises sum_i m_i |v(x_i, t_i) - v_i|^2 + ridge |v|^2, with the norm of the features' Gaussian process, and
  /// likewise for the growth rate.
  ///
  /// - Parameter fit: its rounds are not used.
  package init(_ features: SpaceTimeFeatures, _ fit: FieldFit, to samples: Samples) throws {
    let sums = try FieldSums(features, samples)
    var matrix = sums.matrix
    for (index, ridge) in features.ridges(fit.ridge).enumerated() { matrix[index, index] += ridge }
    guard matrix.elements.allSatisfy(\.isFinite), sums.right.elements.allSatisfy(\.isFinite) else {
      throw EngineError(.convergence, "velocities between the snapshots left the range of numbers")
    }
    var coefficients = try SymmetricSolver(matrix).solve(sums.right)
    if fit.isGradient {
      let gradient = try GradientRegression(features, ridge: fit.ridge, sums.matrix, sums.right).coefficients
      for row in 0..<features.count {
        for k in 0..<features.dimension { coefficients[row, k] = gradient[row, k] }
      }
    }
    expansion = SpaceTimeExpansion(features: features, coefficients: coefficients)
  }

  package func velocities(of population: Population, at time: Double) throws -> Matrix {
    try expansion.values(at: population.points, time: time, outputs: 0..<expansion.features.dimension)
  }
}

/// The normal equations of a field: sum_i m_i phi_i phi_i^T and sum_i m_i phi_i r_i^T, r being velocities and rates.
private struct FieldSums {
  let matrix: Matrix
  let right: Matrix

  /// Rows of the matrix that a thread works on at a time.
  private static let rowsPerPiece = 64

  init(_ features: SpaceTimeFeatures, _ samples: LearnedField.Samples) throws {
    let (count, d, lanes) = (features.count, features.dimension, SpaceTimeFeatures.lanes)
    let outputs = d + 1
    let panel = SpaceTimeFeatures.Panel(features)
    let targets = AlignedBuffer<Double>(count: outputs * lanes)
    let (sums, rights) = (AlignedBuffer<Double>(count: count * count), AlignedBuffer<Double>(count: count * outputs))
    sums.zero()
    rights.zero()
    let pieces = (count + Self.rowsPerPiece - 1) / Self.rowsPerPiece
    for start in stride(from: 0, to: samples.times.count, by: lanes) {
      try Interruption.check()
      let n = min(lanes, samples.times.count - start)
      samples.places.withUnsafeBufferPointer { places in
        guard let places = places.baseAddress else { return }
        features.fill(panel, places + start * d, count: n) { samples.times[start + $0] }
      }
      let roots = (0..<lanes).map { $0 < n ? samples.masses[start + $0].squareRoot() : 0 }
      for row in 0..<count { for lane in 0..<lanes { panel.features.base[row * lanes + lane] *= roots[lane] } }
      for k in 0..<outputs {
        for lane in 0..<lanes {
          targets.base[k * lanes + lane] = lane < n ? roots[lane] * samples.rates[(start + lane) * outputs + k] : 0
        }
      }
      nonisolated(unsafe) let (own, targets, sums, rights) = (
        panel.features.base, targets.base, sums.base, rights.base
      )
      Parallel.forEachHeeding(pieces) { place in
        // The last rows have the most columns and go first, so that threads end at about the same time.
        let first = (pieces - 1 - place) * Self.rowsPerPiece
        let rows = min(Self.rowsPerPiece, count - first)
        Double.kernels.outerProduct(
          rows: rows, columns: first + rows, lanes: lanes, a: own + first * lanes, b: own, c: sums + first * count,
          stride: count)
        Double.kernels.outerProduct(
          rows: rows, columns: outputs, lanes: lanes, a: own + first * lanes, b: targets, c: rights + first * outputs,
          stride: outputs)
      }
    }
    try Interruption.check()
    var matrix = Matrix(rows: count, columns: count)
    for row in 0..<count {
      for column in 0...row {
        matrix[row, column] = sums.base[row * count + column]
        matrix[column, row] = matrix[row, column]
      }
    }
    self.matrix = matrix
    right = Matrix(rows: count, columns: outputs, elements: (0..<count * outputs).map { rights.base[$0] })
  }
}
