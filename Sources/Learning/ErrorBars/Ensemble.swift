import Energies
import Numerics
import Snapshots

/// Energies with networks that were fitted to populations drawn anew, with new plans and from other initial weights.
///
/// Such energies differ from each other as fits to other particles of the same populations do (Efron and Tibshirani,
/// An Introduction to the Bootstrap, 1993), and as trainings from other weights do (Lakshminarayanan, Pritzel and
/// Blundell, NeurIPS 2017). Both make a network's energy uncertain, and both are therefore in its error bars.
package struct Ensemble: Sendable, Equatable {
  /// In the standardised coordinates of the model that they belong to.
  package let members: [LearnedEnergy]
  /// What deviations are multiplied by, so that 1.96 errors cover as often as those of a normal distribution: the
  /// deviation of few members is uncertain itself.
  package let factor: Double

  /// - Parameter members: two or more
  package init(_ members: [LearnedEnergy]) {
    self.members = members
    factor = studentFactor(degreesOfFreedom: max(1, members.count - 1))
  }

  /// The standard errors of numbers that every member has.
  func errors(_ numbers: (LearnedEnergy) throws -> [Double]) throws -> [Double] {
    var spread = RunningSpread()
    for member in members {
      spread.add(try numbers(member))
      try Interruption.check()
    }
    return errors(spread)
  }

  func errors(_ spread: RunningSpread) -> [Double] { spread.deviations.map { factor * $0 } }
}

extension FitProblem {
  /// Fits an energy to as many samples of the bootstrap.
  ///
  /// - Throws: `.cancelled` where the host refuses to go on
  func ensemble(
    of samples: Int, _ coupled: CoupledSeries, _ layout: TrainingLayout, _ progress: ProgressHandler
  ) throws -> Ensemble {
    let (start, seed) = (monotonicSeconds(), fitOptions.seed)
    var members: [LearnedEnergy] = []
    func goesOn() -> Bool { progress(Progress(.bootstrap, done: members.count, of: samples, since: start)) }
    for sample in 0..<samples {
      var random = PhiloxSequence(seed: seed, stream: RandomPurpose.members.stream(sample))
      var problem = self
      problem.fitOptions.seed = UInt64(random.integer(below: .max))
      let outcome = try problem.train(
        coupled, layout, redrawn: { $0.resampled(seed: seed, sample: sample) }, { _ in goesOn() })
      if outcome.cancelled { throw EngineError.cancelled("bootstrap") }
      members.append(layout.energy(outcome.parameters, linear: basis))
      if !goesOn() { throw EngineError.cancelled("bootstrap") }
    }
    return Ensemble(members)
  }
}
