import Numerics
import Snapshots
import Testing

@Suite("Division into training and test parts, and shuffling")
struct SplitTests {
  /// Snapshots at times 0, 1, ... whose point i of snapshot k is (k, i), with weight i + 1.
  private func series(_ sizes: [Int]) throws -> SnapshotSeries {
    var series = SnapshotSeries(dimension: 2)
    for (k, size) in sizes.enumerated() {
      let points = Matrix(rows: size, columns: 2, elements: (0..<size).flatMap { [Double(k), Double($0)] })
      try series.append(points: points, time: Double(k), weights: (0..<size).map { Double($0 + 1) })
    }
    return series
  }

  private func particles(_ snapshot: Snapshot) -> [Double] {
    (0..<snapshot.points.rows).map { snapshot.points[$0, 1] }
  }

  @Test("The parts are disjoint, complete and in order, and their weights are shares", arguments: [true, false])
  func partition(alongTrajectories: Bool) throws {
    let whole = try series([40, 40, 40])
    let (train, test) = try whole.split(alongTrajectories: alongTrajectories, testFraction: 0.3, seed: 7)
    for k in 0..<3 {
      let (trained, tested) = (particles(train.snapshots[k]), particles(test.snapshots[k]))
      #expect(tested.count == 12)
      #expect((trained + tested).sorted() == (0..<40).map { Double($0) })
      #expect(trained == trained.sorted() && tested == tested.sorted())
      #expect(train.snapshots[k].time == Double(k) && test.snapshots[k].time == Double(k))
      for part in [train.snapshots[k], test.snapshots[k]] {
        let sum = particles(part).reduce(0) { $0 + $1 + 1 }
        for (particle, weight) in zip(particles(part), part.weights) {
          // The share is a quotient of two quotients by the same sum.
          #expect(abs(weight - (particle + 1) / sum) <= 4 * weight.ulp)
        }
      }
    }
    let picks = test.snapshots.map(particles)
    #expect(alongTrajectories == (picks[0] == picks[1] && picks[1] == picks[2]))
  }

  @Test("The test part has round(fraction n) particles, at least 1 and at most n - 1")
  func sizes() throws {
    for (size, fraction, expected) in [
      (2, 0.5, 1), (2, 0.999, 1), (2, 1e-9, 1), (10, 0.25, 3), (10, 0.24, 2), (100, 1e-300, 1),
      (100, 1.0.nextDown, 99), (7, 0.5, 4),
    ] {
      let (train, test) = try series([size]).split(alongTrajectories: false, testFraction: fraction, seed: 1)
      #expect(test.snapshots[0].points.rows == expected, "\(size) \(fraction)")
      #expect(train.snapshots[0].points.rows == size - expected)
    }
  }

  @Test("Same seed, same parts; another seed, others; one snapshot does not depend on the others")
  func seeds() throws {
    let whole = try series([50, 60])
    func test(_ series: SnapshotSeries, _ seed: UInt64) throws -> SnapshotSeries {
      try series.split(alongTrajectories: false, testFraction: 0.5, seed: seed).test
    }
    #expect(try sameBits(test(whole, 3), test(whole, 3)))
    #expect(try test(whole, 3) != test(whole, 4))
    #expect(try test(series([50, 80]), 3).snapshots[0] == test(whole, 3).snapshots[0])
  }

