import CStack

/// How much of its stack a thread must have left for a call. A call on less would write beyond the stack, which ends
/// the process at best; it is refused instead.
///
/// docs/reliability.md has what calls were seen to use, of which these are at least a third more.
enum StackRoom: Int {
  /// Values, gradients and Hessian products of a model at points.
  case evaluation = 16_384
  case usual = 49_152
  /// Fits, and what makes fits of its own.
  case fit = 114_688

  /// Whether the calling thread has so much. If not, its last error says so.
  var isThere: Bool {
    let left = jko_stack_left()
    if left >= rawValue { return true }
    // Text of Swift would need more stack than there may be.
    LastError.set(lines: jko_stack_message(left, rawValue))
    return false
  }
}
