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
  private let table: GradientTable

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

extension Network {
  package func prepared(for population: Population, evaluations: Int) -> any Interaction {
    let (n, bounds) = (population.points.rows, population.bounds)
    // The extents are a quarter larger than now, because the population may spread during the step.
    let extents = zip(bounds.least, bounds.greatest).map { 1.25 * ($1 - $0) }
    let (pairs, overflows) = (n * n).multipliedReportingOverflow(by: evaluations)
    return TabulatedNetwork(self, extents: extents, pairs: overflows ? .max : pairs) ?? self
  }
}
