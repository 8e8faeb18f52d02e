import CJKOnetStar
import Energies
import Learning
import Numerics

/// A fitted model's terms, ready to be evaluated. They are made once per model, not once per call.
///
/// From a thread's second call on no evaluation allocates memory, as long as arrays are contiguous doubles that do not
/// overlap, there is one time for all points, and the work is one thread's.
final class ModelTerms: Sendable {
  private let potential: (any Potential)?
  /// U, less its value at 0.
  private let interaction: (any Potential)?
  private let dimension: Int
  /// Nil where the caller gives the time.
  private let fixedTime: Double?

  init(_ model: FittedModel) {
    potential = model.potential
    interaction = model.groundedInteraction
    dimension = model.dimension
    fixedTime = model.fixedTime
  }

  func requirePotential() throws -> any Potential {
    guard let potential else { throw BoundaryError.invalid("model has no potential") }
    return potential
  }

  func requireInteraction() throws -> any Potential {
    guard let interaction else { throw BoundaryError.invalid("model has no interaction") }
    return interaction
  }

  /// Checks arrays and times, and evaluates a term into the outputs.
  ///
  /// - Parameter t: nil for a term that does not depend on time
  func evaluate(
    _ term: any Potential, _ x: UnsafePointer<jko_array>?, _ t: TimeArgument?, value: UnsafePointer<jko_array>?,
    gradient: UnsafePointer<jko_array>?
  ) throws {
    let x = try ArrayView(x, "x")
    try requireDimension(x.columns, dimension)
    let times = try t?.times(rows: x.rows, fixed: fixedTime) ?? .one(fixedTime ?? 0)
    let outputs = try TermOutputs(value, gradient, rows: x.rows, columns: dimension)
    try x.read { points in
      switch times {
      case .one(let time):
        try outputs.fill(apartFrom: points) { term.evaluate(points, time: time, values: $0, gradients: $1) }
      case .each(let times):
        try outputs.write(
          value: { term.values(points, times: times) }, gradient: { term.gradients(points, times: times) })
      }
    }
    try Interruption.check()
  }

  /// Checks arrays and times, and computes a term's Hessian products along directions.
  func products(
    _ term: any Potential, _ x: UnsafePointer<jko_array>?, _ t: TimeArgument?,
    _ directions: UnsafePointer<jko_array>?, _ out: UnsafePointer<jko_array>?
  ) throws {
    let x = try ArrayView(x, "x")
    try requireDimension(x.columns, dimension)
    let times = try t?.times(rows: x.rows, fixed: fixedTime) ?? .one(fixedTime ?? 0)
    let given = try ArrayView(directions, "directions")
    guard given.rows == x.rows, given.columns == x.columns else {
      throw BoundaryError.shape(
        "directions has shape (\(given.rows), \(given.columns)), expected (\(x.rows), \(x.columns)), one for each point"
      )
    }
    let out = try output(out, "out", rows: x.rows, columns: dimension)
    try x.read { points in
      try given.read { directions in
        switch times {
        case .one(let time):
          try out.fill(apartFrom: points, and: directions) {
            term.hessianProducts(points, directions: directions, time: time, into: $0)
          }
        case .each(let times): try out.write(term.hessianProducts(points, directions: directions, times: times))
        }
      }
    }
    try Interruption.check()
  }
}

func requireDimension(_ columns: Int, _ dimension: Int) throws {
  guard columns == dimension else {
    throw BoundaryError.shape("x has \(counted(columns, "column")), the model has \(counted(dimension, "coordinate"))")
  }
}
