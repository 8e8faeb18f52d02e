import CSystem
import Densities
import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing
import Transport

/// Populations of an energy with all terms, and the pieces that a fit to them is made of.
struct EnergyCase {
  let series: SnapshotSeries
  let standardization: Standardization
  let transitions: [Transition]
  let densities: [GaussianMixture]
  let scores: [[Double]]
  let basis: EnergyBasis

  init(n: Int = 60, scheme: Scheme = .implicit, basis: EnergyBasis, seed: UInt64 = 71) throws {
    var random = PhiloxSequence(seed: seed, stream: 0)
    let d = basis.dimension
    var series = SnapshotSeries(dimension: d)
    for (k, time) in [0, 0.5, 1.25].enumerated() {
      let points = random.normals(n * d).map { $0 * (1 - 0.2 * Double(k)) + 0.3 * Double(k) }
      let weights = (0..<n).map { _ in 0.5 + random.uniform() }
      try series.append(
        points: Matrix(rows: n, columns: d, elements: points), time: time, weights: k == 1 ? weights : nil)
    }
    self.series = series
    self.basis = basis
    standardization = try Standardization(series)
    let plans = try SnapshotPlan.all(series, cost: .squaredEuclidean, nil, "testing") { _ in true }
    transitions = try Transition.all(
      PlannedSeries(series, plans: plans), scheme: scheme, standardization: standardization)
    var options = MixtureOptions()
    options.components = .exactly(2)
    densities = try transitions.map {
      try fitMixture(to: $0.sites.points, weights: $0.sites.weights, options: options, seed: 1).mixture
    }
    scores = try zip(transitions, densities).map { try $1.scores($0.sites.points).elements }
  }

  static func basis(_ d: Int) -> EnergyBasis {
    func features(_ degree: Int) -> FeatureBasis {
      FeatureBasis(
        monomials: Monomials(dimension: d, degree: degree, limit: 3000),
        bumps: RadialFunctions(
          .gaussian, centers: Matrix(rows: 2, columns: d, elements: (0..<2 * d).map { 0.4 * Double($0) - 0.5 }),
          width: 1.3), timeDegree: 0)
    }
    let timed = FeatureBasis(dimension: d, families: features(2).families, timeDegree: 1)
    return EnergyBasis(dimension: d, potential: timed, interaction: features(3), hasInternal: true)
  }
}

@Suite struct EnergyTests {
  /// The sum over pairs, written out: every pair by itself, forces of U by evaluation of all differences.
  @Test(arguments: [Scheme.implicit, .explicit], [1, 2])
  func normalEquationsAreThoseOfThePairs(scheme: Scheme, d: Int) throws {
    let testCase = try EnergyCase(scheme: scheme, basis: EnergyCase.basis(d))
    let basis = testCase.basis
    let equations = try NormalEquations(testCase.transitions, scores: testCase.scores, basis: basis)
    var random = PhiloxSequence(seed: 72, stream: 0)
    for _ in 0..<3 {
      let theta = random.normals(basis.count)
      let energy = LinearFit(
        equations: equations,
        solution: RidgeRegression.Solution(coefficients: theta, ridge: 0, rank: 0, reciprocalCondition: 0),
        covariance: nil
      ).energy
      var sum = 0.0
      for (k, transition) in testCase.transitions.enumerated() {
        let pairs = try #require(transition.pairs)
        let points = transition.sites.points.elements
        guard case .features(let potential)? = energy.potential else { return }
        let pull = potential.gradients(points, time: transition.time)
        let interaction = try #require(energy.interaction?.features)
        let push = PairField(interaction, transition.sites).gradients(points, time: 0)
        let beta = try #require(energy.beta)
        let field = points.indices.map { pull[$0] + push[$0] + beta * testCase.scores[k][$0] }
        let sign = scheme == .implicit ? 1.0 : -1.0
        for pair in pairs.mass.indices {
          for column in 0..<d {
            let index = pairs.site[pair] * d + column
            let shift = sign * (points[index] - pairs.partners[pairs.partner[pair], column])
            let rest = transition.rho * field[index] + shift
            sum += pairs.mass[pair] * rest * rest
          }
        }
      }
      let objective = equations.objective(theta) * equations.transitions
      #expect(abs(objective - sum) < 1e-10 * sum)
    }
  }

  /// Waves alone take a shorter way, to the same sums as beside another feature, which takes them the long way.
  @Test(arguments: [0, 1], [false, true]) func wavesTakeAShorterWay(timeDegree: Int, hasInternal: Bool) throws {
    let waves = FeatureFamily.fourier(FourierFeatures(dimension: 3, count: 10, scale: 1, seed: 1, stream: 0))
    let line = FeatureFamily.monomials(Monomials(dimension: 3, exponents: [1, 0, 0]))
    func basis(_ families: [FeatureFamily]) -> EnergyBasis {
      EnergyBasis(
        dimension: 3, potential: FeatureBasis(dimension: 3, families: families, timeDegree: timeDegree),
        interaction: nil, hasInternal: hasInternal)
    }
    let short = try EnergyCase(n: 200, basis: basis([waves]))
    let alone = try NormalEquations(short.transitions, scores: short.scores, basis: short.basis)
    let long = try NormalEquations(short.transitions, scores: short.scores, basis: basis([waves, line]))
    // The line comes last among the features of each power of time.
    let places =
      (0...timeDegree).flatMap { power in (0..<10).map { 11 * power + $0 } } + (hasInternal ? [long.count - 1] : [])
    #expect(places.count == alone.count)
    let scale = alone.matrix.elements.map { abs($0) }.max() ?? 0
    for (row, f) in places.enumerated() {
      #expect(abs(alone.right[row] - long.right[f]) < 1e-13 * scale)
      for (column, g) in places.enumerated() {
        #expect(abs(alone.matrix[row, column] - long.matrix[f, g]) < 1e-13 * scale)
      }
    }
  }

