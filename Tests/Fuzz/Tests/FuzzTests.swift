import Files
import Foundation
import FuzzReaders
import Numerics
import Testing

/// Damaged files without libFuzzer: the corpora that it left behind, and what chance makes of them. An input depends on
/// its number alone. JKONETSTAR_FUZZ_INPUTS says how many there are for each reader, JKONETSTAR_FUZZ_FIRST where to
/// begin.
@Suite("Damaged files")
struct FuzzTests {
  private static func setting(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "corpora")

  private static func corpus(_ reader: FileReader) throws -> [(name: String, bytes: [UInt8])] {
    let path = folder.appending(path: "\(reader.rawValue).zip").path
    let archive = try ZipArchive(FileBytes(opening: path), name: path)
    return try archive.names.map { ($0, Array(try archive.contents(of: $0))) }
  }

  @Test("What was found by libFuzzer is read or refused", arguments: FileReader.allCases)
  func corpora(reader: FileReader) throws {
    let inputs = try Self.corpus(reader)
    #expect(inputs.count >= 10)
    for input in inputs {
      #expect(throws: Never.self, "\(reader.rawValue)/\(input.name)") { try reader.take(input.bytes) }
    }
  }

  @Test("No damage brings a reader down", arguments: FileReader.allCases)
  func damaged(reader: FileReader) throws {
    let seeds = try Self.corpus(reader).map(\.bytes)
    let first = Self.setting("JKONETSTAR_FUZZ_FIRST") ?? 0
    let count = Self.setting("JKONETSTAR_FUZZ_INPUTS") ?? (reader == .checkpoint ? 200 : 1000)
    for number in first..<first + count {
      // Which inputs run is written before, so that the last line names the one that failed.
      if number % 100_000 == 0, count > 100_000 { print("\(reader.rawValue): input", number) }
      let bytes = Damage.applied(to: seeds, number)
      #expect(throws: Never.self, "\(reader.rawValue), input \(number)") { try reader.take(bytes) }
    }
  }

  @Test("Whole files are read", arguments: FileReader.allCases.filter(\.takesEdits))
  func whole(reader: FileReader) { #expect(throws: Never.self) { try reader.useWholeFiles() } }
}

/// One to eight random changes of one of some inputs.
private enum Damage {
  static func applied(to seeds: [[UInt8]], _ number: UInt64) -> [UInt8] {
    var random = PhiloxSequence(seed: number, stream: 0)
    var bytes = seeds[random.integer(below: seeds.count)]
    for _ in 0...random.integer(below: 8) { change(&bytes, &random, seeds) }
    return bytes
  }

  private static let punctuation = Array("0,9\"-'(){}.eL\n :".utf8)

  private static func change(_ bytes: inout [UInt8], _ random: inout PhiloxSequence, _ seeds: [[UInt8]]) {
    guard !bytes.isEmpty else { return bytes.append(UInt8(random.integer(below: 256))) }
    let place = random.integer(below: bytes.count)
    let length = min(1 + random.integer(below: 16), bytes.count - place)
    let range = place..<place + length
    switch random.integer(below: 8) {
    case 0: bytes[place] ^= 1 << UInt8(random.integer(below: 8))
    case 1: bytes[place] = UInt8(random.integer(below: 256))
    case 2:
      bytes.replaceSubrange(range, with: repeatElement(random.integer(below: 2) == 0 ? 0 : 0xFF, count: length))
    case 3: bytes.removeSubrange(range)
    case 4: bytes.insert(contentsOf: bytes[range], at: random.integer(below: bytes.count))
    case 5:
      bytes.replaceSubrange(range, with: range.map { _ in punctuation[random.integer(below: punctuation.count)] })
    case 6:
      let other = seeds[random.integer(below: seeds.count)]
      guard !other.isEmpty else { return }
      let from = random.integer(below: other.count)
      bytes.replaceSubrange(range, with: other[from..<min(from + length, other.count)])
    default: bytes.removeSubrange(place...)
    }
  }
}
