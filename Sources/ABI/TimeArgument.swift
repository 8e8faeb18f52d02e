import CJKOnetStar
import Energies

/// The caller's times: one for all points, one per point, or, for models that do not vary in time, none.
struct TimeArgument {
  let pointer: UnsafePointer<jko_array>?

  init(_ pointer: UnsafePointer<jko_array>?) { self.pointer = pointer }

  /// - Parameter fixed: the time of a model that does not vary; nil for one that does
  func times(rows: Int, fixed: Double?) throws -> Times {
    if let fixed {
      guard pointer == nil else {
        throw BoundaryError.invalid("t is given, and the model does not vary in time; it must be NULL")
      }
      return .one(fixed)
    }
    let view = try ArrayView(pointer, "t")
    guard view.columns == 1, view.rows == 1 || view.rows == rows else {
      throw BoundaryError.shape("t has shape (\(view.rows), \(view.columns)), expected (\(rows), 1) or (1, 1)")
    }
    return try view.read { times in
      times.allSatisfy { $0 == times[0] } ? .one(times[0]) : .each(Array(times))
    }
  }
}
