/// The distinct points of a population that carry mass.
///
/// Equal points become one point with the sum of their masses. Otherwise the solvers would have to choose among pairs
/// of equal cost, of which there may be very many.
struct Sites {
  /// Rows of the population, grouped by distinct point; within a group they are in order.
  let rows: [Int]
  /// The rows of distinct point s are `rows[start[s]..<start[s + 1]]`. Near points have near numbers (`SpatialOrder`).
  let start: [Int]

  var count: Int { start.count - 1 }
  /// One row per distinct point.
  var firstRows: [Int] { start.dropLast().map { rows[$0] } }

  /// - Parameters:
  ///   - coordinates: row-major, `dimension` columns
  ///   - units: mass per row
  init(_ coordinates: [Double], dimension: Int, units: [Int]) {
    let active = units.indices.filter { units[$0] > 0 }
    let sorted = active.sorted { Self.order(coordinates, dimension, $0, $1) ?? ($0 < $1) }
    var sites: [Range<Int>] = []
    for place in sorted.indices {
      if let site = sites.last, Self.order(coordinates, dimension, sorted[site.lowerBound], sorted[place]) == nil {
        sites[sites.count - 1] = site.lowerBound..<place + 1
      } else {
        sites.append(place..<place + 1)
      }
    }
    SpatialOrder.sort(&sites, dimension: dimension) { site, k in coordinates[sorted[site.lowerBound] * dimension + k] }
    rows = sites.flatMap { sorted[$0] }
    start = sites.reduce(into: [0]) { starts, site in starts.append(starts[starts.count - 1] + site.count) }
  }

  func masses(_ units: [Int]) -> [Int] {
    (0..<count).map { site in rows[start[site]..<start[site + 1]].reduce(0) { $0 + units[$1] } }
  }

  /// Whether row i is before row j in lexicographic order; nil for equal points.
  private static func order(_ coordinates: [Double], _ dimension: Int, _ i: Int, _ j: Int) -> Bool? {
    for k in 0..<dimension {
      let (a, b) = (coordinates[i * dimension + k], coordinates[j * dimension + k])
      if a != b { return a < b }
    }
    return nil
  }
}
