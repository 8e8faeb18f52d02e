import Numerics

/// Particles in d coordinates: a collection of n rows of d numbers.
///
/// All coordinates share one unit of length. Numbers may be of any size; the engine centres and scales them by itself.
public struct Points: Sendable, Equatable, RandomAccessCollection {
  let matrix: Matrix

  init(_ matrix: Matrix) { self.matrix = matrix }

  /// Makes points from rows.
  ///
  /// - Parameter rows: n arrays of d numbers each, with n and d at least 1
  /// - Throws: `.shape` where there are no rows, or not all are equally long
  public init(_ rows: [[Double]]) throws(JKOError) {
    guard let d = rows.first?.count, d > 0 else { throw JKOError(.shape, "rows is empty; at least 1 x 1 is needed") }
    if let bad = rows.firstIndex(where: { $0.count != d }) {
      throw JKOError(.shape, "rows[\(bad)] has \(rows[bad].count) numbers; rows[0] has \(d)")
    }
    matrix = Matrix(rows: rows.count, columns: d, elements: rows.flatMap { $0 })
  }

  /// Makes points from numbers in row-major order.
  ///
  /// - Parameters:
  ///   - elements: n * d numbers
  ///   - dimension: d, at least 1
  /// - Throws: `.shape` where the count is not a positive multiple of d
  public init(elements: [Double], dimension: Int) throws(JKOError) {
    guard dimension >= 1 else { throw JKOError(.shape, "dimension = \(dimension) is not at least 1") }
    guard !elements.isEmpty, elements.count.isMultiple(of: dimension) else {
      throw JKOError(
        .shape, "elements has \(elements.count) numbers, not a positive multiple of dimension = \(dimension)")
    }
    matrix = Matrix(rows: elements.count / dimension, columns: dimension, elements: elements)
  }

  public var startIndex: Int { 0 }

  /// n, the number of particles.
  public var endIndex: Int { matrix.rows }

  /// d, the number of coordinates.
  public var dimension: Int { matrix.columns }

  /// All n * d numbers, row by row.
  public var elements: [Double] { matrix.elements }

  /// The d coordinates of one particle.
  public subscript(_ particle: Int) -> [Double] { Array(matrix.row(particle)) }

  /// Throws `.shape` unless the points have as many coordinates as something else.
  func require(dimension: Int, of what: String) throws(JKOError) {
    guard self.dimension == dimension else {
      throw JKOError(.shape, "points have \(self.dimension) coordinates, \(what) has \(dimension)")
    }
  }

  /// Throws `.notFinite` where a coordinate is NaN or infinite.
  func requireFinite(_ name: String) throws(JKOError) {
    guard let bad = elements.firstIndex(where: { !$0.isFinite }) else { return }
    let (row, column) = bad.quotientAndRemainder(dividingBy: dimension)
    throw JKOError(.notFinite, "\(name)[\(row)][\(column)] = \(elements[bad]) is not finite")
  }
}
