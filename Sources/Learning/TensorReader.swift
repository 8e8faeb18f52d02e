import Files
import Numerics

/// The tensors of a model file, none of which is trusted.
struct TensorReader {
  let file: Safetensors
  /// As errors call the file.
  let name: String

  func unusable(_ what: String) -> EngineError { EngineError(.format, "path = \"\(name)\": \(what)") }

  /// - Parameter shape: nil where any extent will do
  func doubles(_ tensor: String, _ shape: [Int?]) throws -> [Double] {
    guard let found = file.tensor(tensor), case .doubles(let values) = found.values else {
      throw unusable("tensor \"\(tensor)\" of F64 is missing")
    }
    try check(found, tensor, shape)
    guard values.allSatisfy(\.isFinite) else {
      throw unusable("tensor \"\(tensor)\" holds values that are not finite")
    }
    return values
  }

  func integers(_ tensor: String, _ shape: [Int?], in range: ClosedRange<Int>) throws -> [Int] {
    guard let found = file.tensor(tensor), case .integers(let values) = found.values else {
      throw unusable("tensor \"\(tensor)\" of I64 is missing")
    }
    try check(found, tensor, shape)
    guard values.allSatisfy(range.contains) else { throw unusable("tensor \"\(tensor)\" is out of range") }
    return values
  }

  func has(_ tensor: String) -> Bool { file.tensor(tensor) != nil }

  private func check(_ found: Safetensors.Tensor, _ tensor: String, _ shape: [Int?]) throws {
    guard found.shape.count == shape.count, zip(found.shape, shape).allSatisfy({ $0 == $1 ?? $0 }) else {
      throw unusable(
        "tensor \"\(tensor)\" has shape \(found.shape), expected \(shape.map { $0.map(String.init) ?? "any" })")
    }
  }
}
