import Numerics
import Testing
import Transport

@Suite struct WassersteinTests {
  /// W_p of a translated population is the length of the translation.
  @Test func translations() throws {
    var source = PointSource(30)
    for d in [1, 2, 3, 7] {
      let x = source.normal(60, d)
      let shift = (0..<d).map { Double($0) + 0.5 }
      var y = x
      for row in 0..<60 { for k in 0..<d { y[row, k] += shift[k] } }
      let length = shift.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for order in [1, 2] {
        let distance = try wassersteinDistance(from: x, masses: nil, to: y, masses: nil, order: order)
        #expect(abs(distance - length) <= 1e-13 * length)
      }
    }
  }

  /// W1 between populations on a line is the area between the distribution functions.
  @Test func areaBetweenDistributions() throws {
    var source = PointSource(31)
    for _ in 0..<50 {
      let (x, y) = (source.normal(23, 1), source.normal(31, 1, offset: 0.5))
      let (a, b) = (source.counts(23, total: 50), source.counts(31, total: 50))
      let jumps =
        (zip(x.elements, a).map { ($0, $1) } + zip(y.elements, b).map { ($0, -$1) }).sorted { $0.0 < $1.0 }
      var (area, height) = (0.0, 0.0)
      for (jump, next) in zip(jumps, jumps.dropFirst()) {
        height += jump.1
        area += abs(height) * (next.0 - jump.0)
      }
      let distance = try wassersteinDistance(from: x, masses: a, to: y, masses: b, order: 1)
      #expect(abs(distance - area / 50) <= 1e-13)
    }
  }

  /// W_p is a metric: zero for equal populations, symmetric, with the triangle inequality; and W1 <= W2.
  @Test func metric() throws {
    var source = PointSource(32)
    let clouds = (0..<3).map { source.normal(20 + 5 * $0, 2, offset: Double($0)) }
    for order in [1, 2] {
      func distance(_ i: Int, _ j: Int) throws -> Double {
        try wassersteinDistance(from: clouds[i], masses: nil, to: clouds[j], masses: nil, order: order)
      }
      #expect(try distance(0, 0) == 0)
      #expect(try abs(distance(0, 1) - distance(1, 0)) <= 1e-14)
      #expect(try distance(0, 2) <= distance(0, 1) + distance(1, 2))
    }
    for (x, y) in zip(clouds, clouds.dropFirst()) {
      let w1 = try wassersteinDistance(from: x, masses: nil, to: y, masses: nil, order: 1)
      let w2 = try wassersteinDistance(from: x, masses: nil, to: y, masses: nil, order: 2)
      #expect(w1 <= w2)
    }
  }

  /// Only the shares of the masses count.
  @Test func massesAreDividedByTheirSum() throws {
    var source = PointSource(33)
    let (x, y) = (source.normal(20, 2), source.normal(20, 2))
    let a = source.counts(20, total: 64)
    for order in [1, 2] {
      let counts = try wassersteinDistance(from: x, masses: a, to: y, masses: a.reversed(), order: order)
      let shares = try wassersteinDistance(
        from: x, masses: a.map { $0 / 64 }, to: y, masses: a.reversed().map { $0 / 64 }, order: order)
      #expect(abs(counts - shares) <= 1e-15 * counts)
    }
  }
}
