import CSystem
import KernelInterface
import Numerics

extension InstructionSet {
  /// The sets that this processor has.
  static let available = allCases.filter { $0.rawValue <= Int(jko_system_x86_level()) }
}

/// For tests that run over both number types.
enum NumberType: CaseIterable { case float, double }

extension AlignedBuffer {
  /// Numbers that are exact in every type, followed by room that is filled with `guardNumber`.
  convenience init(_ values: [Double], room: Int = 0) {
    self.init(count: values.count + room)
    base.update(repeating: Self.guardNumber, count: count)
    for (index, value) in values.enumerated() { base[index] = Number(value) }
  }

  static var guardNumber: Number { -12345 }

  var doubles: [Double] { (0..<count).map { Double(base[$0]) } }

  /// Whether the last `room` numbers are as `init(_:room:)` left them.
  func isUntouched(last room: Int) -> Bool { (count - room..<count).allSatisfy { base[$0] == Self.guardNumber } }
}

extension Kernels where Number: KernelNumber {
  /// An activation function of `count` numbers, a multiple of 64, computed by a layer of one input and one output: h, s
  /// and, where it is kept, c.
  static func activate(
    _ activation: Activation, _ count: Int, _ a: Input, _ h: Output, _ s: Output, _ c: Output
  ) {
    let (weight, bias) = (AlignedBuffer<Number>([1]), AlignedBuffer<Number>([0]))
    withExtendedLifetime((weight, bias)) {
      for start in stride(from: 0, to: count, by: 64) {
        layerForward(
          activation: activation, lanes: 64, rows: 1, depth: 1, w: weight.base, bias: bias.base, below: a + start,
          h: h + start, s: s + start, c: c + start)
      }
    }
  }
}
