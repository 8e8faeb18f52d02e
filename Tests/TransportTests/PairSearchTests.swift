import Numerics
import TestSupport
import Testing
import Transport

/// What the searches guarantee in spite of rounding: no pair below its limit is missed, and no bound is above what it
/// bounds.
@Suite struct PairSearchTests {
  /// Two populations in the engine's units, and weights of the second.
  private struct Case {
    let name: String
    let x: PointSet
    let y: PointSet
    let geometry: Geometry
    let v: [DoubleDouble]

    var metric: GroundCost { geometry.metric }

    /// c_ij - v_j of a row.
    func reduced(_ row: Int) -> [Double] { v.indices.map { geometry.cost(row, $0) - v[$0].hi } }
  }

  /// Populations in runs of neighbours, so that boxes matter, and populations for which expanded squares lose all their
  /// digits.
  private static func populations() -> [(name: String, x: Matrix, y: Matrix)] {
    var source = PointSource(40)
    func along(_ points: Matrix) -> Matrix {
      points.selecting(rows: (0..<points.rows).sorted { points[$0, 0] < points[$1, 0] })
    }
    func clusters(_ count: Int, _ d: Int, size: Double) -> Matrix {
      var points = source.normal(count, d, scale: size)
      for row in 0..<count { points[row, 0] += row < count / 3 ? -1 : 1 }
      return points
    }
    var all: [(String, Matrix, Matrix)] = []
    for d in [1, 2, 3, 7, 50] {
      all.append(("cloud", along(source.normal(150, d)), along(source.normal(200, d, offset: 0.5))))
      all.append(("offset", along(source.normal(90, d, offset: 1e6)), along(source.normal(130, d, offset: 1e6))))
      all.append(("tiny", source.normal(70, d, scale: 1e-160), source.normal(70, d, scale: 1e-160)))
      for drift in [1e3, 1e6, 1e9] {
        all.append(("drift \(drift)", along(source.normal(70, d)), along(source.normal(130, d, offset: drift))))
      }
      for size in [1e-2, 1e-4, 1e-7, 1e-10, 1e-13, 1e-15] {
        all.append(("clusters of \(size)", along(clusters(150, d, size: size)), along(clusters(260, d, size: size))))
      }
      all.append(("grid", source.grid(100, d), source.grid(150, d)))
    }
    all.append(("many dimensions", source.normal(70, 1000), source.normal(100, 1000)))
    all.append(("many dimensions, drift", source.normal(40, 1000), source.normal(70, 1000, offset: 1e3)))
    // The mean is near zero, and all points but two are so near it that their squares vanish in single precision.
    var (near, others) = (source.normal(66, 2, scale: 1e-25), source.normal(66, 2, scale: 1e-25))
    for points in [0, 1] {
      var ends = points == 0 ? near : others
      for k in 0..<2 { (ends[0, k], ends[1, k]) = (1, -1) }
      if points == 0 { near = ends } else { others = ends }
    }
    all.append(("next to nothing", near, others))
    return all
  }

  private static func cases(_ metric: GroundCost) -> [Case] {
    var random = PhiloxSequence(seed: 41, stream: 0)
    return populations().flatMap { name, x, y -> [Case] in
      let scaled = ScaledPoints(x, y)
      let rows = PointSet(scaled.x, at: Array(0..<x.rows))
      let columns = PointSet(scaled.y, at: Array(0..<y.rows))
      let geometry = Geometry(x: rows, y: columns, metric: metric)
      let nothing = [DoubleDouble](repeating: DoubleDouble(0), count: y.rows)
      // Potentials like those of a plan: of the size of costs, and tight.
      let tight = (0..<y.rows).map { j in DoubleDouble((0..<x.rows).map { geometry.cost($0, j) }.min() ?? 0) }
      let rough = tight.map { DoubleDouble($0.hi + 0.1 * random.normal() * geometry.cost(0, 0)) }
      return [("", nothing), (", tight", tight), (", rough", rough)].map { what, v in
        Case(name: "\(name)\(what), d = \(scaled.dimension)", x: rows, y: columns, geometry: geometry, v: v)
      }
    }
  }

  /// Every pair with c_ij - v_j < limit_i is reported, where the limit is just above one of the row's pairs.
  @Test(arguments: bothCosts)
  func noPairIsMissed(_ metric: GroundCost) throws {
    for test in Self.cases(metric) {
      try Self.checkPairs(test, Float.self)
      try Self.checkPairs(test, Double.self)
    }
  }

