import Numerics
import Testing
import Transport

/// Every argument that cannot describe two populations is refused by name, index, value and bound.
@Suite struct ValidationTests {
  let x = Matrix(rows: 2, columns: 2, elements: [0, 1, 2, 3])
  let y = Matrix(rows: 3, columns: 2, elements: [0, 1, 2, 3, 4, 5])

  private func expect(
    _ kind: EngineError.Kind, _ message: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ compute: () throws -> Void
  ) {
    #expect(throws: EngineError(kind, message), sourceLocation: sourceLocation) { try compute() }
  }

  private func plan(_ x: Matrix, _ a: [Double]?, _ y: Matrix, _ b: [Double]?) throws {
    for cost in bothCosts { _ = try exactPlan(from: x, masses: a, to: y, masses: b, cost: cost) }
  }

  @Test func points() {
    let empty = Matrix(rows: 0, columns: 2)
    expect(.shape, "x has 0 rows, fewer than 1") { try plan(empty, nil, y, nil) }
    expect(.shape, "y has 0 rows, fewer than 1") { try plan(x, nil, empty, nil) }
    expect(.shape, "x has 0 columns, fewer than 1") { try plan(Matrix(rows: 2, columns: 0), nil, y, nil) }
    expect(.shape, "y has 3 columns, not the 2 of the other population") {
      try plan(x, nil, Matrix(rows: 3, columns: 3), nil)
    }
    var bad = y
    bad[2, 1] = .infinity
    expect(.nonfinite, "y[2, 1] = inf is not finite") { try plan(x, nil, bad, nil) }
    expect(.nonfinite, "x[2, 1] = inf is not finite") { try plan(bad, nil, y, nil) }
    bad[0, 1] = .nan
    expect(.nonfinite, "x[0, 1] = nan is not finite") { try plan(bad, nil, x, nil) }
  }

  @Test func masses() {
    expect(.shape, "a has 3 masses for 2 particles") { try plan(x, [1, 1, 1], y, nil) }
    expect(.shape, "b has 0 masses for 3 particles") { try plan(x, nil, y, []) }
    expect(.nonfinite, "a[1] = nan is not finite") { try plan(x, [1, .nan], y, nil) }
    expect(.nonfinite, "b[0] = -inf is not finite") { try plan(x, nil, y, [-.infinity, 1, 1]) }
    expect(.population, "b[2] = -0.5 is less than 0") { try plan(x, nil, y, [1, 0.5, -0.5]) }
    expect(.population, "a has sum 0.0, not greater than 0") { try plan(x, [0, 0], y, nil) }
    let huge = Double.greatestFiniteMagnitude
    expect(.population, "a has a sum greater than \(huge)") { try plan(x, [huge, huge], y, nil) }
    expect(
      .population, "b has sum 3.0, which differs from the sum of the other masses, 2.0, by more than 1e-09 relative"
    ) {
      try plan(x, [1, 1], y, [1, 1, 1])
    }
    expect(
      .population, "b has sum 1.0, which differs from the sum of the other masses, 2.0, by more than 1e-09 relative"
    ) {
      try plan(x, [1, 1], y, nil)
    }
    expect(
      .population,
      "b has sum 1.000000002, which differs from the sum of the other masses, 1.0, by more than 1e-09 relative"
    ) {
      try plan(x, nil, y, [1.000000002, 0, 0])
    }
  }

  /// Five times 0.2 in single precision is 1.5e-8 more than 1, which is as near as such numbers come; thirds are alike.
  /// Counts are exact in any precision, and a difference that single precision would have kept is an error in it too.
  @Test func massesOfSinglePrecision() throws {
    let five = Matrix(rows: 5, columns: 2, elements: (0..<10).map(Double.init))
    let fifths = [Double](repeating: Double(Float(0.2)), count: 5)
    #expect(fifths.reduce(0, +) - 1 > 1e-8)
    try plan(five, fifths, y, nil)
    try plan(five, nil, y, [Double](repeating: Double(Float(1) / 3), count: 3))
    expect(
      .population, "b has sum 1.00001, which differs from the sum of the other masses, 1.0, by more than 1e-09 relative"
    ) {
      try plan(five, nil, y, [1.00001, 0, 0])
    }
    let wrong = Double(Float(1.00001))
    expect(
      .population,
      "b has sum \(wrong), which differs from the sum of the other masses, 1.0, by more than 1e-06 relative"
    ) {
      try plan(five, nil, y, [wrong, 0, 0])
    }
    expect(
      .population,
      "b has sum 9999999.0, which differs from the sum of the other masses, 10000000.0, by more than 1e-09 relative"
    ) {
      try plan(x, [5_000_000, 5_000_000], y, [9_999_999, 0, 0])
    }
  }

  /// Squares may exceed the range of doubles where the points do not.
  @Test func unrepresentableCosts() throws {
    let far = Matrix(rows: 1, columns: 1, elements: [1e200])
    let near = Matrix(rows: 1, columns: 1, elements: [0])
    let message = "the populations are so far apart that a cost exceeds \(Double.greatestFiniteMagnitude)"
    expect(.invalid, message) {
      _ = try exactPlan(from: far, masses: nil, to: near, masses: nil, cost: .squaredEuclidean)
    }
    #expect(try exactPlan(from: far, masses: nil, to: near, masses: nil, cost: .euclidean).cost == 1e200)
    expect(.invalid, "a has sum 1e+200, with which the cost of the plan exceeds \(Double.greatestFiniteMagnitude)") {
      _ = try exactPlan(from: far, masses: [1e200], to: near, masses: [1e200], cost: .euclidean)
    }
    let huge = Double.greatestFiniteMagnitude
    let ends = (
      Matrix(rows: 1, columns: 2, elements: [huge, huge]), Matrix(rows: 1, columns: 2, elements: [-huge, huge])
    )
    // This holds also where the far point has no mass, because it has a potential.
    let both = Matrix(rows: 2, columns: 1, elements: [0, 1e200])
    expect(.invalid, message) {
      _ = try exactPlan(from: both, masses: [1, 0], to: near, masses: [1], cost: .squaredEuclidean)
    }
    expect(.invalid, message) {
      _ = try exactPlan(from: ends.0, masses: nil, to: ends.1, masses: nil, cost: .euclidean)
    }
  }

  @Test func distances() {
    for order in [0, 3, -1, Int.max, Int.min] {
      expect(.invalid, "order = \(order) is neither 1 nor 2") {
        _ = try wassersteinDistance(from: x, masses: nil, to: y, masses: nil, order: order)
      }
    }
    expect(.shape, "b has 1 mass for 3 particles") {
      _ = try wassersteinDistance(from: x, masses: nil, to: y, masses: [1], order: 2)
    }
  }
}