  @Test("Every particle is equally likely to be tested")
  func uniform() throws {
    let (size, repeats) = (10, 4000)
    let whole = try series([size])
    var counts = [Double](repeating: 0, count: size)
    for seed in 0..<UInt64(repeats) {
      let (_, test) = try whole.split(alongTrajectories: true, testFraction: 0.3, seed: seed)
      for particle in particles(test.snapshots[0]) { counts[Int(particle)] += 1 }
    }
    // Binomial counts: mean 1200, deviation sqrt(4000 * 0.3 * 0.7) = 29; five of them leave 6e-6 for ten particles.
    for count in counts { #expect(abs(count - 1200) < 145) }
  }

  @Test("What cannot be divided is refused")
  func refused() throws {
    func split(_ series: SnapshotSeries, _ along: Bool, _ fraction: Double) throws {
      _ = try series.split(alongTrajectories: along, testFraction: fraction, seed: 0)
    }
    let whole = try series([4, 5])
    for fraction in [0, 1, -0.1, 2, .nan, .infinity] {
      expectError(.invalid, "test_fraction = \(fraction)") { try split(whole, false, fraction) }
    }
    expectError(.shape, "snapshots[1] has 5 particles, snapshots[0] has 4") { try split(whole, true, 0.5) }
    expectError(.shape, "snapshots[1] has 1 particle") { try split(try series([4, 1]), false, 0.5) }
    expectError(.shape, "empty") { try split(SnapshotSeries(dimension: 2), false, 0.5) }
    let sparse = try SnapshotSeries(points: Matrix(rows: 2, columns: 1), times: [0, 0], weights: [1, 0])
    expectError(.population, "part of snapshot 0 are all 0") { try split(sparse, false, 0.5) }
  }

  @Test("Rows say where particles come from, after any chain of divisions, permutations and samples")
  func rows() throws {
    // Of row i of the pooled observations the coordinate is i.
    let times = (0..<60).map { Double(($0 * 7) % 3) }
    let pooled = try SnapshotSeries(
      points: Matrix(rows: 60, columns: 1, elements: (0..<60).map { Double($0) }), times: times, weights: nil)
    let (train, test) = try pooled.split(alongTrajectories: false, testFraction: 0.4, seed: 1)
    let (mixed, rest) = try train.shuffled(seed: 2).split(alongTrajectories: true, testFraction: 0.5, seed: 3)
    for series in [
      pooled, train, test, mixed, rest, test.shuffled(seed: 4), pooled.thinned(to: 7, seed: 5),
      test.resampled(seed: 6, sample: 0),
    ] {
      for snapshot in series.snapshots {
        #expect(snapshot.rows.map { Double($0) } == snapshot.points.elements)
        #expect(snapshot.rows.allSatisfy { times[$0] == snapshot.time })
      }
    }
    let parts = [mixed, rest, test].flatMap { $0.snapshots.flatMap(\.rows) }
    #expect(parts.sorted() == Array(0..<60))
  }

  @Test("Snapshots that are given one by one number their own rows, which can be replaced")
  func ownRows() throws {
    var whole = try series([4, 3])
    #expect(whole.snapshots.map(\.rows) == [[0, 1, 2, 3], [0, 1, 2]])
    expectError(.invalid, "rows[1] = -1 is less than 0") { try whole.setRows([5, -1, 0], of: 1) }
    #expect(whole.snapshots[1].rows == [0, 1, 2])
    try whole.setRows([30, 10, 20], of: 1)
    let shuffled = whole.shuffled(seed: 1).snapshots[1]
    #expect(shuffled.rows == particles(shuffled).map { [30, 10, 20][Int($0)] })
  }

  @Test("Shuffling permutes particles with their weights, each snapshot in its own way")
  func shuffle() throws {
    let whole = try series([30, 30])
    let shuffled = whole.shuffled(seed: 5)
    for (before, after) in zip(whole.snapshots, shuffled.snapshots) {
      let order = particles(after).map { Int($0) }
      #expect(order.sorted() == Array(0..<30))
      #expect(order != Array(0..<30))
      #expect(after.points == before.points.selecting(rows: order))
      #expect(after.weights == order.map { before.weights[$0] })
      #expect(after.time == before.time)
    }
    #expect(particles(shuffled.snapshots[0]) != particles(shuffled.snapshots[1]))
    #expect(sameBits(shuffled, whole.shuffled(seed: 5)))
    #expect(SnapshotSeries(dimension: 3).shuffled(seed: 1).snapshots.isEmpty)
  }
}
