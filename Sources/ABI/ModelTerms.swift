import CJKOnetStar
import Energies
import Learning
import Numerics

/// A fitted model's terms, ready to be evaluated: made once per model, not once per call.
///
/// From a thread's second call on none of this allocates memory, as long as arrays are contiguous doubles, apart from each other, there is
/// one time for all points, and the work is one thread's.
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
    fixedTime = model.fixedTime
    origin = [Double](repeating: 0, count: model.dimension)
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

  /// Values, gradients, or both, of a term, at points of one time.
  typealias Evaluation = (
    UnsafeBufferPointer<Double>, _ time: Double, _ values: UnsafeMutableBufferPointer<Double>?,
    _ gradients: UnsafeMutableBufferPointer<Double>?
  ) -> Void

  /// Checks arrays and times and has `body` fill the outputs.
  ///
  /// - Parameter t: nil for a term that does not know times
  func evaluate(
    _ x: UnsafePointer<jko_array>?, _ t: TimeArgument?, value: UnsafePointer<jko_array>?,
    gradient: UnsafePointer<jko_array>?, _ body: Evaluation
  ) throws {
    let x = try ArrayView(x, "x")
    try requireDimension(x.columns, dimension)
    let moment = try t?.moment(rows: x.rows, fixed: fixedTime) ?? .one(fixedTime ?? 0)
    let outputs = try TermOutputs(value, gradient, rows: x.rows, columns: dimension)
    try x.read { points in
      switch moment {
      case .one(let time): try outputs.fill(apartFrom: points) { body(points, time, $0, $1) }
      case .rows(let times):
        let groups = TimeGroups(times)
        try outputs.write(
          value: { Self.gathered(groups, points, width: 1) { body($0, $1, $2, nil) } },
          gradient: { Self.gathered(groups, points, width: dimension) { body($0, $1, nil, $2) } })
      }
    }
    try Interruption.check()
  }

  /// Checks arrays and times and has `body` fill Hessian products along directions.
  func products(
    _ x: UnsafePointer<jko_array>?, _ t: TimeArgument?, _ directions: UnsafePointer<jko_array>?,
    _ out: UnsafePointer<jko_array>?,
    _ body: (
      UnsafeBufferPointer<Double>, _ directions: UnsafeBufferPointer<Double>, _ time: Double,
      UnsafeMutableBufferPointer<Double>
    ) -> Void
  ) throws {
    let x = try ArrayView(x, "x")
    try requireDimension(x.columns, dimension)
    let moment = try t?.moment(rows: x.rows, fixed: fixedTime) ?? .one(fixedTime ?? 0)
    let given = try ArrayView(directions, "directions")
    guard given.rows == x.rows, given.columns == x.columns else {
      throw BoundaryError.shape(
        "directions has shape (\(given.rows), \(given.columns)), expected (\(x.rows), \(x.columns)) as x")
    }
    let out = try output(out, "out", rows: x.rows, columns: dimension)
    try x.read { points in
      try given.read { directions in
        switch moment {
        case .one(let time):
          if let place = out.plain(apartFrom: points), out.plain(apartFrom: directions) != nil {
            body(points, directions, time, place)
          } else {
            try out.write(Self.numbers(points.count) { body(points, directions, time, $0) })
          }
        case .rows(let times):
          let products = TimeGroups(times).gather(points, width: dimension) { rows, points, time in
            let own = rows.flatMap { directions[$0 * dimension..<($0 + 1) * dimension] }
            return Self.numbers(points.count) { out in
              points.withUnsafeBufferPointer { points in
                own.withUnsafeBufferPointer { body(points, $0, time, out) }
              }
            }
          }
          try out.write(products)
        }
      }
    }
    try Interruption.check()
  }

  private static func gathered(
    _ groups: TimeGroups, _ points: UnsafeBufferPointer<Double>, width: Int,
    _ body: (UnsafeBufferPointer<Double>, Double, UnsafeMutableBufferPointer<Double>) -> Void
  ) -> [Double] {
    groups.gather(points, width: width) { rows, points, time in
      numbers(rows.count * width) { out in points.withUnsafeBufferPointer { body($0, time, out) } }
    }
  }

  private static func numbers(_ count: Int, _ fill: (UnsafeMutableBufferPointer<Double>) -> Void) -> [Double] {
    var numbers = [Double](repeating: 0, count: count)
    numbers.withUnsafeMutableBufferPointer { fill($0) }
    return numbers
  }
}

func requireDimension(_ columns: Int, _ dimension: Int) throws {
  guard columns == dimension else {
    throw BoundaryError.shape("x has \(columns) columns, the model has \(dimension) coordinates")
  }
}
