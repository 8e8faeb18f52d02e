extension Parallel {
  /// `forEach` for pieces of the calling thread's work. They heed its interruption on every thread. When the host has
  /// refused to go on, pieces that have not begun are left out. Their results are then undefined, and must not be read.
  package static func forEachHeeding(_ pieces: Int, _ body: @Sendable (Int) -> Void) {
    guard let interruption = Interruption.current else { return forEach(pieces, body) }
    forEach(pieces) { piece in
      Interruption.with(interruption) { if !interruption.stops { body(piece) } }
    }
  }

  /// `forRanges`, heeding the interruption in the same way.
  package static func forRangesHeeding(_ count: Int, grain: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let pieces = (count + grain - 1) / grain
    forEachHeeding(pieces) { piece in body(piece * grain..<min(count, (piece + 1) * grain)) }
  }
}

extension Team {
  /// `forEach`, heeding the interruption of the calling thread's work as `Parallel.forEachHeeding` does.
  package func forEachHeeding(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ member: Int) -> Void) {
    guard let interruption = Interruption.current else { return forEach(pieces, body) }
    forEach(pieces) { piece, member in
      Interruption.with(interruption) { if !interruption.stops { body(piece, member) } }
    }
  }
}
