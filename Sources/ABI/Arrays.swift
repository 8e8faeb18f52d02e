import CJKOnetStar
import Numerics

/// A validated view of the caller's memory.
struct ArrayView {
  private let name: String
  private let data: UnsafeMutableRawPointer
  let rows: Int
  let columns: Int
  private let rowStride: Int
  private let columnStride: Int
  private let single: Bool

  /// - Parameter pointer: every field is checked; nothing is read through `data` yet.
  init(_ pointer: UnsafePointer<jko_array>?, _ name: String) throws {
    guard let array = pointer?.pointee else { throw BoundaryError.null(name) }
    guard let data = array.data else { throw BoundaryError.null("\(name)->data") }
    switch array.dtype {
    case jko_dtype(JKO_FLOAT64): single = false
    case jko_dtype(JKO_FLOAT32): single = true
    default:
      throw BoundaryError.invalid("\(name)->dtype = \(array.dtype) is neither JKO_FLOAT64 (0) nor JKO_FLOAT32 (1)")
    }
    guard array.rows >= 1, array.columns >= 1 else {
      throw BoundaryError.shape(
        "\(name) has shape (\(array.rows), \(array.columns)); at least one row and column is needed")
    }
    guard let rows = Int(exactly: array.rows), let columns = Int(exactly: array.columns),
      let rowStride = Int(exactly: array.row_stride), let columnStride = Int(exactly: array.column_stride),
      Self.spans(rows, rowStride, columns, columnStride)
    else {
      throw BoundaryError.shape(
        "\(name) with shape (\(array.rows), \(array.columns)) and strides (\(array.row_stride), \(array.column_stride)) exceeds the address space"
      )
    }
    self.name = name
    self.data = data
    self.rows = rows
    self.columns = columns
    self.rowStride = rowStride
    self.columnStride = columnStride
  }

  /// Whether element counts and byte offsets stay far below overflow.
  private static func spans(_ rows: Int, _ rowStride: Int, _ columns: Int, _ columnStride: Int) -> Bool {
    let limit = 1 << 56
    func product(_ a: Int, _ b: Int) -> Int? {
      let (value, overflow) = a.multipliedReportingOverflow(by: b)
      return overflow || value.magnitude > UInt(limit) ? nil : value
    }
    return product(rows, columns) != nil && product(rows - 1, rowStride) != nil
      && product(columns - 1, columnStride) != nil
  }

  /// Whether every element has its own place: rows apart by more than a row spans, or columns by more than a column.
  var isWritable: Bool {
    let (row, column) = (rowStride.magnitude, columnStride.magnitude)
    let width = columns == 1 ? 1 : UInt(columns - 1) * column + 1
    let height = rows == 1 ? 1 : UInt(rows - 1) * row + 1
    return (columns == 1 || column > 0) && (rows == 1 || row >= width)
      || (rows == 1 || row > 0) && (columns == 1 || column >= height)
  }

  private var isContiguous: Bool { columnStride == 1 && rowStride == columns }

  /// The caller's memory itself, where it holds aligned, contiguous doubles, as the engine's own arrays do.
  private var plain: UnsafeMutableBufferPointer<Double>? {
    let alignment = UInt(MemoryLayout<Double>.alignment)
    guard isContiguous, !single, UInt(bitPattern: data) % alignment == 0 else { return nil }
    return UnsafeMutableBufferPointer(start: data.assumingMemoryBound(to: Double.self), count: rows * columns)
  }

  /// A copy of the elements, all finite.
  func matrix() throws -> Matrix {
    let elements = try values()
    try elements.withUnsafeBufferPointer { try requireFinite($0) }
    return Matrix(rows: rows, columns: columns, elements: elements)
  }

  /// Lends the elements, row-major and all finite. They are copied only where the caller's memory has another layout.
  func read<Result>(_ body: (UnsafeBufferPointer<Double>) throws -> Result) throws -> Result {
    if let plain {
      let elements = UnsafeBufferPointer(plain)
      try requireFinite(elements)
      return try body(elements)
    }
    return try matrix().elements.withUnsafeBufferPointer(body)
  }

  /// The caller's memory itself, where it does not overlap an input that is still read while it is written.
  func plain(apartFrom input: UnsafeBufferPointer<Double>) -> UnsafeMutableBufferPointer<Double>? {
    plain.flatMap { Self.overlap(UnsafeBufferPointer($0), input) ? nil : $0 }
  }

  private static func overlap(_ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>) -> Bool {
    guard let first = a.baseAddress, let second = b.baseAddress else { return false }
    return first < second + b.count && second < first + a.count
  }

  private func requireFinite(_ elements: UnsafeBufferPointer<Double>) throws {
    // A difference with itself is 0 for finite numbers only; the sum needs no branch per element.
    var sum = 0.0
    for element in elements { sum += element - element }
    guard sum != 0, let index = elements.firstIndex(where: { !$0.isFinite }) else { return }
    throw EngineError(.nonfinite, "\(element(index)) = \(elements[index]) is not finite")
  }