  /// A point lies beside a block of others, both so far from the centre that rounding there is as large as their
  /// distance. The block's box is rounded more coarsely than the points, whose distance from the centre is in the next
  /// binade. It must still not be farther than they are.
  @Test func boxesAreNotTooSmall() throws {
    var source = PointSource(44)
    for round in 0..<200 {
      let (d, size) = (1 + round % 3, [1e-13, 1e-14, 1e-15][round / 3 % 3])
      func near(_ count: Int, _ place: Double) -> [Double] {
        (0..<count * d).map { _ in place + size * source.random.uniform() }
      }
      let x = PointSet(near(1, 0.9), dimension: d, indices: [0])
      let y = PointSet(near(64, -1.2) + near(64, 0.9 + size), dimension: d, indices: Array(0..<128))
      let geometry = Geometry(x: x, y: y, metric: .euclidean)
      let costs = (0..<128).map { geometry.cost(0, $0) }
      guard let least = costs.min(), least > 0 else { continue }
      let search = PairSearch<Double>(
        x, among: ColumnBlocks(y), .euclidean, weights: [DoubleDouble](repeating: DoubleDouble(0), count: 128))
      let found = AtomicInt(0)
      try search.forEachPair(
        below: { _ in least.nextUp }, nil, { _, column in if costs[column] == least { found.value = 1 } })
      #expect(found.value == 1, "round \(round)")
    }
  }

  private static func checkPairs<Number: KernelNumber>(_ test: Case, _: Number.Type) throws {
    let search = PairSearch<Number>(test.x, among: ColumnBlocks(test.y), test.metric, weights: test.v)
    let columns = test.y.count
    var limits: [Double] = []
    var expected: [Bool] = []
    for row in 0..<test.x.count {
      let reduced = test.reduced(row)
      let limit = reduced.sorted()[row % 9].nextUp
      limits.append(limit)
      expected += reduced.map { $0 < limit }
    }
    let reported = UnsafeMutableBufferPointer<Bool>.allocate(capacity: expected.count)
    defer { reported.deallocate() }
    reported.initialize(repeating: false)
    nonisolated(unsafe) let marks = reported
    let rowLimits = limits
    try search.forEachPair(below: { rowLimits[$0] }, nil, { row, column in marks[row * columns + column] = true })
    let missed = expected.indices.first { expected[$0] && !reported[$0] }
    #expect(missed == nil, "\(test.name), \(Number.self), row \((missed ?? 0) / columns)")
    // Where numbers are fine enough, hardly more pairs are reported than asked for.
    if test.name.hasPrefix("cloud") {
      let (asked, told) = (expected.filter { $0 }.count, reported.filter { $0 }.count)
      #expect(Double(told) <= 1.01 * Double(asked) + 5, "\(test.name), \(Number.self): \(told) for \(asked)")
    }
  }

  /// No column that was not found is below its row's bound, and the bounds are as good as the numbers allow.
  @Test(arguments: bothCosts)
  func boundsHold(_ metric: GroundCost) throws {
    for test in Self.cases(metric) {
      for size in [1, 6] {
        try Self.checkBounds(test, Float.self, size)
        try Self.checkBounds(test, Double.self, size)
      }
      if test.x.count < 100 { try Self.checkBounds(test, Float.self, 10_000) }
    }
  }

