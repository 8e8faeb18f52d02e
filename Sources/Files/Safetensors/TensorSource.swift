import Numerics

/// Reads the tensors of a file, and checks type, shape and values, because a file may hold anything.
package struct TensorSource {
  private let file: Safetensors
  private let path: String

  package init(_ file: Safetensors, path: String) { (self.file, self.path) = (file, path) }

  package func unusable(_ what: String) -> EngineError { EngineError(.format, "path = \(quoted(path)): \(what)") }

  /// Throws unless this is a file of a format and a version of it.
  package func requireFormat(_ name: String, version: String, called words: String) throws {
    let metadata = Dictionary(file.metadata.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    guard metadata["format"] == name else { throw unusable("not \(words) of this library") }
    guard metadata["format_version"] == version else {
      throw unusable("format_version is \(metadata["format_version"] ?? "missing"), this library reads \(version)")
    }
  }

  package func has(_ tensor: String) -> Bool { file.tensor(tensor) != nil }

  /// The first axis' length, 0 where there is none.
  package func length(_ tensor: String) -> Int { file.tensor(tensor)?.shape.first ?? 0 }

  /// The last axis' length, 0 where there is none.
  package func width(_ tensor: String) -> Int { file.tensor(tensor)?.shape.last ?? 0 }

  /// Finite numbers of a shape in which nil stands for any length.
  package func doubles(_ tensor: String, shape: [Int?]) throws -> [Double] {
    guard let found = file.tensor(tensor), case .doubles(let values) = found.values else {
      throw unusable("tensor \"\(tensor)\" of F64 is missing")
    }
    try check(found, shape)
    guard values.allSatisfy(\.isFinite) else { throw unusable("tensor \"\(tensor)\" holds values that are not finite") }
    return values
  }

  package func integers(_ tensor: String, shape: [Int?], in range: ClosedRange<Int>) throws -> [Int] {
    guard let found = file.tensor(tensor), case .integers(let values) = found.values else {
      throw unusable("tensor \"\(tensor)\" of I64 is missing")
    }
    try check(found, shape)
    guard values.allSatisfy(range.contains) else {
      throw unusable("tensor \"\(tensor)\" holds values outside \(range.lowerBound) to \(range.upperBound)")
    }
    return values
  }

  private func check(_ tensor: Safetensors.Tensor, _ shape: [Int?]) throws {
    guard tensor.shape.count == shape.count, zip(tensor.shape, shape).allSatisfy({ $0 == $1 ?? $0 }) else {
      throw unusable(
        "tensor \"\(tensor.name)\" has shape \(tensor.shape), expected \(shape.map { $0.map(String.init) ?? "any" })")
    }
  }
}
