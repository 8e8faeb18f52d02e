import Energies
import Evaluation
import Learning
import Numerics

/// An energy that was learned from a series of snapshots.
///
/// A model is a value: it can be copied and used from several threads.
public struct Model: Sendable {
  let fitted: FittedModel

  /// Learns the energy that drives a series of snapshots.
  ///
  /// - Parameters:
  ///   - series: at least two snapshots
  ///   - energy: which terms there are; by default a network V in the explicit scheme
  ///   - options: how they are fitted
  ///   - progress: asked about ten times a second whether to go on
  /// - Throws: `.shape`, `.population`, `.invalidArgument` for arguments; `.convergence` where an entropic plan does
  ///   not converge; `.cancelled`
  public init(
    fitting series: SnapshotSeries, energy: Energy = Energy(), options: FitOptions = FitOptions(),
    progress: ProgressHandler? = nil
  ) throws(JKOError) {
    let energy = try energy.options()
    let options = try options.options(for: energy)
    fitted = try engine {
      let outcome = try FittedModel.fit(series.series, energy, options, progress: handler(progress))
      guard !outcome.cancelled else {
        throw EngineError(
          .cancelled, "training cancelled by the progress callback after \(outcome.model.history.count) epochs")
      }
      return outcome.model
    }
  }

  /// Reads a model that was saved, from Swift or from any other language.
  ///
  /// - Throws: `.file`, `.format`
  public init(contentsOf path: String) throws(JKOError) { fitted = try engine { try FittedModel.load(path) } }

  /// Writes the model into a safetensors file, whole or not at all.
  ///
  /// - Throws: `.file`
  public func save(to path: String) throws(JKOError) { try engine { try fitted.save(path) } }

  /// d, the number of coordinates.
  public var dimension: Int { fitted.dimension }

  /// The times of the snapshots that the model was fitted to.
  public var times: [Double] { fitted.times }

  /// The objective after each epoch, or of the closed form, in squared length.
  public var history: [Double] { fitted.history }

  /// The diffusion level, in squared length per time; nil for an energy without it.
  public var beta: Double? { fitted.beta }

  /// How fast particles multiply; nil for a model that was fitted without growth.
  public var growth: Growth? { fitted.growth.map(Growth.init) }

  /// The standard error of beta.
  ///
  /// - Throws: `.invalidArgument` where the model was fitted without error bars
  public func betaError() throws(JKOError) -> Double { try engine { try fitted.betaError() } }
}

extension Model {
  /// V at n points, in squared length per time, up to a constant.
  ///
  /// - Parameters:
  ///   - points: shape (n, d)
  ///   - time: needed where V varies in time, and ignored otherwise
  /// - Throws: `.shape`; `.invalidArgument` where the model has no potential or the time is missing
  public func potential(at points: Points, time: Double? = nil) throws(JKOError) -> [Double] {
    try evaluate(fitted.potential, "potential", points, time: time, width: 1) { $0.values($1, time: $2, into: $3) }
  }

  /// grad V at n points, in length per time: shape (n, d). The velocity that V gives a particle is its opposite.
  ///
  /// Parameters and errors are those of `potential(at:time:)`.
  public func potentialGradient(at points: Points, time: Double? = nil) throws(JKOError) -> Points {
    let gradient = try evaluate(fitted.potential, "potential", points, time: time, width: dimension) {
      $0.gradients($1, time: $2, into: $3)
    }
    return Points(Matrix(rows: points.count, columns: dimension, elements: gradient))
  }

  /// grad U at n differences of particles x - y, in length per time: shape (n, d).
  ///
  /// - Throws: `.shape`; `.invalidArgument` where the model has no interaction
  public func interactionGradient(at differences: Points) throws(JKOError) -> Points {
    let gradient = try evaluate(fitted.interaction, "interaction", differences, time: times[0], width: dimension) {
      $0.gradients($1, time: $2, into: $3)
    }
    return Points(Matrix(rows: differences.count, columns: dimension, elements: gradient))
  }

  private func evaluate(
    _ term: (any Potential)?, _ name: String, _ points: Points, time: Double?, width: Int,
    _ fill: (any Potential, UnsafeBufferPointer<Double>, Double, UnsafeMutableBufferPointer<Double>) -> Void
  ) throws(JKOError) -> [Double] {
    guard let term else { throw JKOError(.invalidArgument, "the model has no \(name)") }
    try points.require(dimension: dimension, of: "the model")
    try points.requireFinite("points")
    guard let time = fitted.fixedTime ?? time else {
      throw JKOError(.invalidArgument, "time is missing: the potential varies in time")
    }
    guard time.isFinite else { throw JKOError(.notFinite, "time = \(time) is not finite") }
    var result = [Double](repeating: 0, count: points.count * width)
    points.elements.withUnsafeBufferPointer { points in
      result.withUnsafeMutableBufferPointer { fill(term, points, time, $0) }
    }
    return result
  }
}