  private static func checkBounds<Number: KernelNumber>(_ test: Case, _: Number.Type, _ size: Int) throws {
    let search = PairSearch<Number>(test.x, among: ColumnBlocks(test.y), test.metric, weights: test.v)
    let nearest = try NearestPairs(search, size, nil)
    #expect(nearest.size == min(size, test.y.count))
    var (sound, distinct, tight) = (true, true, true)
    for row in 0..<test.x.count {
      let reduced = test.reduced(row)
      let found = nearest.found[row * nearest.size..<(row + 1) * nearest.size].map { Int($0) }
      var left = reduced
      for column in found {
        distinct = distinct && left[column] < .infinity
        left[column] = .infinity
      }
      let least = left.min() ?? .infinity
      sound = sound && nearest.bounds[row] <= least
      let last = found.map { reduced[$0] }.max() ?? 0
      tight = tight && nearest.bounds[row] >= last - 1e-3 * test.geometry.cost(row, found[0]) - 1e-3
    }
    let what = "\(test.name), \(Number.self), \(size) of \(test.y.count)"
    #expect(sound, "bounds, \(what)")
    #expect(distinct, "columns found twice, \(what)")
    if test.name.hasPrefix("cloud") { #expect(tight, "\(what)") }
  }

  /// Pricing finds the least reduced cost of every row and its most violated pairs, on any number of threads, also
  /// where a search with other weights already proves most pairs feasible.
  @Test(arguments: bothCosts)
  func pricingIsComplete(_ metric: GroundCost) throws {
    var random = PhiloxSequence(seed: 42, stream: 0)
    for test in Self.cases(metric) {
      let geometry = test.geometry
      // Rows have none to nine violated pairs.
      let u = (0..<test.x.count).map { row in
        DoubleDouble(test.reduced(row).sorted()[row % 10] - (row % 10 == 0 ? 1e-12 : 0))
      }
      let duals = Duals(u: u, v: test.v)
      let tolerance = 0x1p-46
      var (least, worst): ([Double], [[Int]]) = ([], [])
      for row in u.indices {
        let reduced = test.reduced(row).map { $0 - u[row].hi }
        least.append(min(0, reduced.min() ?? 0))
        worst.append(
          reduced.indices.filter {
            reduced[$0] < -tolerance * (geometry.cost(row, $0) + abs(u[row].hi) + abs(test.v[$0].hi))
          })
      }
      let older = test.v.map { DoubleDouble($0.hi - 0.01 * random.uniform() * geometry.largestCost) }
      let nearest = try geometry.nearest(weights: older, 8, nil)
      let plain = try withThreads(1) { try Pricing(geometry, duals, tolerance: tolerance, nil) }
      let knowing = try withThreads(2) { try Pricing(geometry, duals, tolerance: tolerance, knowing: nearest, nil) }
      // The expected numbers are differences in doubles of costs and potentials of this size. Of pairs that are equal
      // up to that, the first that is met counts.
      let rounding = 0x1p-50 * (geometry.largestCost + largest((u + test.v).map(\.hi)))
      for pricing in [plain, knowing] {
        #expect(largest(difference(pricing.excess, least)) <= rounding, "\(test.name)")
        for row in u.indices {
          let arcs = pricing.violated.filter { Int($0.row) == row }
          #expect(arcs.count == min(worst[row].count, Pricing.arcsPerRow), "\(test.name), row \(row)")
          #expect(arcs.allSatisfy { worst[row].contains(Int($0.column)) }, "\(test.name), row \(row)")
        }
      }
      #expect(plain.excess == knowing.excess, "\(test.name)")
      func violations(_ pricing: Pricing) -> [Double] {
        pricing.violated.map { $0.cost - u[Int($0.row)].hi - test.v[Int($0.column)].hi }
      }
      #expect(plain.violated.map { $0.row } == knowing.violated.map { $0.row }, "\(test.name)")
      #expect(largest(difference(violations(plain), violations(knowing))) <= rounding, "\(test.name)")
    }
  }

  /// Searches are in single precision for clouds, in double for clusters that are far apart for their size.
  @Test(arguments: bothCosts)
  func resolution(_ metric: GroundCost) throws {
    var source = PointSource(43)
    func isEnough(_ x: Matrix, _ y: Matrix) -> Bool {
      func set(_ points: Matrix) -> PointSet {
        PointSet(points.elements, dimension: points.columns, indices: Array(0..<points.rows))
      }
      return Resolution.isEnough(Float.self, set(x), set(y), metric)
    }
    for d in [2, 10, 200] {
      let (x, y) = (source.normal(300, d), source.normal(300, d))
      #expect(isEnough(x, y), "d = \(d)")
      func apart(_ points: Matrix, _ distance: Double) -> Matrix {
        var points = points
        for row in 0..<points.rows / 2 { points[row, 0] += distance }
        return points
      }
      #expect(!isEnough(apart(x, 1e5), apart(y, 1e5)), "d = \(d)")
      // Drift is removed from squared distances only.
      var far = y
      for row in 0..<far.rows { far[row, 0] += 1e8 }
      #expect(isEnough(x, far) == (metric == .squaredEuclidean), "d = \(d)")
    }
  }
}
