import Numerics

/// A network of the difference of two particles with its gradient on a lattice, for fields that are asked for at many
/// points.
///
/// Gradients of its fields are interpolated on the lattice, right to 2^-30 of the largest, which is the accuracy of
/// steps. Whole Hessians (`hessians`) are differences of these, right to some 1e-5, which is enough because they only
/// precondition. Values and Hessian products come from the network itself, and so does everything at points whose
/// differences leave the lattice.
struct TabulatedNetwork: Interaction {
  let network: Network
  fileprivate let table: GradientTable

  /// - Parameters:
  ///   - extents: how far the differences that will be asked for lie from 0, along each coordinate
  ///   - pairs: how many pairs of particles will be evaluated
  /// - Returns: nil where evaluating the pairs themselves is less work
  init?(_ network: Network, extents: [Double], pairs: Int) {
    guard pairs / 4 > GradientTable.fewestNodes,
      let table = GradientTable(network, extents: extents, limit: min(GradientTable.mostNodes, pairs / 4))
    else { return nil }
    self.network = network
    self.table = table
  }

  var dimension: Int { network.dimension }

  func field(of population: Population) -> any Potential {
    TabulatedField(table, population, exact: network.field(of: population))
  }

  func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) { network.values(points, time: time, into: values) }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) { network.gradients(points, time: time, into: gradients) }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) { network.hessianProducts(points, directions: directions, time: time, into: products) }
}

/// A network's gradient at all nodes of a lattice: a function of network and extents alone.
private final class GradientTable: @unchecked Sendable {
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

/// The field of a population, W(x) = sum_j w_j U(x - y_j), with forces from a table.
private struct TabulatedField: Potential {
  private let table: GradientTable
  private let others: Others
  private let exact: any Potential

  /// The number of particles whose stencils are computed together.
  private static let stretch = 512
  /// Steps of the differences for Hessians, as parts of the extents.
  private static let step = 1e-4

  init(_ table: GradientTable, _ population: Population, exact: any Potential) {
    self.table = table
    self.exact = exact
    others = Others(population)
  }

  var dimension: Int { exact.dimension }

  func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) { exact.values(points, time: time, into: values) }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    forEachPoint(points, width: dimension, time, exact.gradients, into: gradients) { stencils, point, out in
      sum(stencils, point, into: out)
    }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) { exact.hessianProducts(points, directions: directions, time: time, into: products) }

  func hessians(
    _ points: UnsafeBufferPointer<Double>, time: Double, into hessians: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    forEachPoint(points, width: d * d, time, exact.hessians, into: hessians) { stencils, point, out in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * d) { memory in
        guard let moved = memory.baseAddress else { return }
        let (ahead, behind) = (moved + d, moved + 2 * d)
        for c in 0..<d {
          let step = Self.step * table.extents[c]
          for other in 0..<d { moved[other] = point[other] }
          moved[c] = point[c] + step
          sum(stencils, moved, into: ahead)
          moved[c] = point[c] - step
          sum(stencils, moved, into: behind)
          for row in 0..<d { out[row * d + c] = (ahead[row] - behind[row]) / (2 * step) }
        }
      }
    }
  }

  /// Forces at a point whose differences to all others lie on the lattice.
  private func sum(
    _ stencils: LatticeStencils<Double>, _ point: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    let d = dimension
    out.update(repeating: 0, count: d)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: d) { memory in
      guard let part = memory.baseAddress else { return }
      for start in stride(from: 0, to: others.count, by: Self.stretch) {
        stencils.place(
          on: table.lattice, point, others.coordinates.base + start, stride: others.stride,
          count: min(Self.stretch, others.count - start), factors: others.weights.base + start)
        stencils.gather(UnsafePointer(table.planes.base), into: part)
        for c in 0..<d { out[c] += part[c] }
      }
    }
  }

  /// Calls `body` at each point whose differences, with the steps for its Hessian, lie within the table. The other
  /// points are evaluated exactly.
  private func forEachPoint(
    _ points: UnsafeBufferPointer<Double>, width: Int, _ time: Double,
    _ evaluate: (UnsafeBufferPointer<Double>, Double, UnsafeMutableBufferPointer<Double>) -> Void,
    into results: UnsafeMutableBufferPointer<Double>,
    _ body: (LatticeStencils<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    guard let base = points.baseAddress, let out = results.baseAddress else { return }
    let (d, stencils) = (dimension, LatticeStencils<Double>(count: Self.stretch))
    for place in 0..<points.count / d where !Interruption.stops {
      let isWithin = (0..<d).allSatisfy { c in
        let (x, margin) = (base[place * d + c], 2 * Self.step * table.extents[c])
        return x - others.least[c] + margin <= table.extents[c] && others.greatest[c] - x + margin <= table.extents[c]
      }
      if isWithin {
        body(stencils, base + place * d, out + place * width)
      } else {
        evaluate(
          UnsafeBufferPointer(start: base + place * d, count: d), time,
          UnsafeMutableBufferPointer(start: out + place * width, count: width))
      }
    }
  }
}

/// A population in rows of coordinates, sorted by the first, so that neighbours use the same rows of the lattice, which
/// are then in the cache.
private final class Others: @unchecked Sendable {
  // Sendable, because it is only read once `init` has filled it.
  let count: Int
  let stride: Int
  let coordinates: AlignedBuffer<Double>
  let weights: AlignedBuffer<Double>
  let least: [Double]
  let greatest: [Double]

  init(_ population: Population) {
    let (n, d) = (population.points.rows, population.points.columns)
    count = n
    stride = n + LatticeStencils<Double>.padding
    coordinates = AlignedBuffer(count: d * stride)
    coordinates.zero()
    weights = AlignedBuffer(count: n)
    // With a NaN among the coordinates the order is undefined, but then the sums are NaN in any order.
    let order = (0..<n).sorted { (population.points[$0, 0], $0) < (population.points[$1, 0], $1) }
    for (place, index) in order.enumerated() {
      weights.base[place] = population.weights[index]
      for c in 0..<d { coordinates.base[c * stride + place] = population.points[index, c] }
    }
    (least, greatest) = population.bounds
  }
}

extension Population {
  /// The least and the greatest of each coordinate. Undefined where a particle has a NaN there.
  var bounds: (least: [Double], greatest: [Double]) {
    let d = points.columns
    var (least, greatest) = ([Double](repeating: .infinity, count: d), [Double](repeating: -.infinity, count: d))
    for (index, x) in points.elements.enumerated() {
      let c = index % d
      if !(x >= least[c]) { least[c] = x }
      if !(x <= greatest[c]) { greatest[c] = x }
    }
    return (least, greatest)
  }
}

extension Network {
  package func prepared(for population: Population, evaluations: Int) -> any Interaction {
    let (n, bounds) = (population.points.rows, population.bounds)
    // The extents are a quarter larger than now, because the population may spread during the step.
    let extents = zip(bounds.least, bounds.greatest).map { 1.25 * ($1 - $0) }
    let (pairs, overflows) = (n * n).multipliedReportingOverflow(by: evaluations)
    return TabulatedNetwork(self, extents: extents, pairs: overflows ? .max : pairs) ?? self
  }
}
