import Energies
import Numerics
import Snapshots

/// A series with the plans between its snapshots, as a fit sees it. Its plans and couplings are made once, here.
struct CoupledSeries {
  let series: SnapshotSeries
  let plans: [SnapshotPlan]
  /// In the problem's coordinates.
  let couplings: Couplings
  let region: TrainingRegion

  init(_ series: SnapshotSeries, _ problem: FitProblem, _ progress: ProgressHandler) throws {
    self.series = series
    plans = try problem.fitOptions.coupling.plans(series, progress)
    couplings = Couplings(
      series, plans: plans, scheme: problem.options.scheme, standardization: problem.standardization)
    region = TrainingRegion(series, couplings)
  }
}

extension FitProblem {
  /// What gradient training sees of a series.
  func trainingData(_ coupled: CoupledSeries, _ progress: ProgressHandler) throws -> TrainingData {
    guard !hasPotentialOnly else { return TrainingData(coupled.couplings) }
    let start = monotonicSeconds()
    let count = coupled.plans.count
    func goesOn() -> Bool { progress(Progress(.plans, done: count, of: count, since: start)) }
    return try Interruption.during("fitting", goesOn) {
      let sites = try ScoredTransitions(coupled.series, plans: coupled.plans, self)
      let scores = try sites.transitions.indices.map { try sites.scores($0) }
      return try TrainingData(
        sites.transitions, linear: basis, scores: basis.hasInternal ? scores.compactMap { $0 } : nil,
        standardization: standardization)
    }
  }
}
