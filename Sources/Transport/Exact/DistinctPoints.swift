/// The distinct points of a population that carry mass.
///
/// Equal points become one point with the sum of their masses. Otherwise the solvers would have to choose among pairs
/// of equal cost, of which there may be very many.
struct DistinctPoints {
  /// Rows of the population, grouped by distinct point; within a group they are in order.
  let rows: [Int]
  /// The rows of distinct point s are `rows[start[s]..<start[s + 1]]`. Near points have near numbers (`SpatialOrder`).
  let start: [Int]

  var count: Int { start.count - 1 }
  /// One row per distinct point.
  var firstRows: [Int] { start.dropLast().map { rows[$0] } }

  /// - Parameter units: mass per row
  init(_ points: ScaledPopulation, units: [Int]) {
    let active = units.indices.filter { units[$0] > 0 }
    let sorted = active.sorted { Self.order(points, $0, $1) ?? ($0 < $1) }
    var groups: [Range<Int>] = []
    for place in sorted.indices {
      if let group = groups.last, Self.order(points, sorted[group.lowerBound], sorted[place]) == nil {
        groups[groups.count - 1] = group.lowerBound..<place + 1
      } else {
        groups.append(place..<place + 1)
      }
    }
    SpatialOrder.sort(&groups, dimension: points.dimension) { group, k in points[sorted[group.lowerBound], k] }
    rows = groups.flatMap { sorted[$0] }
    start = groups.reduce(into: [0]) { starts, group in starts.append(starts[starts.count - 1] + group.count) }
  }

  /// The mass of each distinct point.
  func masses(_ units: [Int]) -> [Int] {
    (0..<count).map { point in rows[start[point]..<start[point + 1]].reduce(0) { $0 + units[$1] } }
  }

  /// Whether row i is before row j in lexicographic order; nil for equal points.
  private static func order(_ points: ScaledPopulation, _ i: Int, _ j: Int) -> Bool? {
    for k in 0..<points.dimension {
      let (a, b) = (points[i, k], points[j, k])
      if a != b { return a < b }
    }
    return nil
  }
}
