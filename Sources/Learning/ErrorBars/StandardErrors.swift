import Energies
import Numerics

/// Standard errors of an energy anywhere, in the user's units: of a linear one from the covariance of its coefficients,
/// of one with networks from its ensemble.
///
/// They tell how the fit would differ had other particles been drawn from the same populations. Two errors are not part
/// of them: what plans between samples of n particles are off by on average, n^(-2/d) for d > 2 (Fournier and Guillin
/// 2015; Hutter and Rigollet 2021), and what a step tau is off by.
extension FittedModel {
  /// Of V(x, t) - V(centre, t), because V is known up to a constant; the centre is that of the fitted data.
  package func potentialErrors(_ points: Matrix, times: Times) throws -> [Double] {
    if let ensemble { return try ensemble.potentialErrors(self, points, times: times) }
    let (covariance, basis) = try errorBars(.potential)
    return try gathered(points, times, width: 1) { points, time in
      try valueErrors(points, basis, covariance, center: standardization.center, standardization.time(time))
    }
  }

  /// Of grad V(x, t), shape (n, d).
  package func potentialGradientErrors(_ points: Matrix, times: Times) throws -> [Double] {
    if let ensemble { return try ensemble.potentialGradientErrors(self, points, times: times) }
    let (covariance, basis) = try errorBars(.potential)
    return try gathered(points, times, width: dimension) { points, time in
      try gradientErrors(points, basis, covariance, center: standardization.center, standardization.time(time))
    }
  }

  /// Of U(x) - U(0) at differences x.
  package func interactionErrors(_ differences: Matrix) throws -> [Double] {
    if let ensemble { return try ensemble.interactionErrors(self, differences) }
    let (covariance, basis) = try errorBars(.interaction)
    return try valueErrors(differences, basis, covariance, center: origin, 0)
  }

  /// Of grad U(x), shape (n, d).
  package func interactionGradientErrors(_ differences: Matrix) throws -> [Double] {
    if let ensemble { return try ensemble.interactionGradientErrors(self, differences) }
    let (covariance, basis) = try errorBars(.interaction)
    return try gradientErrors(differences, basis, covariance, center: origin, 0)
  }

  package func betaError() throws -> Double {
    guard learned.beta != nil else { throw EngineError(.invalid, "model has no internal energy") }
    if let ensemble { return try ensemble.betaError(self) }
    let covariance = try self.covariance()
    let last = covariance.rows - 1
    return energyUnit * max(0, covariance[last, last]).squareRoot()
  }

  /// Of all coefficients, in standardised coordinates, shape (F, F).
  package func covariance() throws -> Matrix {
    guard ensemble == nil else {
      throw EngineError(.invalid, "model has networks; covariances are those of the coefficients of closed forms")
    }
    guard let covariance = linear?.covariance else {
      throw EngineError(
        .invalid,
        "model has no error bars; they come from a fit to all particles at once with error bars by influence (linear models) or bootstrap (any), not from sums over transitions"
      )
    }
    return covariance
  }

  /// Errors of the points of one time after the other, in the order of the points.
  private func gathered(
    _ points: Matrix, _ times: Times, width: Int, _ errors: (Matrix, _ time: Double) throws -> [Double]
  ) throws -> [Double] {
    switch times {
    case .one(let time): return try errors(points, time)
    case .each(let times):
      return try points.elements.withUnsafeBufferPointer {
        try TimeGroups(times).gather($0, width: width) { rows, own, time in
          try errors(Matrix(rows: rows.count, columns: points.columns, elements: own), time)
        }
      }
    }
  }

  private var origin: [Double] { [Double](repeating: 0, count: dimension) }

  /// The covariance of a term's coefficients, and its features.
  private func errorBars(_ term: EnergyBasis.Term) throws -> (Matrix, FeatureBasis) {
    let covariance = try self.covariance()
    guard let basis = linear?.equations.basis,
      let features = term == .potential ? basis.potential : basis.interaction
    else { throw EngineError(.invalid, "model has no \(term.rawValue)") }
    let range = Array(basis.range(of: term))
    let block = range.flatMap { row in range.map { covariance[row, $0] } }
    return (Matrix(rows: range.count, columns: range.count, elements: block), features)
  }

  private func valueErrors(
    _ points: Matrix, _ basis: FeatureBasis, _ covariance: Matrix, center: [Double], _ time: Double
  ) throws -> [Double] {
    // The centre itself is one point more. Its features are subtracted from those of the others.
    let n = points.rows
    var features = try evaluate(
      standardized(points.elements + center, center), basis, width: 1, time, basis.values)
    for feature in 0..<features.rows {
      let atCenter = features[feature, n]
      for point in 0..<n { features[feature, point] -= atCenter }
    }
    return try errors(features, covariance).dropLast().map { energyUnit * $0 }
  }

  private func gradientErrors(
    _ points: Matrix, _ basis: FeatureBasis, _ covariance: Matrix, center: [Double], _ time: Double
  ) throws -> [Double] {
    let jacobians = try evaluate(
      standardized(points.elements, center), basis, width: dimension, time, basis.jacobians)
    return try errors(jacobians, covariance).map { energyUnit / standardization.length * $0 }
  }

  private func standardized(_ points: [Double], _ center: [Double]) -> [Double] {
    points.indices.map { (points[$0] - center[$0 % dimension]) / standardization.length }
  }

  private typealias FeatureEvaluation = (UnsafeBufferPointer<Double>, UnsafeMutablePointer<Double>, Int) throws -> Void

  /// Features of all powers of time, one row each.
  private func evaluate(
    _ points: [Double], _ basis: FeatureBasis, width: Int, _ time: Double, _ evaluation: FeatureEvaluation
  ) throws -> Matrix {
    let columns = points.count / dimension * width
    try requireMemory(3, basis.count, columns, of: Double.self, for: "\(basis.count) features of all points")
    var features = Matrix(rows: basis.count, columns: columns)
    try points.withUnsafeBufferPointer { points in
      try features.elements.withUnsafeMutableBufferPointer { features in
        guard let base = features.baseAddress else { return }
        try evaluation(points, base, columns)
        basis.fillPowers(of: time, base, stride: columns, columns: columns)
      }
    }
    try Interruption.check()
    return features
  }

  /// sqrt(g^T covariance g) of each column g.
  private func errors(_ features: Matrix, _ covariance: Matrix) throws -> [Double] {
    let product = try covariance.times(features)
    return (0..<features.columns).map { column in
      var sum = 0.0
      for row in 0..<features.rows { sum += features[row, column] * product[row, column] }
      return max(0, sum).squareRoot()
    }
  }
}
