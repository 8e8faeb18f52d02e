import Energies
import Numerics

/// The network of U on a lattice, in place of all pairs: in one or two coordinates a minibatch has far more pairs than
/// a lattice has nodes.
///
/// The mean forces at all couplings are linear in the gradients at the nodes. The objective's gradient is therefore
/// that of sum_g C_g . grad U(z_g), where the direction C_g at node g is the sum over all couplings of their residuals'
/// vectors times their stencils' weights of the node. The network is evaluated at nodes instead of pairs, once for the
/// forces and once for the gradient. The objective is that over the same pairs, but for an error of the forces of the
/// size of rounding in single precision. In double precision, of which one expects all digits, pairs are passed.
final class InteractionLattice<Number: KernelNumber> {
  private let shape: NetworkShape
  private let choice: LatticeChoice<Number>
  private let team: Team
  /// One pass per member of the team, each of a few blocks.
  private let passes: [NetworkPass<Number>]
  /// Objectives since the lattice was chosen.
  private var age = 0
  private(set) var lattice: Lattice?
  /// The gradients at the nodes, one plane per coordinate.
  private var gradients = AlignedBuffer<Number>(count: 0)
  /// The directions at the nodes, summed over the couplings of a chunk: one plane per chunk and coordinate.
  private var directions = AlignedBuffer<Number>(count: 0)
  private var partial = AlignedBuffer<Number>(count: 0)

  /// The error of forces relative to the largest force.
  static var tolerance: Double { 0x1p-18 }
  /// The lattice is kept for so many steps, in which weights change little.
  private static var steps: Int { 16 }
  private static var blocksPerPass: Int { 4 }
  private static var mostPieces: Int { 32 }
  /// A bound on the memory of `directions`.
  private static var mostBytes: Int { 1 << 26 }

  /// Nil in more coordinates than lattices have, and in double precision.
  ///
  /// - Throws: `.memory` where the gradients of the pieces would not fit
  init?(_ samples: InteractionSamples<Number>, shape: NetworkShape, team: Team) throws {
    guard shape.dimension <= Lattice.mostDimensions, Number.self == Float.self else { return nil }
    try requireMemory(
      Self.mostPieces, Self.width(shape), of: Number.self,
      for: "the gradients of an interaction of \(shape.parameterCount) parameters on a lattice")
    self.shape = shape
    self.team = team
    choice = LatticeChoice(
      shape: shape, extents: samples.extents, differences: samples.differences(128), tolerance: Self.tolerance)
    passes = (0..<team.count).map { _ in NetworkPass(shape: shape, particles: Self.blocksPerPass * 64) }
  }

  /// Numbers from the gradient of one piece to that of the next.
  private static func width(_ shape: NetworkShape) -> Int { (shape.parameterCount + 63) / 64 * 64 }

  /// Makes the next objective choose the lattice anew.
  func renew() { age = 0 }

  /// Decides whether the next objective is computed on the lattice. If so, the gradients at its nodes are computed.
  ///
  /// - Parameters:
  ///   - pairs: the number of pairs at which the network would be evaluated otherwise
  ///   - chunks: the number of chunks of couplings, each of which has directions of its own
  func prepare(_ parameters: UnsafePointer<Number>, pairs: Int, chunks: Int) -> Bool {
    if age % Self.steps == 0 {
      // The limit is half the pairs, because a node costs somewhat more than a pair, and the forces of all pairs must
      // be interpolated besides.
      let limit = min(pairs / 2, Self.mostBytes / (max(1, chunks) * shape.dimension * MemoryLayout<Number>.stride))
      lattice = choice.lattice(parameters, limit: limit)
    }
    age += 1
    guard let lattice else { return false }
    let needed = shape.dimension * lattice.plane
    if gradients.count < needed { gradients = AlignedBuffer(count: needed) }
    if directions.count < chunks * needed { directions = AlignedBuffer(count: chunks * needed) }
    nonisolated(unsafe) let (own, parameters, planes, passes) = (self, parameters, gradients.base, passes)
    let size = Self.blocksPerPass
    team.forEachHeeding((lattice.blocks + size - 1) / size) { piece, member in
      let range = piece * size..<min(lattice.blocks, (piece + 1) * size)
      lattice.gradients(range, passes[member], parameters, into: planes)
    }
    team.forEach(chunks) { chunk, _ in own.directions(of: chunk).update(repeating: 0, count: needed) }
    return true
  }

  /// The gradients at the nodes.
  var nodes: UnsafePointer<Number> { UnsafePointer(gradients.base) }

  /// The directions of a chunk of couplings at the nodes.
  func directions(of chunk: Int) -> UnsafeMutablePointer<Number> {
    directions.base + chunk * shape.dimension * (lattice?.plane ?? 0)
  }

  /// Adds the gradient in the network's parameters, once all chunks have their directions.
  func accumulate(
    chunks: Int, _ parameters: UnsafePointer<Number>, into gradient: UnsafeMutablePointer<Number>
  ) {
    guard let lattice else { return }
    let (size, width) = (Self.blocksPerPass, Self.width(shape))
    let panels = (lattice.blocks + size - 1) / size
    let perPiece = (panels + Self.mostPieces - 1) / Self.mostPieces
    let pieces = (panels + perPiece - 1) / perPiece
    if partial.count < pieces * width { partial = AlignedBuffer(count: pieces * width) }
    nonisolated(unsafe) let (own, parameters, partial, passes) = (self, parameters, partial.base, passes)
    team.forEachHeeding(pieces) { piece, member in
      let sum = partial + piece * width
      sum.update(repeating: 0, count: width)
      for panel in piece * perPiece..<min(panels, (piece + 1) * perPiece) {
        let range = panel * size..<min(lattice.blocks, (panel + 1) * size)
        own.total(range, chunks, lattice)
        lattice.accumulate(
          range, passes[member], parameters, directions: UnsafePointer(own.directions(of: 0)), into: sum)
      }
    }
    for piece in 0..<pieces {
      let own = partial + piece * width
      for index in 0..<shape.parameterCount { gradient[index] += own[index] }
    }
  }

  /// Replaces the directions of the first chunk by the sum over all chunks.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func total(_ range: Range<Int>, _ chunks: Int, _ lattice: Lattice) {
    let lanes = NetworkPass<Number>.blockSize
    for c in 0..<shape.dimension {
      let place = c * lattice.plane + range.lowerBound * lanes
      let sum = directions(of: 0) + place
      for chunk in 1..<max(1, chunks) {
        let own = directions(of: chunk) + place
        for index in 0..<range.count * lanes { sum[index] += own[index] }
      }
    }
  }
}
