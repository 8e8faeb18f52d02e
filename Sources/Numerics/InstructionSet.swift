import CSystem
import KernelInterface
import KernelsBaseline

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

/// Instruction sets that the hot loops are compiled for.
package enum InstructionSet: Int, Sendable, CaseIterable {
  case baseline = 1
  /// x86-64-v3: AVX2 and FMA.
  case v3 = 3
  /// x86-64-v4: AVX-512.
  case v4 = 4

  /// As `JKONETSTAR_KERNELS` has it. To ask Swift for the name of a case takes 40 KB of stack.
  package var name: String {
    switch self {
    case .baseline: "baseline"
    case .v3: "v3"
    case .v4: "v4"
    }
  }

  /// The one in use: the best that the processor has, or the one that JKONETSTAR_KERNELS names, if the processor has
  /// it.
  package static let current: InstructionSet = {
    let level = Int(jko_system_x86_level())
    let available = allCases.filter { $0.rawValue <= level }
    if let name = getenv("JKONETSTAR_KERNELS"),
      let chosen = available.first(where: { $0.name == String(cString: name) })
    {
      return chosen
    }
    return available.last ?? .baseline
  }()

  /// The kernels that were compiled for this set.
  package var kernels: KernelTable {
    #if arch(x86_64)
      switch self {
      case .v4: return KernelsV4.kernels
      case .v3: return KernelsV3.kernels
      case .baseline: break
      }
    #endif
    return KernelsBaseline.kernels
  }
}
