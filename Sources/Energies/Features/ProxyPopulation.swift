import CSystem
import Numerics

/// Masses of either sign at the places of a grid of Chebyshev nodes, which replace a population: for f(y) = prod_k
/// exp(-(x_k - y_k)^2 / w^2) with any x they give the same sum_j w_j f(y_j), to rounding.
///
/// Interpolation in each coordinate turns sum_j w_j f(y_j) into sum_m M_m f(t_m) with M_m = sum_j w_j prod_k
/// l_mk(y_jk), where l_m are the cardinal functions of the nodes. (Anterpolation, as fast multipole methods call it:
/// Fong and Darve, "The black-box fast multipole method", J. Comput. Phys. 228, 2009, section 2.) The number of nodes
/// grows with the population's extent in units of w, not with its particles.
struct ProxyPopulation: Sendable {
  /// The places of nodes along each coordinate, about the population's center.
  let nodes: [[Double]]
  /// Masses, the last coordinate fastest.
  let masses: [Double]

  /// Relative error of Gaussian functions: about that of sums of rounded numbers.
  static let tolerance = 1e-15

  /// The extent of a population along a coordinate.
  struct Extent {
    let middle: Double
    let half: Double
  }

  static func extents(_ population: PopulationPanels) -> [Extent] {
    (0..<population.dimension).map { k in
      var (low, high) = (Double.infinity, -Double.infinity)
      for panel in population.panels {
        let row = panel.row(k)
        for index in 0..<panel.count { (low, high) = (min(low, row[index]), max(high, row[index])) }
      }
      return low <= high ? Extent(middle: low + (high - low) / 2, half: (high - low) / 2) : Extent(middle: 0, half: 0)
    }
  }

  /// The number of nodes for functions exp(-(a u - s)^2) of u in [-1, 1], any s, and their derivatives by a u; nil if
  /// more than `limit` are needed.
  ///
  /// On the ellipse with foci -1 and 1 and half axes (rho + 1/rho) / 2 and b = (rho - 1/rho) / 2 such a function is at
  /// most exp(a^2 b^2), its derivative at most (2 a b + 1) times that; a polynomial through n nodes is then within 4
  /// exp(a^2 b^2) (2 a b + 1) rho^(1 - n) / (rho - 1) (Trefethen, Approximation Theory and Approximation Practice,
  /// theorem 8.2).
  static func nodeCount(halfExtent a: Double, limit: Int) -> Int? {
    if a == 0 { return 1 }
    var fewest = Double.infinity
    // Ellipses of all sizes that matter. The logarithm of rho grows by a twentieth from one to the next.
    var logRho = 0.01
    while logRho < 40 {
      let rho = exp(logRho)
      let b = (rho - 1 / rho) / 2 * a
      let logBound = log(4 * (2 * b + 1) / (rho - 1)) + b * b - log(tolerance)
      fewest = min(fewest, 1 + logBound / logRho)
      logRho *= 1.05
    }
    let count = max(2, fewest.rounded(.up))
    return count <= Double(limit) ? Int(count) : nil
  }

  init(_ population: PopulationPanels, _ extents: [Extent], counts: [Int]) {
    let d = population.dimension
    nodes = (0..<d).map { k in
      Self.angles(counts[k]).map { extents[k].middle + extents[k].half * cos($0) }
    }
    var masses = Self.moments(population, extents, counts)
    for k in 0..<d { Self.transform(&masses, axis: k, counts) }
    self.masses = masses
  }

  private static func angles(_ count: Int) -> [Double] {
    (0..<count).map { Double.pi * (Double($0) + 0.5) / Double(count) }
  }

  /// sum_j w_j prod_k T_(m_k)(u_jk), Chebyshev polynomials of coordinates scaled to [-1, 1].
  private static func moments(_ population: PopulationPanels, _ extents: [Extent], _ counts: [Int]) -> [Double] {
    let d = population.dimension
    let (last, capacity) = (counts[d - 1], population.panels.first?.capacity ?? 0)
    let leading = counts.dropLast().reduce(1, *)
    let sums = AlignedBuffer<Double>(count: leading * last)
    sums.zero()
    let (left, right) = (
      AlignedBuffer<Double>(count: leading * capacity), AlignedBuffer<Double>(count: (counts.max() ?? 1) * capacity)
    )
    for (panel, weights) in zip(population.panels, population.weights) where !Interruption.stops {
      let lanes = panel.lanes
      left.base.update(from: weights.base, count: lanes)
      var products = 1
      for k in 0..<d - 1 {
        polynomials(panel, k, extents[k], counts[k], right.base)
        // From the last product down, so that none is overwritten before it is used.
        for product in stride(from: products - 1, through: 0, by: -1) {
          for degree in stride(from: counts[k] - 1, through: 0, by: -1) {
            Double.kernels.hadamard(
              count: lanes, a: left.base + product * lanes, b: right.base + degree * lanes,
              out: left.base + (product * counts[k] + degree) * lanes)
          }
        }
        products *= counts[k]
      }
      polynomials(panel, d - 1, extents[d - 1], last, right.base)
      Double.kernels.outerProduct(
        rows: leading, columns: last, lanes: lanes, a: left.base, b: right.base, c: sums.base, stride: last)
    }
    return withExtendedLifetime((sums, left, right)) {
      Array(UnsafeBufferPointer(start: sums.base, count: leading * last))
    }
  }

  /// Rows T_0, T_1, ... at a panel's points along a coordinate; zero in its padding.
  private static func polynomials(
    _ panel: PointPanel, _ coordinate: Int, _ extent: Extent, _ count: Int, _ rows: UnsafeMutablePointer<Double>
  ) {
    let (lanes, source) = (panel.lanes, panel.row(coordinate))
    let scale = extent.half > 0 ? 1 / extent.half : 0
    for index in 0..<lanes {
      let inside = index < panel.count
      let u = inside ? max(-1, min(1, (source[index] - extent.middle) * scale)) : 0
      var (previous, current) = (inside ? 1.0 : 0, u)
      for degree in 0..<count {
        rows[degree * lanes + index] = previous
        (previous, current) = (current, 2 * u * current - previous)
      }
    }
  }

  /// From moments to masses along one axis: M_m = sum_k (2 - [k = 0]) / r T_k(t_m) A_k.
  private static func transform(_ tensor: inout [Double], axis: Int, _ counts: [Int]) {
    let r = counts[axis]
    let inner = counts[(axis + 1)...].reduce(1, *)
    let cosines = angles(r).map { angle in
      (0..<r).map { (($0 == 0 ? 1 : 2) / Double(r)) * cos(Double($0) * angle) }
    }
    var fiber = [Double](repeating: 0, count: r)
    for outer in 0..<tensor.count / (r * inner) {
      for column in 0..<inner {
        let start = outer * r * inner + column
        for k in 0..<r { fiber[k] = tensor[start + k * inner] }
        for m in 0..<r {
          var sum = 0.0
          for k in 0..<r { sum += cosines[m][k] * fiber[k] }
          tensor[start + m * inner] = sum
        }
      }
    }
  }
}
