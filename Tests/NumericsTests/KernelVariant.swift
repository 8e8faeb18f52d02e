import CSystem
import KernelsBaseline
import Numerics

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

/// The hot loops of one instruction set for one number type, called without the table that picks one at load.
struct KernelVariant<Number: KernelNumber> {
  typealias Input = UnsafePointer<Number>
  typealias Output = UnsafeMutablePointer<Number>

  let panelProduct: (Int, Int, Int, Input, Int, Int, Input, Output, Input?) -> Void
  let outerProduct: (Int, Int, Int, Input, Input, Output, Int) -> Void
  let softplus: (Int, Input, Output, Output) -> Void
  let hadamard: (Int, Input, Input, Output) -> Void
  let activationAdjoint: (Int, Input, Input, Input, Output) -> Void
  let pairScan: KernelTable<Number>.PairScan
}

extension InstructionSet {
  /// Those that this processor has.
  static let available = allCases.filter { $0.rawValue <= Int(jko_system_x86_level()) }
}

/// A number type whose variants can be asked for.
protocol VariedNumber: KernelNumber {
  static func variant(_ set: InstructionSet) -> KernelVariant<Self>
}

extension Float: VariedNumber {
  static func variant(_ set: InstructionSet) -> KernelVariant<Float> {
    #if arch(x86_64)
      switch set {
      case .v4:
        return KernelVariant(
          panelProduct: KernelsV4.panelProductFloat, outerProduct: KernelsV4.outerProductFloat,
          softplus: KernelsV4.softplusFloat, hadamard: KernelsV4.hadamardFloat,
          activationAdjoint: KernelsV4.activationAdjointFloat, pairScan: KernelsV4.pairScanFloat)
      case .v3:
        return KernelVariant(
          panelProduct: KernelsV3.panelProductFloat, outerProduct: KernelsV3.outerProductFloat,
          softplus: KernelsV3.softplusFloat, hadamard: KernelsV3.hadamardFloat,
          activationAdjoint: KernelsV3.activationAdjointFloat, pairScan: KernelsV3.pairScanFloat)
      case .baseline: break
      }
    #endif
    return KernelVariant(
      panelProduct: KernelsBaseline.panelProductFloat, outerProduct: KernelsBaseline.outerProductFloat,
      softplus: KernelsBaseline.softplusFloat, hadamard: KernelsBaseline.hadamardFloat,
      activationAdjoint: KernelsBaseline.activationAdjointFloat, pairScan: KernelsBaseline.pairScanFloat)
  }
}

extension Double: VariedNumber {
  static func variant(_ set: InstructionSet) -> KernelVariant<Double> {
    #if arch(x86_64)
      switch set {
      case .v4:
        return KernelVariant(
          panelProduct: KernelsV4.panelProductDouble, outerProduct: KernelsV4.outerProductDouble,
          softplus: KernelsV4.softplusDouble, hadamard: KernelsV4.hadamardDouble,
          activationAdjoint: KernelsV4.activationAdjointDouble, pairScan: KernelsV4.pairScanDouble)
      case .v3:
        return KernelVariant(
          panelProduct: KernelsV3.panelProductDouble, outerProduct: KernelsV3.outerProductDouble,
          softplus: KernelsV3.softplusDouble, hadamard: KernelsV3.hadamardDouble,
          activationAdjoint: KernelsV3.activationAdjointDouble, pairScan: KernelsV3.pairScanDouble)
      case .baseline: break
      }
    #endif
    return KernelVariant(
      panelProduct: KernelsBaseline.panelProductDouble, outerProduct: KernelsBaseline.outerProductDouble,
      softplus: KernelsBaseline.softplusDouble, hadamard: KernelsBaseline.hadamardDouble,
      activationAdjoint: KernelsBaseline.activationAdjointDouble, pairScan: KernelsBaseline.pairScanDouble)
  }
}

/// For tests that run over both number types.
enum NumberType: CaseIterable { case float, double }

extension AlignedBuffer {
  /// Numbers that are exact in every type; with room behind them, filled with `guardNumber`.
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
