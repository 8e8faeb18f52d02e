import CJKOnetStar
import Energies
import Flows
import Learning
import Numerics

/// V or U, as the caller gives it.
struct EnergySource {
  let term: String
  let functional: UnsafePointer<CChar>?
  let callback: EnergyCallback?
  let userData: UnsafeMutableRawPointer?
  let model: OpaquePointer?
  /// Samplers refuse proposals at which V is no number; elsewhere that is an error.
  var mayBeNaN = false

  typealias EnergyCallback =
    @convention(c) (
      UnsafePointer<Double>?, Int64, Int64, Double, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?,
      UnsafeMutableRawPointer?
    ) -> Int32

  /// The term over d coordinates; nil where none is given.
  ///
  /// - Parameters:
  ///   - length: over which populations extend
  ///   - fromModel: takes the term from a model
  ///   - cast: sees an interaction as the term
  func found<Term>(
    _ d: Int, length: Double, fromModel: (FittedModel) -> Term?, as cast: (any Interaction) -> Term
  ) throws -> Term? {
    let given = [(term, functional != nil), ("\(term)_callback", callback != nil), ("\(term)_model", model != nil)]
      .filter(\.1)
    guard given.count <= 1 else {
      throw BoundaryError.invalid(
        "options->\(given[1].0) is given beside another source of the \(term); only one of them may be")
    }
    if functional != nil {
      let name = "options->\(term)"
      let named = try Functional.named(try text(functional, name), as: name)
      try named.check(dimension: d, as: name)
      return cast(FunctionalPotential(named, dimension: d, length: length))
    }
    if let callback { return cast(host(callback, d, length)) }
    return try model.map { pointer in
      let model = try ModelHandle.fitted(pointer, "options->\(term)_model")
      guard let found = fromModel(model) else {
        throw BoundaryError.invalid("options->\(term)_model has no \(term)")
      }
      guard model.dimension == d else {
        throw BoundaryError.shape(
          "options->\(term)_model has \(counted(model.dimension, "coordinate")); points have \(d)")
      }
      return found
    }
  }

  private func host(_ callback: @escaping EnergyCallback, _ d: Int, _ length: Double) -> HostPotential {
    HostPotential(
      dimension: d, length: length,
      hostEvaluation(callback, userData, called: term, argument: "options->\(term)_callback", mayBeNaN: mayBeNaN))
  }
}

/// What a callback computes: values and gradients at points.
///
/// - Parameters:
///   - name: what errors call the term
///   - argument: what they call the callback
func hostEvaluation(
  _ callback: @escaping EnergySource.EnergyCallback, _ userData: UnsafeMutableRawPointer?, called name: String,
  argument: String? = nil, mayBeNaN: Bool = false
) -> HostPotential.Evaluation {
  nonisolated(unsafe) let userData = userData
  return { points, time, values, gradients in
    let d = gradients.count / max(1, values.count)
    let status = callback(
      points.baseAddress, Int64(values.count), Int64(d), time, values.baseAddress, gradients.baseAddress, userData)
    guard status == 0 else {
      throw EngineError(.cancelled, "the work was stopped by the callback of the \(name)")
    }
    if !mayBeNaN, let bad = values.firstIndex(where: \.isNaN) ?? gradients.firstIndex(where: \.isNaN).map({ $0 / d }) {
      throw EngineError(.nonfinite, "\(argument ?? name) has given NaN for point \(bad) at time \(time)")
    }
  }
}
