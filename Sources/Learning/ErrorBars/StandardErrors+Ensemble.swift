import Dynamics
import Energies
import Numerics

/// Standard errors of an energy with networks: the spread over the members of its ensemble, in the user's units.
///
/// They contain what other particles and other initial weights would change. They do not contain what all fits share:
/// the errors of plans between samples and of a finite step, and whatever a network of this size and training smooths.
extension Ensemble {
  /// Of V(x, t) - V(centre, t).
  func potentialErrors(_ model: FittedModel, _ points: Matrix, times: Times) throws -> [Double] {
    let center = model.standardization.center
    let centers = Matrix(
      rows: points.rows, columns: points.columns,
      elements: (0..<points.rows).flatMap { _ in center })
    return try errors { member in
      let potential = try model.with(member).requirePotential()
      return zip(potential.values(points, times), potential.values(centers, times)).map { $0 - $1 }
    }
  }

  func potentialGradientErrors(_ model: FittedModel, _ points: Matrix, times: Times) throws -> [Double] {
    try errors { try model.with($0).requirePotential().gradients(points, times) }
  }

  /// Of U(x) - U(0).
  func interactionErrors(_ model: FittedModel, _ differences: Matrix) throws -> [Double] {
    try errors { try model.with($0).requireInteraction().values(differences, .one(0)) }
  }

  func interactionGradientErrors(_ model: FittedModel, _ differences: Matrix) throws -> [Double] {
    try errors { try model.with($0).requireInteraction().gradients(differences, .one(0)) }
  }

  func betaError(_ model: FittedModel) throws -> Double {
    try errors { [model.with($0).beta ?? 0] }[0]
  }
}

extension FittedModel {
  /// The standard errors of a rollout, and what was met on the way there by all members together.
  ///
  /// All members draw the same noise, which is no part of the errors.
  ///
  /// - Parameter rollOut: makes the rollout of one member
  package func rolloutErrors(
    _ progress: ProgressHandler, _ rollOut: @escaping (_ member: FittedModel, ProgressHandler) throws -> RolledOut
  ) throws -> RolledOut {
    guard let ensemble else {
      throw EngineError(
        .invalid,
        "model has no ensemble; errors of predictions come from a fit of networks with error bars by bootstrap")
    }
    let (start, count) = (monotonicSeconds(), ensemble.members.count)
    var (spread, report, excursion) = (RunningSpread(), ImplicitStep.Report(), Excursion())
    var shape = (rows: 0, columns: 0)
    for (index, member) in ensemble.members.enumerated() {
      let course = try rollOut(with(member)) { part in
        progress(Progress(.rollout, done: index * part.total + part.done, of: count * part.total, since: start))
      }
      shape = (course.populations[0].rows, course.populations[0].columns)
      let numbers = course.populations.count * shape.rows * shape.columns
      try requireMemory(5, numbers, of: Double.self, for: "the errors of \(numbers) coordinates")
      spread.add(course.populations.flatMap(\.elements))
      report.merge(course.report)
      excursion.merge(course.excursion)
    }
    let (errors, size) = (ensemble.errors(spread), max(1, shape.rows * shape.columns))
    let populations = stride(from: 0, to: errors.count, by: size).map {
      Matrix(rows: shape.rows, columns: shape.columns, elements: Array(errors[$0..<$0 + size]))
    }
    return RolledOut(populations: populations, report: report, excursion: excursion)
  }

  fileprivate func requirePotential() throws -> any Potential {
    guard let potential else { throw EngineError(.invalid, "model has no potential") }
    return potential
  }

  fileprivate func requireInteraction() throws -> any Potential {
    guard let groundedInteraction else { throw EngineError(.invalid, "model has no interaction") }
    return groundedInteraction
  }
}

extension Potential {
  fileprivate func values(_ points: Matrix, _ times: Times) -> [Double] {
    points.elements.withUnsafeBufferPointer { points in
      switch times {
      case .one(let time):
        return [Double](unsafeUninitializedCapacity: points.count / dimension) { buffer, count in
          count = points.count / dimension
          values(points, time: time, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        }
      case .each(let times): return values(points, times: times)
      }
    }
  }

  fileprivate func gradients(_ points: Matrix, _ times: Times) -> [Double] {
    points.elements.withUnsafeBufferPointer { points in
      switch times {
      case .one(let time):
        return [Double](unsafeUninitializedCapacity: points.count) { buffer, count in
          count = points.count
          gradients(points, time: time, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        }
      case .each(let times): return gradients(points, times: times)
      }
    }
  }
}
