import Foundation
import Numerics
import Snapshots
import Testing

/// Damaged files, for as long as JKONETSTAR_FUZZ_SECONDS says, else for two seconds: reading ends in a series or an
/// error, never in a trap. The inputs depend on their number alone: JKONETSTAR_FUZZ_FIRST starts at a later one.
@Suite("Damaged files at random")
struct FuzzTests {
  private static func setting(_ name: String) -> Double? {
    ProcessInfo.processInfo.environment[name].flatMap { Double($0) }
  }

  @Test("No damage brings the reader down")
  func readers() throws {
    let seconds = Self.setting("JKONETSTAR_FUZZ_SECONDS") ?? 2
    let seeds = try [".npy", ".npz", ".csv"].flatMap { try Fixture.names($0) }
      .map { (name: $0, bytes: try Fixture.bytes($0)) }
    let start = monotonicSeconds()
    var number = UInt64(Self.setting("JKONETSTAR_FUZZ_FIRST") ?? 0)
    while monotonicSeconds() - start < seconds {
      // Which inputs run is written before, so that the last line names the one that failed.
      if number % 100_000 == 0, seconds > 2 { print("fuzz input", number) }
      read(Input(number, seeds))
      number += 1
    }
  }

  private func read(_ input: Input) {
    do {
      let series =
        switch input.kind {
        case "npz": try SnapshotSeries.load(npz: input.bytes, name: "fuzz", options: LoadOptions())
        case "csv": try SnapshotSeries.load(csv: input.bytes, name: "fuzz", options: LoadOptions())
        default: try SnapshotSeries.load(npy: input.bytes, name: "fuzz")
        }
      for snapshot in series.snapshots {
        #expect(snapshot.points.columns == series.dimension)
        #expect(snapshot.weights.count == snapshot.points.rows)
        #expect(snapshot.points.elements.allSatisfy(\.isFinite) && snapshot.time.isFinite)
        #expect(abs(snapshot.weights.reduce(0, +) - 1) < 1e-12)
      }
    } catch {
      #expect(error is EngineError)
    }
  }

  /// A file of the fixtures with one to eight random changes.
  private struct Input {
    let kind: Substring
    private(set) var bytes: [UInt8]

    init(_ number: UInt64, _ seeds: [(name: String, bytes: [UInt8])]) {
      var random = PhiloxSequence(seed: number, stream: 0)
      let seed = seeds[random.integer(below: seeds.count)]
      kind = seed.name.suffix(3)
      bytes = seed.bytes
      for _ in 0...random.integer(below: 8) { change(&random, seeds) }
    }

    private mutating func change(_ random: inout PhiloxSequence, _ seeds: [(name: String, bytes: [UInt8])]) {
      guard !bytes.isEmpty else { return }
      let place = random.integer(below: bytes.count)
      let length = min(1 + random.integer(below: 16), bytes.count - place)
      switch random.integer(below: 8) {
      case 0: bytes[place] ^= 1 << UInt8(random.integer(below: 8))
      case 1: bytes[place] = UInt8(random.integer(below: 256))
      case 2:
        bytes.replaceSubrange(
          place..<place + length, with: repeatElement(random.integer(below: 2) == 0 ? 0 : 0xFF, count: length))
      case 3: bytes.removeSubrange(place..<place + length)
      case 4: bytes.insert(contentsOf: bytes[place..<place + length], at: random.integer(below: bytes.count))
      case 5:
        bytes.replaceSubrange(
          place..<place + length, with: Array("0,9\"-'(){}.eL\n :".utf8.shuffled(&random).prefix(length)))
      case 6:
        let other = seeds[random.integer(below: seeds.count)].bytes
        guard !other.isEmpty else { return }
        let from = random.integer(below: other.count)
        bytes.replaceSubrange(place..<place + length, with: other[from..<min(from + length, other.count)])
      default: bytes.removeSubrange(place...)
      }
    }
  }
}

extension Sequence {
  fileprivate func shuffled(_ random: inout PhiloxSequence) -> [Element] {
    var elements = Array(self)
    random.shuffle(&elements)
    return elements
  }
}
