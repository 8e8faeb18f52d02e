import Densities
import Numerics

extension MapFeatures {
  /// Features for a population: bumps at some of its particles, each as wide as the distance to its neighbours, so that
  /// they are narrow where particles are dense, and local quadratics on a mixture of its particles.
  ///
  /// - Parameters:
  ///   - count: of bumps
  ///   - neighbour: the width is the distance to the neighbour of this rank
  ///   - components: of the mixture; 0 or 1 for no local quadratics
  package init(
    for points: Matrix, bumps count: Int, neighbour: Int, components: Int, seed: UInt64, step: Int
  ) throws {
    let (n, d) = (points.rows, points.columns)
    var centre = [Double](repeating: 0, count: d)
    for row in 0..<n { for a in 0..<d { centre[a] += points[row, a] / Double(n) } }
    var square = 0.0
    for row in 0..<n { for a in 0..<d { square += (points[row, a] - centre[a]) * (points[row, a] - centre[a]) } }
    let spread = (square / Double(n * d)).squareRoot()
    let length = spread > 0 && spread.isFinite ? spread : 1
    var draws = PhiloxSequence(seed: seed, stream: RandomPurpose.flowBumps.stream(step))
    let chosen = Array(draws.permutation(n).prefix(count))
    var bumps = points.selecting(rows: chosen)
    for row in 0..<bumps.rows { for a in 0..<d { bumps[row, a] = (bumps[row, a] - centre[a]) / length } }
    let widths = (0..<bumps.rows).map { row in
      let distances = (0..<bumps.rows).map { other in
        (0..<d).reduce(0) { sum, a in
          let offset = bumps[row, a] - bumps[other, a]
          return sum + offset * offset
        }.squareRoot()
      }.sorted()
      return max(1e-6, distances[min(neighbour, distances.count - 1)])
    }
    let local = try Self.localQuadratics(
      points, components, centre: centre, length: length, seed: UInt64(draws.integer(below: 1 << 62)))
    self.init(centre: centre, length: length, bumps: bumps, widths: widths, local: local)
  }

  /// Particles that the mixture is fitted to, and how far: it only has to share space out.
  private static let mixtureParticles = 8000
  private static let mixtureOptions: MixtureOptions = {
    var options = MixtureOptions()
    (options.restarts, options.tolerance, options.maxIterations) = (1, 1e-4, 200)
    options.regularization = 1e-3
    return options
  }()

  /// Covariances are widened, so that parts go over into one another gently: at sharp borders, where few particles are,
  /// maps of neighbours that disagree fold space. Distances in units of a component grow with the dimension, and so
  /// does what it takes.
  private static func localQuadratics(
    _ points: Matrix, _ components: Int, centre: [Double], length: Double, seed: UInt64
  ) throws -> LocalQuadratics {
    let (n, d) = (min(points.rows, mixtureParticles), points.columns)
    guard components > 1 else { return LocalQuadratics(dimension: d) }
    var part = Matrix(rows: n, columns: d, elements: Array(points.elements[..<(n * d)]))
    for index in part.elements.indices { part.elements[index] = (part.elements[index] - centre[index % d]) / length }
    var options = mixtureOptions
    options.components = .exactly(min(components, n / (d + 1)))
    let mixture: GaussianMixture
    do {
      mixture = try fitMixture(to: part, options: options, seed: seed).mixture
    } catch let error as EngineError where error.kind != .memory && error.kind != .cancelled {
      // Particles that do not fill space have no mixture; their maps are affine.
      return LocalQuadratics(dimension: d)
    }
    let softness = max(1.5, 1 + Double(d) / 6)
    return LocalQuadratics(
      weights: mixture.weights, means: mixture.means, covariances: mixture.covariances.map { $0 * softness })
      ?? LocalQuadratics(dimension: d)
  }
}
