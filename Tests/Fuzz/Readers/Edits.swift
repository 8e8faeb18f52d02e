import Files

/// Edits of a whole safetensors file that leave a file: bytes say what is changed, so that a fuzzer which changes bytes
/// changes what a reader sees behind lengths, offsets and the checksum.
struct Edits {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  private static let most = 64
  private static let longestTensor = 4096
  private static let numbers: [Double] = [
    0, -0.0, 1, -1, 0.5, 2, 3, 1e-300, -1e-300, 1e300, -1e300, 0x1p-1074, .greatestFiniteMagnitude, .infinity,
    -.infinity, .nan, 1e16, 4_294_967_296, 1e-9, 255,
  ]
  private static let integers = [
    0, 1, -1, 2, 3, 7, 64, 255, 4096, 1_000_000, Int(Int32.max), Int.max, Int.min, 1 << 53,
  ]
  private static let words = [
    "0", "-1", "1e999", "null", "true", "[]", "{}", "\"\"", "9223372036854775807", "0.5", "1", "\"network\"",
    "\"linear\"", "[1]", "\"implicit\"", "\"midpoint\"", "\"explicit\"",
  ]

  private mutating func byte() -> Int { bytes.popFirst().map(Int.init) ?? 0 }
  private mutating func index(below count: Int) -> Int { count > 0 ? (byte() << 8 | byte()) % count : 0 }

  /// - Parameter other: a file that tensors are taken from
  mutating func apply(to file: Safetensors, and other: Safetensors) -> Safetensors {
    var (metadata, tensors) = (file.metadata.filter { $0.name != "crc32" }, file.tensors)
    for _ in 0..<Self.most where !bytes.isEmpty {
      let kind = byte()
      let place = index(below: tensors.count)
      switch kind % 12 {
      case 0 where !tensors.isEmpty: tensors.remove(at: place)
      case 1 where !tensors.isEmpty && tensors.count < 200: tensors.append(tensors[place])
      case 2 where !tensors.isEmpty: tensors.swapAt(place, index(below: tensors.count))
      case 3 where !tensors.isEmpty: tensors[place] = settingValue(tensors[place])
      case 4 where !tensors.isEmpty: tensors[place] = reshaping(tensors[place])
      case 5 where !tensors.isEmpty: tensors[place] = tensors[place].ofOtherType
      case 6 where !tensors.isEmpty:
        tensors[place] = tensors[place].renamed(tensors[index(below: tensors.count)].name)
      case 7 where !other.tensors.isEmpty && tensors.count < 200:
        tensors.append(other.tensors[index(below: other.tensors.count)])
      case 8 where !other.tensors.isEmpty && !tensors.isEmpty:
        guard let found = other.tensor(tensors[place].name) else { break }
        tensors[place] = found
      case 9, 10: metadata = editingText(metadata)
      default: if !metadata.isEmpty { metadata.remove(at: index(below: metadata.count)) }
      }
    }
    return Safetensors(metadata: metadata, tensors: tensors)
  }

  private mutating func settingValue(_ tensor: Safetensors.Tensor) -> Safetensors.Tensor {
    switch tensor.values {
    case .doubles(var values) where !values.isEmpty:
      let (place, choice) = (index(below: values.count), byte())
      if choice < 128 {
        values[place] = Self.numbers[choice % Self.numbers.count]
      } else {
        values[place] = Double(bitPattern: (0..<8).reduce(0) { word, _ in word << 8 | UInt64(byte()) })
      }
      return Safetensors.Tensor(tensor.name, shape: tensor.shape, doubles: values)
    case .integers(var values) where !values.isEmpty:
      values[index(below: values.count)] = Self.integers[byte() % Self.integers.count]
      return Safetensors.Tensor(tensor.name, shape: tensor.shape, integers: values)
    default: return tensor
    }
  }

  /// Another shape, with as many of its values as that needs, repeated where there are too few.
  private mutating func reshaping(_ tensor: Safetensors.Tensor) -> Safetensors.Tensor {
    var shape = tensor.shape
    let axis = index(below: shape.count)
    switch byte() % 6 {
    case 0: shape.append(1 + byte() % 3)
    case 1: if !shape.isEmpty { shape.removeLast() }
    case 2: if !shape.isEmpty { shape[axis] += 1 }
    case 3: if !shape.isEmpty { shape[axis] = max(0, shape[axis] - 1) }
    case 4: if !shape.isEmpty { shape[axis] = 0 }
    default: if !shape.isEmpty { shape[axis] = byte() }
    }
    let count = shape.reduce(1, *)
    guard count <= Self.longestTensor else { return tensor }
    func cycled<Value>(_ values: [Value], _ filler: Value) -> [Value] {
      (0..<count).map { values.isEmpty ? filler : values[$0 % values.count] }
    }
    switch tensor.values {
    case .doubles(let values): return Safetensors.Tensor(tensor.name, shape: shape, doubles: cycled(values, 1))
    case .integers(let values): return Safetensors.Tensor(tensor.name, shape: shape, integers: cycled(values, 1))
    }
  }

  /// Replaces some bytes of one of the texts: the description is JSON with all options of a model.
  private mutating func editingText(_ metadata: [(name: String, value: String)]) -> [(name: String, value: String)] {
    guard !metadata.isEmpty else { return metadata }
    var (metadata, place) = (metadata, index(below: metadata.count))
    // Most of what there is to change is in the longest.
    if byte() % 4 > 0 {
      place = metadata.indices.max { metadata[$0].value.utf8.count < metadata[$1].value.utf8.count } ?? place
    }
    var text = Array(metadata[place].value.utf8)
    let start = index(below: text.count + 1)
    if byte() % 2 == 0 {
      // A value: from here to where it ends.
      let end = text[start...].firstIndex { [UInt8(ascii: ","), UInt8(ascii: "}")].contains($0) } ?? text.endIndex
      let begin = text[..<end].lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? start
      text.replaceSubrange(min(begin, end)..<end, with: Self.words[byte() % Self.words.count].utf8)
    } else {
      let end = min(text.count, start + byte() % 8)
      let length = byte() % 8
      text.replaceSubrange(start..<end, with: (0..<length).map { _ in UInt8(byte()) })
    }
    metadata[place].value = String(decoding: text, as: UTF8.self)
    return metadata
  }
}

extension Safetensors.Tensor {
  fileprivate var ofOtherType: Safetensors.Tensor {
    switch values {
    case .doubles(let values):
      return Safetensors.Tensor(name, shape: shape, integers: values.map { Int(Int64(bitPattern: $0.bitPattern)) })
    case .integers(let values): return Safetensors.Tensor(name, shape: shape, doubles: values.map { Double($0) })
    }
  }

  fileprivate func renamed(_ name: String) -> Safetensors.Tensor {
    switch values {
    case .doubles(let values): return Safetensors.Tensor(name, shape: shape, doubles: values)
    case .integers(let values): return Safetensors.Tensor(name, shape: shape, integers: values)
    }
  }
}
