import Numerics

/// Where the differences of one point to some others lie on a lattice, and how much each node counts for them.
package final class LatticeStencils<Number: KernelNumber> {
  private let offsets: AlignedBuffer<Number>
  private let positions: AlignedBuffer<Number>
  private let weights: AlignedBuffer<Number>
  private let polynomials: AlignedBuffer<Number>
  private let kernels = Number.kernels
  private var count = 0
  private var dimension = 0
  private var plane = 0
  private var row = 0

  /// At most so many numbers are read beyond the end of a row of coordinates.
  package static var padding: Int { 16 }

  /// - Parameter count: how many others to make room for
  package init(count: Int) {
    offsets = AlignedBuffer(count: count + Self.padding)
    positions = AlignedBuffer(count: count + Self.padding)
    weights = AlignedBuffer(count: Lattice.mostDimensions * Lattice.stencil * count)
    polynomials = AlignedBuffer(count: Lattice.polynomials.count)
    for (index, coefficient) in Lattice.polynomials.enumerated() { polynomials.base[index] = Number(coefficient) }
  }

  /// Sets the stencils of point - x_j for `count` others x_j.
  ///
  /// - Parameters:
  ///   - coordinates: of the others, in rows `stride` apart, which are read up to a multiple of `padding`
  ///   - factors: by which each of the others counts; 1 if nil
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func place(
    on lattice: Lattice, _ point: UnsafePointer<Number>, _ coordinates: UnsafePointer<Number>, stride: Int, count: Int,
    factors: UnsafePointer<Number>?
  ) {
    (self.count, dimension, plane, row) = (count, lattice.dimension, lattice.plane, lattice.row)
    let width = Lattice.stencil * dimension
    for c in 0..<dimension {
      kernels.latticePlaces(
        count: count, z: point[c], x: coordinates + c * stride, inverseSpacing: Number(1 / lattice.spacings[c]),
        origin: Number(lattice.reaches[c] - (Lattice.stencil / 2 - 1)),
        last: Number(lattice.count(c) - Lattice.stencil), step: Number(c == dimension - 1 ? 1 : row), adding: c > 0,
        offsets: offsets.base, positions: positions.base)
      kernels.latticeWeights(
        count: count, coefficients: polynomials.base, positions: positions.base, factors: c == 0 ? factors : nil,
        weights: weights.base + c * Lattice.stencil, stride: width)
    }
  }

  /// The sum over the others of the interpolated planes, one number per coordinate.
  package func gather(_ nodes: UnsafePointer<Number>, into sums: UnsafeMutablePointer<Number>) {
    kernels.latticeGather(
      dimension: dimension, count: count, nodes: nodes, plane: plane, row: row, offsets: offsets.base,
      weights: weights.base, sums: sums)
  }

  /// The transpose of `gather`: adds a direction to the nodes, times the weight of each.
  package func spread(_ direction: UnsafePointer<Number>, into nodes: UnsafeMutablePointer<Number>) {
    kernels.latticeSpread(
      dimension: dimension, count: count, direction: direction, offsets: offsets.base, weights: weights.base,
      nodes: nodes, plane: plane, row: row)
  }
}
