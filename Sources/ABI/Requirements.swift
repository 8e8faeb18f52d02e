import Numerics

/// A count in its documented range, as Int.
func requireCount(_ value: some BinaryInteger, _ name: String, in range: ClosedRange<Int>) throws -> Int {
  guard let count = Int(exactly: value), range.contains(count) else {
    throw BoundaryError.invalid("\(name) = \(value) is not between \(range.lowerBound) and \(range.upperBound)")
  }
  return count
}

func requirePositive(_ value: Double, _ name: String) throws -> Double {
  guard value > 0, value.isFinite else { throw BoundaryError.invalid("\(name) = \(value) is not a positive number") }
  return value
}

func requireNotNegative(_ value: Double, _ name: String) throws -> Double {
  guard value >= 0, value.isFinite else {
    throw BoundaryError.invalid("\(name) = \(value) is not a number of at least 0")
  }
  return value
}

func requireFinite(_ value: Double, _ name: String) throws -> Double {
  guard value.isFinite else { throw EngineError(.nonfinite, "\(name) = \(value) is not finite") }
  return value
}

/// A text argument.
func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws -> String {
  guard let pointer else { throw BoundaryError.null(name) }
  guard let text = String(validatingCString: pointer) else {
    throw BoundaryError.invalid("\(name) is not valid UTF-8")
  }
  guard !text.isEmpty else { throw BoundaryError.invalid("\(name) = \"\" is empty") }
  return text
}
