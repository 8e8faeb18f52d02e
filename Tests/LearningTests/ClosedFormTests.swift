import CSystem
import Energies
import Learning
import Numerics
import OracleSupport
import TestSupport
import Testing

/// The couplings of one case of Tests/Oracles/linear.txt and their features.
private struct FitCase {
  let couplings: Couplings
  let basis: FeatureBasis
  let oracle: OracleFile

  init(_ name: String) throws {
    let file = try OracleFile("linear")
    oracle = file
    let d = Int(try file["\(name)_dimension"].scalar)
    let centers = try file["\(name)_centres"]
    basis = FeatureBasis(
      monomials: Monomials(dimension: d, degree: Int(try file["\(name)_polynomial_degree"].scalar), limit: 3000),
      bumps: RadialFunctions(
        .gaussian,
        centers: Matrix(rows: centers.shape[0], columns: d, elements: centers.values),
        width: try file["\(name)_width"].scalar),
      timeDegree: Int(try file["\(name)_time_degree"].scalar))
    couplings = Couplings(
      dimension: d, points: try file["\(name)_fit_points"].values, shifts: try file["\(name)_fit_delta"].values,
      times: try file["\(name)_fit_times"].values, rhos: try file["\(name)_fit_rho"].values,
      weights: try file["\(name)_fit_weights"].values, standardization: .none(d))
  }
}

/// The normal equations of couplings that are given as they stand, each its own site; times and rhos may differ from
/// one to the next.
private func normalEquations(_ couplings: Couplings, basis: FeatureBasis) throws -> NormalEquations {
  let d = couplings.dimension
  let terms = EnergyBasis(dimension: d, potential: basis, interaction: nil, hasInternal: false)
  let transitions = (0..<couplings.count).map { index in
    let range = index * d..<(index + 1) * d
    let site = Matrix(rows: 1, columns: d, elements: Array(couplings.points[range]))
    return Transition(
      sites: Population(points: site), masses: [couplings.weights[index]], shifts: Array(couplings.shifts[range]),
      scatter: 0, time: couplings.times[index], rho: couplings.rhos[index])
  }
  return try NormalEquations(transitions, basis: terms)
}

extension NormalEquations {
  fileprivate func solve(ridge: Double) throws -> [Double] {
    try RidgeRegression(self).solve(.fixed(ridge)).coefficients
  }

  /// The objective as a sum.
  fileprivate func total(_ theta: [Double]) -> Double { objective(theta) * transitions }
}

/// The residuals rho_i grad V(z_i, t_i) + shift_i, row-major, by way of the potential.
private func residuals(_ couplings: Couplings, _ potential: FeatureExpansion) -> [Double] {
  let d = couplings.dimension
  return (0..<couplings.count).flatMap { index in
    let range = index * d..<(index + 1) * d
    let gradient = potential.gradients(Array(couplings.points[range]), time: couplings.times[index])
    return zip(gradient, couplings.shifts[range]).map { couplings.rhos[index] * $0 + $1 }
  }
}

private func objective(_ couplings: Couplings, _ potential: FeatureExpansion) -> Double {
  residuals(couplings, potential).enumerated().reduce(0) {
    $0 + couplings.weights[$1.offset / couplings.dimension] * $1.element * $1.element
  }
}

@Suite struct ClosedFormTests {
  /// Conditions are up to 4e4 (see the oracle), so that normal equations in double lose that times 1e-16 of the largest
  /// coefficient: some 1e-11, with a factor for their sums. The feature that the oracle drops gets 0 exactly.
  @Test(arguments: ["plane", "timed"], ["weak", "strong"])
  func agreesWithExtendedPrecision(name: String, ridge: String) throws {
    let fit = try FitCase(name)
    let equations = try normalEquations(fit.couplings, basis: fit.basis)
    let theta = try equations.solve(ridge: try fit.oracle["\(name)_\(ridge)_ridge"].scalar)
    let expected = try fit.oracle["\(name)_\(ridge)_theta"].values
    #expect(relativeError(theta, expected) < 1e-8)
    #expect(zip(theta, expected).allSatisfy { ($0 == 0) == ($1 == 0) })
    let value = try fit.oracle["\(name)_\(ridge)_objective"].scalar
    // Near its minimum the objective is flat: coefficients off by 1e-11 change it by far less than its own rounding.
    #expect(abs(equations.total(theta) - value) < 1e-11 * equations.constant)
    let potential = FeatureExpansion(basis: fit.basis, coefficients: theta)
    #expect(abs(objective(fit.couplings, potential) - value) < 1e-11 * equations.constant)
    let exact = FeatureExpansion(basis: fit.basis, coefficients: expected)
    #expect(normError(residuals(fit.couplings, potential), residuals(fit.couplings, exact)) < 1e-10)
  }

