import Files
import Foundation
import Numerics
import Snapshots
import Testing

@Suite("Series in files")
struct LoadSaveTests {
  private func load(_ path: String, _ options: LoadOptions = LoadOptions()) throws -> SnapshotSeries {
    try SnapshotSeries.load(path, options: options)
  }

  /// Snapshots of various sizes with random points and, if asked for, weights over many magnitudes.
  private func random(_ seed: UInt64, weighted: Bool) throws -> SnapshotSeries {
    var random = PhiloxSequence(seed: seed, stream: 1)
    var series = SnapshotSeries(dimension: 1 + random.integer(below: 4))
    for k in 0..<1 + random.integer(below: 4) {
      let size = 1 + random.integer(below: 200)
      let elements = (0..<size * series.dimension).map { _ in random.normal() }
      let weights = (0..<size).map { _ in pow(10, 12 * random.uniform() - 6) }
      try series.append(
        points: Matrix(rows: size, columns: series.dimension, elements: elements),
        time: Double(k) + random.uniform(), weights: weighted ? weights : nil)
    }
    return series
  }

  @Test("A saved series loads again bit for bit, weights included", arguments: [false, true])
  func roundTrip(weighted: Bool) throws {
    try withFolder { folder in
      for seed in 0..<30 as Range<UInt64> {
        let series = try random(seed, weighted: weighted)
        try series.save(toFolder: "\(folder)/series")
        #expect(sameBits(try load("\(folder)/series"), series))
        let shuffled = series.shuffled(seed: seed)
        try shuffled.save(toFolder: "\(folder)/series")
        #expect(sameBits(try load("\(folder)/series/"), shuffled))
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/series").sorted()
      #expect(files == ["points.npy", "time.npy", "weights.npy"])
    }
  }

  @Test("Signed zeros and the ends of the range survive a round trip")
  func extremes() throws {
    let values = [-0.0, 0.0, 0x1p-1074, -.greatestFiniteMagnitude, .leastNormalMagnitude, 1.0 / 3]
    let series = try SnapshotSeries(
      points: Matrix(rows: 3, columns: 2, elements: values), times: [-.greatestFiniteMagnitude, 0x1p-1074, 0x1p-1074],
      weights: [0.1, 0x1p-1064, 1])
    try withFolder { folder in
      try series.save(toFolder: folder)
      #expect(sameBits(try load(folder), series))
    }
  }

  @Test("A folder of arrays under other names")
  func folder() throws {
    try withFolder { folder in
      try NPY.write(Fixture.points.elements, shape: [7, 2], to: "\(folder)/cells.npy")
      try NPY.write(Fixture.times, shape: [7, 1], to: "\(folder)/sample_labels.npy")
      try NPY.write(Fixture.weights, shape: [7], to: "\(folder)/mass.npy")
      expectError(.format, "has no points array among its arrays \"cells\", \"mass\"") { _ = try load(folder) }
      #expect(
        sameBits(try load(folder, LoadOptions(points: "cells", weights: "mass")), try Fixture.series()))
      #expect(sameBits(try load(folder, LoadOptions(points: "cells")), try Fixture.series(weighted: false)))
      try NPY.write(Fixture.points.elements, shape: [7, 2], to: "\(folder)/data.npy")
      #expect(sameBits(try load(folder), try Fixture.series(weighted: false)))
      try NPY.write([1.0], shape: [1], to: "\(folder)/weights.npy")
      expectError(.shape, "weights has 1 element for 7 particles") { _ = try load(folder) }
      try NPY.write([1.0, .nan], shape: [1, 2], to: "\(folder)/X.npy")
      expectError(.format, "several arrays that may be the points: \"X\", \"data\"") { _ = try load(folder) }
      try FileManager.default.removeItem(atPath: "\(folder)/data.npy")
      expectError(.nonfinite, "points[0, 1] = nan is not finite") { _ = try load(folder) }
    }
  }

