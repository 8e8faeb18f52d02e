import CJKOnetStar
import CSystem
import Numerics

/// A caller's options struct, or `defaults` for NULL. Its first member, struct_size, must be the size this library knows:
/// structs only ever grow at their end, and when they do, older sizes are accepted here.
func options<Options>(_ pointer: UnsafePointer<Options>?, _ name: String, defaults: Options) throws -> Options {
  guard let pointer else { return defaults }
  try checkSize(UnsafeRawPointer(pointer), name, MemoryLayout<Options>.size)
  return pointer.pointee
}

/// Fills a caller's options struct, whose size is the caller's idea of it, so that a caller built with other headers is told instead
/// of overwritten.
func fill<Options>(_ pointer: UnsafeMutablePointer<Options>?, _ size: Int, defaults: Options) throws {
  guard let pointer else { throw BoundaryError.null("options") }
  guard size == MemoryLayout<Options>.size else {
    throw BoundaryError.invalid(
      "struct_size = \(UInt(bitPattern: size)), expected sizeof(\(Options.self)) = \(MemoryLayout<Options>.size)")
  }
  pointer.pointee = defaults
}

/// The struct that a describing function fills in; its struct_size is the caller's.
func checkInfo<Info>(_ pointer: UnsafeMutablePointer<Info>?, _ name: String) throws -> UnsafeMutablePointer<Info> {
  guard let pointer else { throw BoundaryError.null(name) }
  try checkSize(UnsafeRawPointer(pointer), name, MemoryLayout<Info>.size)
  return pointer
}

private func checkSize(_ pointer: UnsafeRawPointer, _ name: String, _ expected: Int) throws {
  let size = pointer.load(as: Int.self)
  guard size == expected else {
    throw BoundaryError.invalid(
      "\(name)->struct_size = \(UInt(bitPattern: size)), expected \(expected); set it to the size of the struct, or fill options with their _init function"
    )
  }
}

/// Room for later versions of a struct, which today must be 0.
func requireZero(_ reserved: Int32, _ name: @autoclosure () -> String) throws {
  guard reserved == 0 else { throw BoundaryError.invalid("\(name()) = \(reserved) must be 0") }
}

/// A count in its documented range, as Int.
func requireCount(_ value: some BinaryInteger, _ name: String, in range: ClosedRange<Int>) throws -> Int {
  guard let count = Int(exactly: value), range.contains(count) else {
    throw BoundaryError.invalid("\(name) = \(value) is not between \(range.lowerBound) and \(range.upperBound)")
  }
  return count
}

func requirePositive(_ value: Double, _ name: String) throws -> Double {
  guard value > 0, value.isFinite else { throw BoundaryError.invalid("\(name) = \(value) is not a positive number") }
  return value
}

func requireNotNegative(_ value: Double, _ name: String) throws -> Double {
  guard value >= 0, value.isFinite else {
    throw BoundaryError.invalid("\(name) = \(value) is not a number of at least 0")
  }
  return value
}

func requireFinite(_ value: Double, _ name: String) throws -> Double {
  guard value.isFinite else { throw EngineError(.nonfinite, "\(name) = \(value) is not finite") }
  return value
}

/// A text argument.
func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws -> String {
  guard let pointer else { throw BoundaryError.null(name) }
  guard let text = String(validatingCString: pointer) else {
    throw BoundaryError.invalid("\(name) is not valid UTF-8")
  }
  guard !text.isEmpty else { throw BoundaryError.invalid("\(name) = \"\" is empty") }
  return text
}

/// The caller's progress callback as the engine's.
func progressHandler(_ callback: jko_progress_callback?, _ userData: UnsafeMutableRawPointer?) -> ProgressHandler {
  guard let callback else { return { _ in true } }
  return { progress in
    var state = jko_progress(
      stage: stageName(progress.stage), done: Int64(progress.done), total: Int64(progress.total),
      loss: progress.loss, seconds: progress.seconds)
    return callback(&state, userData) == 0
  }
}

private func stageName(_ stage: Progress.Stage) -> UnsafePointer<CChar>? {
  let name: StaticString
  switch stage {
  case .plans: name = "plans"
  case .density: name = "density"
  case .training: name = "training"
  case .influence: name = "error bars"
  case .bootstrap: name = "bootstrap"
  case .rollout: name = "rollout"
  case .evaluation: name = "evaluation"
  case .call: name = "call"
  }
  return UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
}