  /// An element, as messages call it.
  private func element(_ index: Int) -> String {
    columns == 1 ? "\(name)[\(index)]" : "\(name)[\(index / columns), \(index % columns)]"
  }

  private func values() throws -> [Double] {
    let count = rows * columns
    try requireMemory(count, of: Double.self, for: name)
    return [Double](unsafeUninitializedCapacity: count) { out, filled in
      if isContiguous && !single {
        let source = UnsafeRawBufferPointer(start: data, count: count * 8)
        UnsafeMutableRawBufferPointer(out).copyMemory(from: source)
      } else {
        for row in 0..<rows {
          for column in 0..<columns {
            let offset = row * rowStride + column * columnStride
            out[row * columns + column] =
              single
              ? Double(data.loadUnaligned(fromByteOffset: offset * 4, as: Float.self))
              : data.loadUnaligned(fromByteOffset: offset * 8, as: Double.self)
          }
        }
      }
      filled = count
    }
  }

  /// Elements for a file, in the view's own precision.
  func singles() throws -> [Float]? { single ? try values().map { Float($0) } : nil }
  func doubles() throws -> [Double] { try values() }

  /// Writes the elements, row-major, as many as the view has; none of them where one does not fit its precision.
  func write(_ elements: [Double]) throws {
    try requirePrecision(elements)
    store(elements)
  }

  /// Has `body` write all elements: in place where that cannot disturb the inputs, which it may read meanwhile.
  func fill(
    apartFrom first: UnsafeBufferPointer<Double>, and second: UnsafeBufferPointer<Double>,
    by body: (UnsafeMutableBufferPointer<Double>) -> Void
  ) throws {
    if let plain = plain(apartFrom: first), self.plain(apartFrom: second) != nil { return body(plain) }
    var elements = [Double](repeating: 0, count: rows * columns)
    elements.withUnsafeMutableBufferPointer { body($0) }
    try write(elements)
  }

  /// Throws where the view's precision would make a finite number infinite.
  func requirePrecision(_ elements: [Double]) throws {
    guard single, let index = elements.firstIndex(where: { $0.isFinite && !Float($0).isFinite }) else { return }
    throw EngineError(
      .nonfinite,
      "\(element(index)) = \(elements[index]) exceeds \(Float.greatestFiniteMagnitude), the largest number of JKO_FLOAT32"
    )
  }

  /// Writes elements that are known to fit the view's precision.
  fileprivate func store(_ elements: [Double]) {
    var next = elements.startIndex
    for row in 0..<rows {
      for column in 0..<columns {
        let offset = row * rowStride + column * columnStride
        let value = elements[next]
        if single {
          data.storeBytes(of: Float(value), toByteOffset: offset * 4, as: Float.self)
        } else {
          data.storeBytes(of: value, toByteOffset: offset * 8, as: Double.self)
        }
        next = elements.index(after: next)
      }
    }
  }
}

/// Writes what goes to each of a call's outputs: to all of them, or to none.
func write(_ outputs: (ArrayView?, [Double])...) throws { try write(outputs) }

func write(_ outputs: [(ArrayView?, [Double])]) throws {
  for (view, elements) in outputs { try view?.requirePrecision(elements) }
  for (view, elements) in outputs { view?.store(elements) }
}

/// The input array `name`, copied.
func input(_ pointer: UnsafePointer<jko_array>?, _ name: String) throws -> Matrix {
  try ArrayView(pointer, name).matrix()
}

/// An input vector, copied: one column of `count` rows.
func inputVector(_ pointer: UnsafePointer<jko_array>?, _ name: String, count: Int? = nil) throws -> [Double] {
  let view = try ArrayView(pointer, name)
  guard view.columns == 1 else {
    throw BoundaryError.shape("\(name) has shape (\(view.rows), \(view.columns)), expected (\(count ?? view.rows), 1)")
  }
  if let count, view.rows != count {
    throw BoundaryError.shape("\(name) has \(counted(view.rows, "element")); it must have \(count)")
  }
  return try view.matrix().elements
}

/// The masses of `count` particles, or nil for NULL.
func optionalMasses(_ pointer: UnsafePointer<jko_array>?, _ name: String, count: Int) throws -> [Double]? {
  guard pointer != nil else { return nil }
  return try inputVector(pointer, name, count: count)
}

/// An output array that must have the given shape.
func output(_ pointer: UnsafePointer<jko_array>?, _ name: String, rows: Int, columns: Int) throws -> ArrayView {
  let view = try ArrayView(pointer, name)
  guard view.rows == rows, view.columns == columns else {
    throw BoundaryError.shape(
      "\(name) has shape (\(view.rows), \(view.columns)), expected (\(rows), \(columns))")
  }
  guard view.isWritable else {
    throw BoundaryError.shape("\(name) has strides that let elements overlap; every element needs its own place")
  }
  return view
}
