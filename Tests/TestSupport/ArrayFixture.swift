import Foundation
import Numerics

/// What Tests/Oracles/arrays.py wrote, and what it put into it.
package enum ArrayFixture {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Oracles/arrays")

  package static func path(_ name: String) -> String { folder.appending(path: name).path }

  package static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  package static func names(_ suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(suffix) }.sorted()
  }

  /// Element i in C order is 37 i mod 101 - 50, divided by 8 where the type has fractions.
  package static func pattern(_ count: Int, integers: Bool = false) -> [Double] {
    (0..<count).map { Double(37 * $0 % 101 - 50) / (integers ? 1 : 8) }
  }

  package static let points = Matrix(rows: 7, columns: 2, elements: pattern(14))
  package static let times = [0.5, 0, 0.5, 1, 0, 1, 0.5]
  package static let weights: [Double] = [1, 2, 3, 4, 5, 6, 7]

  /// Archives that hold these arrays as X, time and weights, in all ways that are read.
  package static let archives = [
    "stored.npz", "deflated.npz", "streamed-stored.npz", "streamed-deflated.npz", "classic.npz", "mixed.npz",
    "zip64.npz", "zip64-only.npz",
  ]
}
