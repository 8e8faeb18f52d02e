import Files
import Numerics
import Snapshots

extension FileReader {
  /// A series that was read has finite points, and weights that sum to 1.
  func takeTable(_ bytes: [UInt8]) throws {
    let series =
      switch self {
      case .npz: try SnapshotSeries.load(npz: bytes, name: "fuzz", options: LoadOptions())
      case .csv: try SnapshotSeries.load(csv: bytes, name: "fuzz", options: LoadOptions())
      default: try SnapshotSeries.load(npy: bytes, name: "fuzz")
      }
    for snapshot in series.snapshots {
      try promise(snapshot.points.columns == series.dimension, "a snapshot has another dimension than the series")
      try promise(snapshot.weights.count == snapshot.points.rows, "weights are not one for each particle")
      try promise(snapshot.points.elements.allSatisfy(\.isFinite) && snapshot.time.isFinite, "a point is not finite")
      try promise(abs(snapshot.weights.reduce(0, +) - 1) < 1e-12, "weights do not sum to 1")
    }
    try promise(
      zip(series.snapshots, series.snapshots.dropFirst()).allSatisfy { $0.time < $1.time }, "times do not increase")
  }

  /// What was read is written as a text that reads as the same.
  func takeJSON(_ bytes: [UInt8]) throws {
    guard let value = JSON.parse(bytes[...]) else { return }
    let text = value.text
    try promise(JSON.parse(Array(text.utf8)[...]) == value, "what is written of JSON is not what was read")
  }

  /// What was read is encoded as a file that reads as the same, whatever the file is of.
  func takeSafetensors(_ bytes: [UInt8]) throws {
    let file = try Safetensors(decoding: Safetensors.puttingChecksumRight(bytes), name: "fuzz")
    let again = try Safetensors(decoding: file.encoded(), name: "fuzz")
    try promise(again.tensors.map(\.shape) == file.tensors.map(\.shape), "shapes changed on the way through a file")
    try use(file)
  }
}

extension Safetensors {
  /// The same bytes with their CRC-32 where the checksum stands, if it stands where it ought to. Few damages leave a
  /// checksum right, and those behind it would never be tried.
  static func puttingChecksumRight(_ bytes: [UInt8]) -> [UInt8] {
    let place = 8 + #"{"__metadata__":{"crc32":""#.utf8.count
    guard bytes.count >= place + 8 else { return bytes }
    var bytes = bytes
    bytes.replaceSubrange(place..<place + 8, with: repeatElement(UInt8(ascii: "0"), count: 8))
    let digits = String(bytes.withUnsafeBytes { crc32Checksum($0) }, radix: 16)
    bytes.replaceSubrange(place + 8 - digits.utf8.count..<place + 8, with: digits.utf8)
    return bytes
  }
}
