import Numerics

extension EntropicPlan {
  /// Some pairs that stand for all n m: `count` of each row, each with that part of the row's mass.
  ///
  /// They are the places at which the row's mass, summed in the order of the columns, passes (k + u) / count of the
  /// whole, with an offset u that runs evenly through (0, 1) from row to row. Every pair is thus chosen in proportion
  /// to its mass; row sums are exact, column sums are on average.
  package func sample(perRow count: Int) throws -> [TransportPlan.Entry] {
    try requireMemory(rows, count, of: TransportPlan.Entry.self, for: "pairs of a plan")
    return try pairs.sample(perRow: count, masses: rowMasses)
  }
}

extension PlanPairs {
  /// The golden section, whose multiples fill the unit interval most evenly.
  private static let section = 0.6180339887498949

  fileprivate func sample(perRow count: Int, masses: [Double]) throws -> [TransportPlan.Entry] {
    let (pairs, size) = (exponents, 256)
    let pieces = (a.count + size - 1) / size
    let found = try Parallel.map(pieces) { piece -> [TransportPlan.Entry] in
      let range = piece * size..<min(a.count, (piece + 1) * size)
      var sampler = RowSampler(range, count)
      pairs.tiles(of: range, u: a, potentials: b) { rows, columns, powers, _ in
        for (place, row) in rows.enumerated() {
          let offset = (Double(row + 1) * Self.section).truncatingRemainder(dividingBy: 1)
          let mass = masses[supportX[row]]
          sampler.take(row, columns, powers + place * 64, offset: offset, mass: mass, scale: total) { column in
            TransportPlan.Entry(row: supportX[row], column: supportY[column], mass: mass / Double(count))
          }
        }
      }
      return sampler.entries
    }
    return found.flatMap { $0 }
  }
}

/// Walks along rows, tile by tile, and takes the pairs at which their mass passes the next mark.
private struct RowSampler {
  private let range: Range<Int>
  private let count: Int
  private var passed: [Double]
  private var taken: [[TransportPlan.Entry]]

  init(_ range: Range<Int>, _ count: Int) {
    (self.range, self.count) = (range, count)
    passed = [Double](repeating: 0, count: range.count)
    taken = [[TransportPlan.Entry]](repeating: [], count: range.count)
  }

  /// By row.
  var entries: [TransportPlan.Entry] { taken.flatMap { $0 } }

  mutating func take(
    _ row: Int, _ columns: Range<Int>, _ powers: UnsafePointer<Double>, offset: Double, mass: Double, scale: Double,
    _ entry: (Int) -> TransportPlan.Entry
  ) {
    let place = row - range.lowerBound
    guard mass > 0 else { return }
    for (lane, column) in columns.enumerated() {
      passed[place] += scale * powers[lane]
      while taken[place].count < count,
        passed[place] >= (Double(taken[place].count) + offset) / Double(count) * mass
      {
        taken[place].append(entry(column))
      }
    }
  }
}