  /// The matrix is symmetric, and theta^T A theta - 2 r^T theta + constant is the objective at any theta.
  @Test(arguments: ["plane", "timed"]) func equationsAreThoseOfTheObjective(name: String) throws {
    let fit = try FitCase(name)
    let equations = try normalEquations(fit.couplings, basis: fit.basis)
    let n = fit.basis.count
    #expect((0..<n).allSatisfy { i in (0..<i).allSatisfy { equations.matrix[i, $0] == equations.matrix[$0, i] } })
    var random = PhiloxSequence(seed: 51, stream: 0)
    for _ in 0..<3 {
      let theta = random.normals(n)
      let direct = objective(fit.couplings, FeatureExpansion(basis: fit.basis, coefficients: theta))
      #expect(abs(equations.total(theta) - direct) < 1e-11 * direct)
    }
  }

  /// The gradient of objective + ridge sum_f s_f^2 theta_f^2 vanishes at the solution, s_f^2 = A_ff: in the
  /// standardised features the ridge weighs all coefficients alike. What is left is the rounding of sums over 200
  /// couplings and 93 features: some 1e-15 each.
  @Test(arguments: ["plane", "timed"], [0, 1e-6, 1e-2, 10])
  func solutionIsStationary(name: String, ridge: Double) throws {
    let fit = try FitCase(name)
    let equations = try normalEquations(fit.couplings, basis: fit.basis)
    let theta = try equations.solve(ridge: ridge)
    let d = fit.couplings.dimension
    let rest = residuals(fit.couplings, FeatureExpansion(basis: fit.basis, coefficients: theta))
    var worst = 0.0
    for feature in 0..<fit.basis.count {
      var unit = [Double](repeating: 0, count: fit.basis.count)
      unit[feature] = 1
      let potential = FeatureExpansion(basis: fit.basis, coefficients: unit)
      var (sum, scale) = (0.0, 0.0)
      for index in 0..<fit.couplings.count {
        let range = index * d..<(index + 1) * d
        let slope = potential.gradients(Array(fit.couplings.points[range]), time: fit.couplings.times[index])
        let factor = fit.couplings.weights[index] * fit.couplings.rhos[index]
        for column in 0..<d {
          sum += factor * slope[column] * rest[index * d + column]
          scale += factor * abs(slope[column] * rest[index * d + column])
        }
      }
      let pull = ridge * equations.matrix[feature, feature] * theta[feature]
      // A feature without any gradient has no scale, and no coefficient either.
      if scale + abs(pull) > 0 { worst = max(worst, abs(sum + pull) / (scale + abs(pull))) }
    }
    #expect(worst <= 1e-13)
  }

  // MARK: Known answers

