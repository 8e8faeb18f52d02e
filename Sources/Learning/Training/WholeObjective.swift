import Energies
import Numerics
import Snapshots

/// The objective over all couplings in double precision, for optimisers that choose the parameters themselves.
///
/// A deterministic function: U is averaged over the whole snapshot, or over the samples that training would draw for its first epoch. It
/// does not change, so that several threads may ask at once.
package final class WholeObjective: Sendable {
  package let problem: TrainingProblem
  private let data: ObjectiveData<Double>
  private let samples: InteractionSamples<Double>?

  package init(_ problem: TrainingProblem) {
    self.problem = problem
    data = ObjectiveData(problem.data)
    let options = problem.fitOptions
    samples = problem.layout.interaction.map { _ in
      InteractionSamples(problem.data, count: options.interactionSamples, seed: options.seed)
    }
    samples?.draw(epoch: 0)
  }

  package var parameterCount: Int { problem.layout.count }

  /// Fresh weights, and no linear terms: where training begins.
  package var initialParameters: [Double] { problem.layout.initialParameters(seed: problem.fitOptions.seed) }

  /// The objective in squared length, and its gradient in the parameters. Neither need be finite.
  ///
  /// - Parameter parameters: `parameterCount` numbers
  package func valueAndGradient(_ parameters: [Double]) throws -> (value: Double, gradient: [Double]) {
    let count = parameterCount
    guard parameters.count == count else {
      throw EngineError(.shape, "parameters has \(parameters.count) numbers, expected \(count)")
    }
    let indices = Array(0..<problem.data.couplings.count)
    let size = TrainingObjective<Double>.chunkSize(problem.layout)
    let chunks = min(Self.chunks, (indices.count + size - 1) / size)
    let team = Team(threads: min(Parallel.threadCount, chunks))
    defer { team.dismiss() }
    let objective = try TrainingObjective<Double>(data, samples, layout: problem.layout, chunks: chunks, team: team)
    let scale = problem.squaredLength
    var gradient = [Double](repeating: 0, count: count)
    let value = parameters.withUnsafeBufferPointer { parameters in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let parameters = parameters.baseAddress, let gradient = gradient.baseAddress else { return 0.0 }
        return objective.accumulate(indices[...], scale: scale, parameters: parameters, gradient: gradient)
      }
    }
    return (value, gradient)
  }

  /// The energy that parameters make.
  ///
  /// - Parameter history: objectives on the way there, in squared length; nil for the value at the parameters
  package func model(_ parameters: [Double], history: [Double]? = nil) throws -> FittedModel {
    let value = try valueAndGradient(parameters).value
    guard value.isFinite else {
      throw EngineError(.convergence, "the objective of the parameters is \(value), too large to compute with")
    }
    return problem.model(parameters, history: history ?? [value])
  }

  /// Gradients that wait to be summed: enough for threads to share, few enough for wide networks. A constant, because sums depend on it.
  private static var chunks: Int { 32 }
}
