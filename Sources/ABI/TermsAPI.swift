// V, U and their gradients, as simulators call them in their inner loops: from a thread's second call on none of this allocates
// memory, as long as the arrays are contiguous doubles, apart from each other, and the work is one thread's.

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Energies
import Learning
import Numerics

@_cdecl("jko_model_potential") @implementation
public func jko_model_potential(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: Double, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    try terms.evaluate(x, t, out, .value) {
      try terms.requirePotential()
    } _: { potential, points, time, values in
      potential.values(points, time: time, into: values)
    }
  }
}

@_cdecl("jko_model_potential_gradient") @implementation
public func jko_model_potential_gradient(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: Double, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    try terms.evaluate(x, t, out, .gradient) {
      try terms.requirePotential()
    } _: { potential, points, time, gradients in
      potential.gradients(points, time: time, into: gradients)
    }
  }
}

@_cdecl("jko_model_interaction") @implementation
public func jko_model_interaction(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    try terms.evaluate(x, 0, out, .value) {
      try terms.requireInteraction()
    } _: { interaction, points, time, values in
      interaction.values(points, time: time, into: values)
      let atRest = terms.atRest(interaction, time: time)
      for index in values.indices { values[index] -= atRest }
    }
  }
}

@_cdecl("jko_model_interaction_gradient") @implementation
public func jko_model_interaction_gradient(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    try terms.evaluate(x, 0, out, .gradient) {
      try terms.requireInteraction()
    } _: { interaction, points, time, gradients in
      interaction.gradients(points, time: time, into: gradients)
    }
  }
}

/// A fitted model's terms, ready to be evaluated: made once per model, not once per call.
final class ModelTerms: Sendable {
  private let potential: (any Potential)?
  private let interaction: (any Interaction)?
  private let dimension: Int
  /// Nil where the time is the caller's to say.
  private let fixedTime: Double?
  /// The difference 0.
  private let origin: [Double]

  init(_ model: FittedModel) {
    potential = model.potential
    interaction = model.interaction
    dimension = model.dimension
    fixedTime = model.options.timeVarying ? nil : model.times[0]
    origin = [Double](repeating: 0, count: model.dimension)
  }

  enum Result {
    /// One number per point.
    case value
    /// One per coordinate.
    case gradient
  }

  func requirePotential() throws -> any Potential {
    guard let potential else { throw BoundaryError.invalid("model has no potential") }
    return potential
  }

  func requireInteraction() throws -> any Interaction {
    guard let interaction else { throw BoundaryError.invalid("model has no interaction") }
    return interaction
  }

  /// U(0)
  func atRest(_ interaction: any Interaction, time: Double) -> Double {
    var value = 0.0
    origin.withUnsafeBufferPointer { origin in
      withUnsafeMutablePointer(to: &value) {
        interaction.values(origin, time: time, into: UnsafeMutableBufferPointer(start: $0, count: 1))
      }
    }
    return value
  }

  /// Checks the arrays and the time, finds the term, and has `body` fill `out` from `x`.
  func evaluate<Term>(
    _ x: UnsafePointer<jko_array>?, _ t: Double, _ out: UnsafePointer<jko_array>?, _ result: Result,
    _ term: () throws -> Term,
    _ body: (Term, UnsafeBufferPointer<Double>, _ time: Double, UnsafeMutableBufferPointer<Double>) -> Void
  ) throws {
    let x = try ArrayView(x, "x")
    try x.read { points in
      try requireDimension(x.columns, dimension)
      let time = try fixedTime ?? requireFinite(t, "t")
      let out = try output(out, "out", rows: x.rows, columns: result == .value ? 1 : dimension)
      let term = try term()
      try out.fill(apartFrom: points) { body(term, points, time, $0) }
      try Interruption.check()
    }
  }
}

func requireDimension(_ columns: Int, _ dimension: Int) throws {
  guard columns == dimension else {
    throw BoundaryError.shape("x has \(columns) columns, the model has \(dimension) coordinates")
  }
}
