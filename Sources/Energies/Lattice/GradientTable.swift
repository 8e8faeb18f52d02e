import Numerics

/// A network's gradient at all nodes of a lattice: a function of network and extents alone.
final class GradientTable: @unchecked Sendable {
  // Sendable, because it is only read once `init` has filled it.
  let lattice: Lattice
  let planes: AlignedBuffer<Double>
  let extents: [Double]

  static let mostNodes = 1 << 20
  /// Where fewer nodes than this are allowed, no lattice is tried. Fewer hardly ever reach the tolerance, and to choose
  /// a lattice costs as much as some thousand pairs.
  static let fewestNodes = 5000
  private static let tolerance = 0x1p-30
  private static let probes = 128
  private static let blocksPerPass = 4

  init?(_ network: Network, extents: [Double], limit: Int) {
    // Extents must be positive, because the steps of the differences for Hessians are parts of them.
    guard network.dimension <= Lattice.mostDimensions, extents.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    var random = PhiloxSequence(seed: 0, stream: RandomPurpose.probes.stream())
    let differences = (0..<Self.probes).flatMap { _ in extents.map { $0 * (2 * random.uniform() - 1) } }
    let choice = LatticeChoice<Double>(
      shape: network.shape, extents: extents, differences: differences, tolerance: Self.tolerance)
    let lattice = network.parameters.withUnsafeBufferPointer { parameters in
      parameters.baseAddress.flatMap { choice.lattice($0, limit: limit) }
    }
    guard let lattice else { return nil }
    self.lattice = lattice
    self.extents = extents
    planes = AlignedBuffer(count: lattice.dimension * lattice.plane)
    nonisolated(unsafe) let base = planes.base
    let size = Self.blocksPerPass
    Parallel.forRangesHeeding((lattice.blocks + size - 1) / size, grain: 8) { range in
      let pass = NetworkPass<Double>(shape: network.shape, particles: size * NetworkPass<Double>.blockSize)
      network.parameters.withUnsafeBufferPointer { parameters in
        guard let parameters = parameters.baseAddress else { return }
        for panel in range {
          lattice.gradients(panel * size..<min(lattice.blocks, (panel + 1) * size), pass, parameters, into: base)
        }
      }
    }
  }
}