  /// Transitions summed and merged in any order: the same bits, and exported sums too.
  @Test func mergingInAnyOrder() throws {
    let testCase = try EnergyCase(basis: EnergyCase.basis(2))
    let parts = try zip(testCase.transitions, testCase.scores).map {
      try NormalEquations([$0], scores: [$1], basis: testCase.basis)
    }
    let whole = try NormalEquations(testCase.transitions, scores: testCase.scores, basis: testCase.basis)
    var turned = try NormalEquations(testCase.basis)
    for part in parts.reversed() { turned.merge(part) }
    var sent = try NormalEquations(testCase.basis)
    for part in parts.reversed() {
      sent.merge(
        matrix: part.matrix, right: part.right, constant: part.constant, scatter: part.scatter,
        transitions: part.transitions, equations: part.equations)
    }
    let expected = try RidgeRegression(whole).solve(.fixed(1e-6)).coefficients
    for equations in [turned, sent] {
      #expect(equations.matrix == whole.matrix && equations.right == whole.right)
      let coefficients = try RidgeRegression(equations).solve(.fixed(1e-6)).coefficients
      #expect(coefficients == expected)
    }
  }

  /// The chosen ridge minimises the criterion, computed here from the equations as they are: H by solving for every
  /// column.
  @Test func crossValidatedRidge() throws {
    let testCase = try EnergyCase(basis: EnergyCase.basis(1))
    let equations = try NormalEquations(testCase.transitions, scores: testCase.scores, basis: testCase.basis)
    let regression = try RidgeRegression(equations)
    let solution = try regression.solve(.crossValidated)
    let best = solution.ridge
    let matrix = equations.matrix
    func score(_ ridge: Double) throws -> Double {
      let theta = try regression.solve(.fixed(ridge)).coefficients
      let rest = equations.objective(theta) * equations.transitions - equations.scatter
      let inverse = try regression.inverse(ridge: ridge)
      let map = try inverse.times(matrix)
      let trace = (0..<map.rows).reduce(0) { $0 + map[$1, $1] }
      let left = 1 - trace / equations.equations
      return rest / (left * left)
    }
    let chosen = try score(best)
    // Told per transition; by eigenvalues, which are right to some 1e-16 of the largest.
    let told = try #require(solution.score) * equations.transitions
    #expect(abs(told - chosen) <= 1e-9 * chosen)
    #expect(try regression.solve(.fixed(best)).score == nil)
    for factor in [1e-4, 1e-2, 0.3, 3, 100, 1e4] {
      let other = try score(factor * best)
      #expect(chosen <= other * (1 + 1e-9))
    }
  }

  /// A population that keeps its mean: V = |x|^2 / 2 and U = |x|^2 / 2 pull alike, and the report says so. When the
  /// mean moves, they differ.
  @Test(arguments: [false, true]) func confoundedTerms(moving: Bool) throws {
    func quadratic() -> FeatureBasis {
      FeatureBasis(
        monomials: Monomials(dimension: 1, exponents: [2]),
        bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: 1), width: 1), timeDegree: 0)
    }
    let basis = EnergyBasis(dimension: 1, potential: quadratic(), interaction: quadratic(), hasInternal: false)
    let transitions = [0.0, 1, 2].map { shift in
      let points = [-2, -1, 0, 1, 2].map { 0.8 * $0 + (moving ? shift : 0) }
      return Transition(
        sites: Population(points: Matrix(rows: 5, columns: 1, elements: points)),
        masses: [Double](repeating: 0.2, count: 5), shifts: points.map { -0.1 * $0 }, scatter: 0, time: 0, rho: 1)
    }
    let equations = try NormalEquations(transitions, basis: basis)
    let solution = try RidgeRegression(equations).solve(.fixed(1e-9))
    let report = try Observability(equations, coefficients: solution.coefficients)
    #expect(report.separations.allSatisfy { $0.isIdentified == moving })
    let fit = LinearFit(equations: equations, solution: solution, covariance: nil)
    #expect(try fit.isIdentified == report.isIdentified)
    #expect(report.rank == (moving ? 2 : 1))
    #expect(report.sentence.contains(moving ? "All terms can be told apart" : "V and U cannot be told"))
    if moving {
      // Fields x - (0 or mean): the cosine of their angle over all sites is sum x (x - m) / |x| |x - m|.
      let points = transitions.map(\.sites.points.elements)
      var (both, first, second) = (0.0, 0.0, 0.0)
      for population in points {
        let mean = population.reduce(0, +) / 5
        for x in population {
          both += x * (x - mean)
          first += x * x
          second += (x - mean) * (x - mean)
        }
      }
      let cosine = both / (first * second).squareRoot()
      #expect(abs(report.angles[0].angles[0] - acos(cosine)) < 1e-7)
    }
  }
}