  /// Shifts that follow a quadratic potential exactly, and features that contain it: its coefficients come back. The 8
  /// monomials of degree 2 in the plane have a condition of some 1e3 at normal points.
  @Test func recoversAQuadraticPotential() throws {
    var random = PhiloxSequence(seed: 52, stream: 0)
    let basis = FeatureBasis(
      monomials: Monomials(dimension: 2, degree: 2, limit: 3000),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: 2), width: 1), timeDegree: 0)
    // y, y^2, x, xy, xy^2, x^2, x^2 y, x^2 y^2
    let truth = [0.5, 1.25, -0.75, 0.3, 0, 2, 0, 0]
    let points = random.normals(200)
    let rhos = (0..<100).map { _ in 0.5 + random.uniform() }
    let slopes = FeatureExpansion(basis: basis, coefficients: truth).gradients(points)
    let shifts = slopes.indices.map { -rhos[$0 / 2] * slopes[$0] }
    let couplings = Couplings(
      dimension: 2, points: points, shifts: shifts, times: [Double](repeating: 0, count: 100), rhos: rhos,
      weights: [Double](repeating: 0.01, count: 100), standardization: .none(2))
    let equations = try normalEquations(couplings, basis: basis)
    let theta = try equations.solve(ridge: 0)
    #expect(largest(difference(theta, truth)) < 1e-12)
    // The objective is a difference of numbers like `constant`: never negative, and as small as their rounding.
    #expect((0...1e-13 * equations.constant).contains(equations.total(theta)))
  }

  /// The ridge of V and U beside beta is that of V and U alone, whose equations the instrument leaves as they are: by
  /// noise, between the least and the largest one.
  @Test func ridgeIsChosenBesideAnInstrument() throws {
    let start = Populations.normal(200, 2, seed: 89)
    let populations = (0...5).map { k in
      let noise = Populations.normal(200, 2, spread: 0.02, seed: UInt64(90 + k))
      return Matrix(
        rows: 200, columns: 2, elements: zip(start.elements, noise.elements).map { exp(-0.25 * Double(k)) * $0 + $1 })
    }
    let series = try Populations.series(populations, times: (0...5).map { 0.25 * Double($0) })
    let features = FeatureOptions(polynomialDegree: 3, radialGrid: 0)
    var model = ModelOptions(
      potential: .linear(features), interaction: .linear(features), scheme: .midpoint, timeVarying: false)
    let alone = try FittedModel.fit(series, model).linear?.solution.ridge
    model.internal = .gaussianMixture(.init())
    let beside = try FittedModel.fit(series, model).linear?.solution.ridge
    #expect(alone == beside)
    #expect(try (0.0011...0.099).contains(#require(alone)), "\(alone ?? .nan)")
  }

  /// Two bumps at one centre cannot be told apart: they share, with a ridge or without, and the rank says so.
  @Test func singularSystem() throws {
    var random = PhiloxSequence(seed: 53, stream: 0)
    let basis = FeatureBasis(
      monomials: Monomials(dimension: 1, degree: 0, limit: 3000),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 2, columns: 1, elements: [0.5, 0.5]), width: 1),
      timeDegree: 0)
    let couplings = Couplings(
      dimension: 1, points: random.normals(50), shifts: random.normals(50), times: [Double](repeating: 0, count: 50),
      rhos: [Double](repeating: 1, count: 50), weights: [Double](repeating: 0.02, count: 50),
      standardization: .none(1))
    let equations = try normalEquations(couplings, basis: basis)
    for ridge in [0, 1e-6] {
      let solution = try RidgeRegression(equations).solve(.fixed(ridge))
      let theta = solution.coefficients
      #expect(theta[0] != 0 && abs(theta[0] - theta[1]) < 1e-8 * abs(theta[0]))
      #expect(solution.rank == (ridge == 0 ? 1 : 2))
    }
  }

  /// Features of degree 8 at points of 1e60 overflow: an error, not infinite coefficients.
  @Test func overflowIsAnError() {
    let basis = FeatureBasis(
      monomials: Monomials(dimension: 1, degree: 8, limit: 3000),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: 1), width: 1), timeDegree: 0)
    let couplings = Couplings(
      dimension: 1, points: [1e60, -1e60], shifts: [1, 1], times: [0, 0], rhos: [1, 1], weights: [0.5, 0.5],
      standardization: .none(1))
    #expect(engineError { _ = try normalEquations(couplings, basis: basis).solve(ridge: 1e-6) }?.kind == .convergence)
  }

  /// No shift, no potential.
  @Test func restIsFlat() throws {
    let couplings = Couplings(
      dimension: 1, points: [0, 1, 2], shifts: [0, 0, 0], times: [0, 0, 0], rhos: [1, 1, 1],
      weights: [0.25, 0.5, 0.25], standardization: .none(1))
    let basis = FeatureBasis(
      monomials: Monomials(dimension: 1, degree: 2, limit: 3000),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 1, columns: 1, elements: [1e6]), width: 1), timeDegree: 0)
    let equations = try normalEquations(couplings, basis: basis)
    #expect(try equations.solve(ridge: 1e-6) == [0, 0, 0])
    #expect(equations.constant == 0 && equations.total([0, 0, 0]) == 0)
  }
}
