import Files
import Numerics

/// A table of particles with a header line, as separated values (`CSVReader`). Numbers are decimal, with a point, in
/// any locale.
struct ParticleTable {
  /// Of the coordinates.
  private(set) var names: [String]
  /// Columns that are neither coordinates nor time nor weights, each with the reason.
  private(set) var omitted: [String]
  /// Row-major, one row per line, `names.count` columns.
  private(set) var elements: [Double] = []
  private(set) var times: [Double] = []
  private(set) var weights: [Double]?

  /// - Parameter name: what messages call the file.
  /// - Throws: `.format`, naming line and column; `.nonfinite` for nan, inf and what exceeds a double; `.memory`.
  init(_ file: FileBytes, name: String, _ options: LoadOptions) throws {
    // The text is released at the end, before its numbers are copied into snapshots.
    let bytes = try CSVText.read(file, name: name) { _ = try ParticleColumns(headerOf: &$0, options) }
    var reader = CSVReader(bytes, name: name)
    let columns = try ParticleColumns(headerOf: &reader, options)
    names = columns.coordinates.map { columns.names[$0] }
    omitted = options.points == nil ? columns.indexes.map { "\(quoted(columns.names[$0])) (index)" } : []
    if columns.weights != nil { weights = [] }
    try reserve(bytes, columns.coordinates.count, name)

    // What the columns of coordinates have turned out to hold. A column that the caller named has to hold numbers.
    var kinds = [CSVColumnKind](repeating: options.points == nil ? .unknown : .numbers, count: names.count)
    while let record = try reader.record() {
      guard record.count == columns.names.count else {
        throw EngineError(
          .format, "\(name): line \(reader.line) has \(record.count) cells; the header has \(columns.names.count)")
      }
      func place(_ column: Int) -> String { "\(name): line \(reader.line), column \(quoted(columns.names[column]))" }
      func required(_ column: Int) throws -> Double {
        let text = reader.text(record[column])
        guard let value = decimal(text), value.isFinite else { throw cellFailure(text, place(column)) }
        return value
      }
      for (index, column) in columns.coordinates.enumerated() {
        elements.append(try kinds[index].value(reader.text(record[column]), place(column)))
      }
      times.append(try required(columns.time))
      if let column = columns.weights { weights?.append(try required(column)) }
    }
    try omitTexts(kinds, name)
    if options.points == nil { try refuseRowCounts(name) }
  }

  /// Asks for memory for as many cells as there can be: each but the first ends a line or a cell before it.
  private mutating func reserve(_ bytes: [UInt8], _ width: Int, _ name: String) throws {
    let lines = 1 + bytes.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    let (cells, overflow) = lines.multipliedReportingOverflow(by: width)
    let most = overflow ? bytes.count + 1 : min(cells, bytes.count + 1)
    try requireMemory(most + 2 * lines, of: Double.self, for: name)
    elements.reserveCapacity(most)
    times.reserveCapacity(lines)
    weights?.reserveCapacity(lines)
  }

  /// Leaves out columns without any number.
  private mutating func omitTexts(_ kinds: [CSVColumnKind], _ name: String) throws {
    let kept = kinds.indices.filter { !kinds[$0].isText }
    omitted += kinds.indices.filter { kinds[$0].isText }.map { "\(quoted(names[$0])) (no numbers)" }
    guard !kept.isEmpty || omitted.isEmpty else {
      throw EngineError(.format, "\(name) has no coordinates: left out were \(listed(omitted))")
    }
    guard kept.count < kinds.count else { return }
    let width = names.count
    for row in times.indices {
      for (place, column) in kept.enumerated() { elements[row * kept.count + place] = elements[row * width + column] }
    }
    elements.removeLast(times.count * (width - kept.count))
    names = kept.map { names[$0] }
  }

  /// Refuses a column that is 0, 1, 2, ... or 1, 2, 3, ... in the order of the rows: an index that a program wrote,
  /// much more likely than a coordinate. Fewer than three rows tell nothing.
  private func refuseRowCounts(_ name: String) throws {
    guard times.count >= 3 else { return }
    for (column, heading) in names.enumerated() where elements[column] == 0 || elements[column] == 1 {
      let first = elements[column]
      guard times.indices.allSatisfy({ elements[$0 * names.count + column] == first + Double($0) }) else { continue }
      throw EngineError(
        .format,
        "\(name): column \(quoted(heading)) numbers the rows from \(Int(first)), as an index does; name the columns of coordinates in points"
      )
    }
  }
}

/// Descriptions of columns; where there are many, only the first ones.
func listed(_ descriptions: [String]) -> String {
  let most = 8
  let shown = descriptions.prefix(most).joined(separator: ", ")
  return descriptions.count > most ? "\(shown) and \(descriptions.count - most) more" : shown
}
