import Numerics

/// The ridge regression of velocities on gradients of one function psi of place and time.
///
/// With the phases p_k = w_k . x + omega_k t of the features, psi is a sum of cos p_k, sin p_k and the coordinates, and
/// its gradient, a sum of -w_k sin p_k, w_k cos p_k and the unit vectors, is linear in the same features. All sums that
/// the regression needs are therefore among those of the free field.
struct GradientRegression {
  /// Shape (features, d), of the field grad psi.
  let coefficients: Matrix

  /// - Parameters:
  ///   - matrix: sum_i m_i phi_i phi_i^T over the features phi
  ///   - right: sum_i m_i phi_i v_i^T in its first d columns
  init(_ features: SpaceTimeFeatures, ridge: Double, _ matrix: Matrix, _ right: Matrix) throws {
    let (waves, d, frequencies) = (features.waves, features.dimension, features.frequencies)
    let unknowns = 2 * waves + d
    /// The feature in the gradient of unknown k, whose factor is that times w: cos becomes sin, and sin cos.
    func derivative(_ k: Int) -> (feature: Int, sign: Double) {
      k < waves ? (feature: waves + k, sign: -1) : (feature: k - waves, sign: 1)
    }
    func frequency(_ k: Int, _ axis: Int) -> Double { frequencies[k % waves, axis] }
    let constant = 2 * waves
    var products = Matrix(rows: waves, columns: waves)
    for k in 0..<waves {
      for j in 0...k {
        let product = (0..<d).reduce(0) { $0 + frequencies[k, $1] * frequencies[j, $1] }
        (products[k, j], products[j, k]) = (product, product)
      }
    }
    var normal = Matrix(rows: unknowns, columns: unknowns)
    var shifts = Matrix(rows: unknowns, columns: 1)
    let ridges = features.ridges(ridge)
    for k in 0..<2 * waves {
      let own = derivative(k)
      for j in 0...k {
        let other = derivative(j)
        normal[k, j] =
          own.sign * other.sign * products[k % waves, j % waves] * matrix[own.feature, other.feature]
      }
      for axis in 0..<d {
        normal[2 * waves + axis, k] = own.sign * frequency(k, axis) * matrix[own.feature, constant]
        shifts[k, 0] += own.sign * frequency(k, axis) * right[own.feature, axis]
      }
    }
    for axis in 0..<d {
      normal[2 * waves + axis, 2 * waves + axis] = matrix[constant, constant]
      shifts[2 * waves + axis, 0] = right[constant, axis]
    }
    for row in 0..<unknowns {
      for column in 0..<row { normal[column, row] = normal[row, column] }
      normal[row, row] += ridges[min(row, constant)]
    }
    let found = try SymmetricSolver(normal).solve(shifts)
    var coefficients = Matrix(rows: features.count, columns: d)
    for axis in 0..<d {
      for k in 0..<2 * waves {
        let own = derivative(k)
        coefficients[own.feature, axis] = own.sign * frequency(k, axis) * found[k, 0]
      }
      coefficients[constant, axis] = found[2 * waves + axis, 0]
    }
    self.coefficients = coefficients
  }
}
