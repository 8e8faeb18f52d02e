import CLAPACK

// What the routines share: LAPACK's letters, and checks of what they are handed.

/// Row-major memory read by columns is the transpose: our lower triangle is LAPACK's upper one.
let upper = CChar(UInt8(ascii: "U"))
let leftSide = CChar(UInt8(ascii: "L"))
let rightSide = CChar(UInt8(ascii: "R"))
let plain = CChar(UInt8(ascii: "N"))
let transposed = CChar(UInt8(ascii: "T"))
/// As many singular vectors as there are values.
let some = CChar(UInt8(ascii: "S"))

/// A size as LAPACK's 32-bit integer.
func lapackSize(_ size: Int, _ name: String) throws -> Int32 {
  guard let small = Int32(exactly: size) else {
    throw EngineError(.shape, "\(name): \(size) rows, columns or working numbers exceed LAPACK's bound \(Int32.max)")
  }
  return small
}

/// Throws `.nonfinite` where an element is not a number or infinite: some routines would return finite nonsense.
func requireFinite(_ matrix: Matrix, _ name: String) throws {
  guard let index = matrix.elements.firstIndex(where: { !$0.isFinite }) else { return }
  let place = "\(index / matrix.columns), \(index % matrix.columns)"
  throw EngineError(.nonfinite, "\(name)[\(place)] = \(matrix.elements[index]) is not finite")
}

func requireSquare(_ matrix: Matrix, _ name: String) throws {
  guard matrix.rows == matrix.columns else {
    throw EngineError(.shape, "\(name) has shape (\(matrix.rows), \(matrix.columns)); it must be square")
  }
}

extension Matrix {
  /// Copies the lower triangle to the upper one.
  mutating func mirrorLowerTriangle() {
    for row in 0..<rows {
      for column in 0..<row { elements[column * columns + row] = elements[row * columns + column] }
    }
  }
}