  @Test("An .npy file of shape (snapshots, n, d) has times 0, 1, 2, ...")
  func single() throws {
    let series = try load(Fixture.path("f8-big-fortran.npy"))
    #expect(series.snapshots.map(\.time) == [0, 1])
    #expect(series.snapshots.map(\.points.rows) == [3, 3])
    #expect(series.snapshots.flatMap(\.points.elements) == Fixture.pattern(24))
    #expect(series.snapshots[1].weights == [Double](repeating: 1.0 / 3, count: 3))
    expectError(.shape, "has shape (4, 3), not (snapshots, n, d)") { _ = try load(Fixture.path("shape-2.npy")) }
    for shape in [[0, 3, 2], [3, 0, 2], [3, 2, 0]] {
      try withFolder { folder in
        try NPY.write([Double](), shape: shape, to: "\(folder)/a.npy")
        expectError(.shape, "not (snapshots, n, d) of at least 1") { _ = try load("\(folder)/a.npy") }
      }
    }
  }

  @Test("Endings are recognised in any case; others and missing files are refused")
  func endings() throws {
    try withFolder { folder in
      for (name, copy) in [("plain.csv", "a.CSV"), ("stored.npz", "a.Npz"), ("f8-little-c.npy", "a.NPY")] {
        try FileManager.default.copyItem(atPath: Fixture.path(name), toPath: "\(folder)/\(copy)")
        #expect(sameBits(try load("\(folder)/\(copy)"), try load(Fixture.path(name))))
      }
      try FileManager.default.copyItem(atPath: Fixture.path("plain.csv"), toPath: "\(folder)/a.txt")
      expectError(.format, "a.txt\" is not a folder and does not end in .npz, .csv, .tsv or .npy") {
        _ = try load("\(folder)/a.txt")
      }
      for path in ["\(folder)/none", "\(folder)/none.csv", ""] {
        expectError(.io, "could not be opened: No such file") { _ = try load(path) }
      }
    }
  }

  @Test("Saving fails without harm where it cannot succeed")
  func refusedSaves() throws {
    try withFolder { folder in
      let series = try Fixture.series()
      expectError(.shape, "empty") { try SnapshotSeries(dimension: 2).save(toFolder: folder) }
      expectError(.io, "could not be made: No such file") { try series.save(toFolder: "\(folder)/no/such") }
      try NPY.write([1.0], shape: [1], to: "\(folder)/X.npy")
      expectError(.io, "holds \"X.npy\", which may be read in place of points.npy") {
        try series.save(toFolder: folder)
      }
      // A folder stands where the weights should go: points and times stay as they were.
      let other = "\(folder)/other"
      try series.save(toFolder: other)
      try FileManager.default.removeItem(atPath: "\(other)/weights.npy")
      try FileManager.default.createDirectory(atPath: "\(other)/weights.npy/x", withIntermediateDirectories: true)
      expectError(.io) { try series.save(toFolder: other) }
    }
  }

  @Test("The embryoid body data, where they are", .enabled(if: embryoidBody != nil))
  func embryoid() throws {
    let series = try load(try #require(embryoidBody))
    #expect(series.dimension == 5)
    #expect(series.snapshots.map(\.time) == [0, 1, 2, 3, 4])
    #expect(series.snapshots.map(\.points.rows) == [2381, 4163, 3278, 3665, 3332])
    // Each component is standardised over all cells; mean and variance of 16819 values carry that many roundings.
    for column in 0..<5 {
      let values = series.snapshots.flatMap { snapshot in
        (0..<snapshot.points.rows).map { snapshot.points[$0, column] }
      }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(mean) < 1e-6 && abs(variance - 1) < 1e-4)
    }
  }
}

/// The folder of the data that JKONETSTAR_EB names.
private let embryoidBody: String? = ProcessInfo.processInfo.environment["JKONETSTAR_EB"]
