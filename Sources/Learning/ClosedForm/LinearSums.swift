import Energies
import Numerics
import Snapshots

/// Normal equations over the features of a fitted model, which may be summed over snapshots, machines and time, and the
/// model that they make.
package struct LinearSums: Sendable {
  /// The model whose features, coordinates and options are used.
  private let template: FittedModel
  package private(set) var equations: NormalEquations
  private var region: TrainingRegion
  private var times: Set<Double>

  /// The options of the model that the sums make.
  package var modelOptions: ModelOptions { template.options }

  /// Sums over no transition yet.
  package init(_ template: FittedModel) throws {
    guard let linear = template.linear else {
      throw EngineError(
        .invalid, "model has a network; only energies that are linear in their coefficients have normal equations")
    }
    self.template = template
    equations = try NormalEquations(linear.equations.basis)
    region = template.region
    times = Set(template.times)
  }

  /// The sums that a model was fitted by.
  package init(of model: FittedModel) throws {
    try self.init(model)
    if let linear = model.linear { equations.merge(linear.equations) }
  }

  /// The sums over a series alone, with the same features and coordinates. Its plans and densities are made here.
  package func sums(
    over series: SnapshotSeries, _ fitOptions: FitOptions, progress: ProgressHandler
  ) throws -> LinearSums {
    guard series.dimension == template.dimension else {
      throw EngineError(
        .shape, "snapshots have \(counted(series.dimension, "coordinate")), the model has \(template.dimension)")
    }
    guard series.snapshots.count >= 2 else {
      throw EngineError(.shape, "snapshots has 1 snapshot; a transition needs 2")
    }
    let problem = FitProblem(
      basis: equations.basis, standardization: template.standardization, options: template.options,
      fitOptions: fitOptions)
    let coupled = try CoupledSeries(series, problem, progress)
    var sums = try LinearSums(template)
    let start = monotonicSeconds()
    func goesOn() -> Bool { progress(Progress(.training, done: 0, of: 1, since: start)) }
    let own = try Interruption.during("accumulation", goesOn) {
      try ScoredTransitions(coupled.planned, problem, withInstruments: true).equations(equations.basis)
    }
    try sums.take("snapshots") { $0.merge(own) }
    sums.region.formUnion(coupled.region)
    sums.times.formUnion(series.times)
    return sums
  }

  /// Adds sums over the same features in the same coordinates.
  ///
  /// - Parameter name: of the argument that holds them, for messages
  package mutating func merge(_ other: LinearSums, _ name: String = "other") throws {
    guard other.equations.basis == equations.basis, other.template.standardization == template.standardization else {
      throw EngineError(
        .invalid, "\(name) has sums over other features, or in other coordinates; create both from one model")
    }
    try take(name) { $0.merge(other.equations) }
    region.formUnion(other.region)
    times.formUnion(other.times)
  }

  /// Adds sums that were exported (`NormalEquations`), as many numbers as there are coefficients.
  ///
  /// - Throws: `.invalid` for a matrix that cannot be one of normal equations
  package mutating func merge(
    matrix: Matrix, right: [Double], constant: Double, scatter: Double, transitions: Double, equations: Double
  ) throws {
    let hasInstrument = template.options.scheme == .midpoint && template.options.internal != nil
    try matrix.requireNormal(but: hasInstrument ? matrix.rows - 1 : nil)
    try take("matrix") {
      $0.merge(
        matrix: matrix, right: right, constant: constant, scatter: scatter, transitions: transitions,
        equations: equations)
    }
  }

  /// Adds to the sums, unless they would overflow: no later addition could make such sums finite again.
  private mutating func take(_ name: String, _ add: (inout NormalEquations) -> Void) throws {
    var sums = equations
    add(&sums)
    guard sums.isFinite else {
      throw EngineError(
        .nonfinite, "\(name) makes sums that are not finite; features overflow far from where the model was fitted")
    }
    equations = sums
  }

  /// The times in ascending order. Times that differ by rounding alone count as one, because series that follow each
  /// other share a snapshot, whose time each may have computed in its own way.
  private var distinctTimes: [Double] {
    let sorted = times.sorted()
    let apart = 1e-9 * ((sorted.last ?? 0) - (sorted.first ?? 0))
    var distinct: [Double] = []
    for time in sorted where distinct.last.map({ time - $0 > apart }) ?? true { distinct.append(time) }
    return distinct
  }

  package func solve(_ ridge: Ridge, progress: ProgressHandler = { _ in true }) throws -> FittedModel {
    guard equations.transitions > 0 else {
      throw EngineError(.invalid, "equations are empty; accumulate snapshots first")
    }
    let start = monotonicSeconds()
    func goesOn() -> Bool { progress(Progress(.training, done: 0, of: 1, since: start)) }
    let solution = try Interruption.during("solution", goesOn) {
      try RidgeRegression(equations).solve(ridge, usual: template.options.usualRidge)
    }
    let fit = LinearFit(equations: equations, solution: solution, covariance: nil)
    var fitOptions = template.fitOptions
    (fitOptions.ridge, fitOptions.errorBars) = (ridge, .none)
    return FittedModel(
      options: template.options, fitOptions: fitOptions, standardization: template.standardization,
      learned: fit.energy, region: region, times: distinctTimes,
      history: [fit.objective * template.standardization.squaredLength],
      linear: fit, names: template.names)
  }
}

extension Matrix {
  /// Throws unless a square matrix is symmetric, up to rounding, and has no negative number on its diagonal.
  ///
  /// - Parameter other: a row and column that need not be like that, an instrument's
  fileprivate func requireNormal(but other: Int?) throws {
    for row in 0..<rows where row != other {
      guard self[row, row] >= 0 else {
        throw EngineError(
          .invalid, "matrix[\(row), \(row)] = \(self[row, row]) is negative; it is a sum of squares")
      }
      for column in 0..<row
      where abs(self[row, column] - self[column, row])
        > 1e-9 * (abs(self[row, row]) * abs(self[column, column])).squareRoot()
      {
        throw EngineError(
          .invalid,
          "matrix is not symmetric: \(self[row, column]) at (\(row), \(column)), \(self[column, row]) at (\(column), \(row))"
        )
      }
    }
  }
}
