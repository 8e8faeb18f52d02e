import CJKOnetStar
import Numerics

/// Where the values and gradients of a term go; either may be left out, not both.
struct TermOutputs {
  private let value: ArrayView?
  private let gradient: ArrayView?

  init(
    _ value: UnsafePointer<jko_array>?, _ gradient: UnsafePointer<jko_array>?, rows: Int, columns: Int
  ) throws {
    guard value != nil || gradient != nil else {
      throw BoundaryError.invalid("value = NULL, and so is the other output; one of both is needed")
    }
    self.value = try value.map { try output($0, "value", rows: rows, columns: 1) }
    self.gradient = try gradient.map { try output($0, "gradient", rows: rows, columns: columns) }
  }

  typealias Buffer = UnsafeMutableBufferPointer<Double>

  /// Has `body` write all elements: in place where that can disturb neither the input, which it may read meanwhile, nor
  /// the other output.
  func fill(apartFrom input: UnsafeBufferPointer<Double>, _ body: (_ value: Buffer?, _ gradient: Buffer?) -> Void)
    throws
  {
    let places = (value: value?.plain(apartFrom: input), gradient: gradient?.plain(apartFrom: input))
    let isInPlace = (value == nil || places.value != nil) && (gradient == nil || places.gradient != nil)
    if isInPlace, !Self.overlap(places.value, places.gradient) { return body(places.value, places.gradient) }
    var (values, gradients) = (zeros(value), zeros(gradient))
    values.withUnsafeMutableBufferPointer { values in
      gradients.withUnsafeMutableBufferPointer { gradients in
        body(value == nil ? nil : values, gradient == nil ? nil : gradients)
      }
    }
    try ABI.write((value, values), (gradient, gradients))
  }

  /// Writes what is wanted, or nothing where one of both does not fit.
  func write(value: () throws -> [Double], gradient: () throws -> [Double]) throws {
    try ABI.write(
      (self.value, self.value == nil ? [] : value()), (self.gradient, self.gradient == nil ? [] : gradient()))
  }

  private func zeros(_ view: ArrayView?) -> [Double] {
    [Double](repeating: 0, count: view.map { $0.rows * $0.columns } ?? 0)
  }

  private static func overlap(_ a: Buffer?, _ b: Buffer?) -> Bool {
    guard let a, let b, let first = a.baseAddress, let second = b.baseAddress else { return false }
    return first < second + b.count && second < first + a.count
  }
}
