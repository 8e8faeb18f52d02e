import Energies
import Numerics
import Snapshots

/// A series with the plans between its snapshots, as a fit sees it. Its plans and couplings are made once, here.
struct CoupledSeries {
  let series: SnapshotSeries
  let planned: PlannedSeries
  /// In the problem's coordinates.
  let couplings: Couplings
  let region: TrainingRegion

  init(_ series: SnapshotSeries, _ problem: FitProblem, _ progress: ProgressHandler) throws {
    let plans = try problem.fitOptions.plans(series.consecutive, progress)
    try self.init(series, PlannedSeries(series, plans: plans), problem)
  }

  init(_ series: SnapshotSeries, _ planned: PlannedSeries, _ problem: FitProblem) throws {
    (self.series, self.planned) = (series, planned)
    couplings = try Couplings(planned, scheme: problem.options.scheme, standardization: problem.standardization)
    region = TrainingRegion(series, couplings)
  }
}

extension FitProblem {
  /// What gradient training sees of a series.
  ///
  /// - Parameter scales: of the forces of linear terms; nil to choose them by the data
  func trainingData(
    _ coupled: CoupledSeries, scales: [Double]? = nil, _ progress: ProgressHandler
  ) throws -> TrainingData {
    guard !hasPotentialOnly else { return TrainingData(coupled.couplings) }
    let start = monotonicSeconds()
    let count = coupled.planned.steps.count
    func goesOn() -> Bool { progress(Progress(.plans, done: count, of: count, since: start)) }
    return try Interruption.during("fitting", goesOn) {
      let sites = try ScoredTransitions(coupled.planned, self)
      let scores = sites.transitions.indices.map { sites.scores($0) }
      return try TrainingData(
        sites.transitions, linear: basis, scores: basis.hasInternal ? scores.compactMap { $0 } : nil,
        standardization: standardization, scales: scales)
    }
  }
}
