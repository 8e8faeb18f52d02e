import Energies
import Learning
import Numerics

/// How many particles lie where the one-step map of a scheme turns over.
///
/// A step from x to p is p - x = -tau D(z), with z = (1 - a) x + a p at time t + a tau: a = 0 in the explicit scheme, 1
/// in the implicit one, and 1/2 at the middle. With H the Hessian of V, and of the field of U, at z, its derivative is
///
///     dp / dx = (I + a tau H)^-1 (I - (1 - a) tau H).
///
/// Where either factor is not positive definite, the map folds: neighbours change sides, and steps of the implicit
/// scheme have several solutions or none.
struct FoldedShare {
  private(set) var folded = 0
  private(set) var particles = 0

  /// NaN where no particle was looked at.
  var share: Double { particles > 0 ? Double(folded) / Double(particles) : .nan }

  /// Particles of a field of U.
  private static let fieldParticles = 64
  /// Bounds of the work on one transition: evaluations of V's network, of U's, and operations on matrices.
  private static let (products, pairProducts, operations) = (4096, 1 << 16, 1 << 27)
  /// Matrices of more rows are not looked at.
  private static let mostCoordinates = 1000

  /// Looks at a part of the particles, evenly spaced, as few as keep this cheap beside any fit.
  ///
  /// - Parameter landing: where the step takes each particle of `source`, without noise
  mutating func look(at source: Population, landing: Matrix, of model: FittedModel, from time: Double, to next: Double)
  {
    let (n, d) = (source.points.rows, source.points.columns)
    let (potential, interaction) = (model.potential, model.interaction)
    guard d <= Self.mostCoordinates, potential?.callsHost != true, interaction?.callsHost != true else { return }
    let share = model.options.scheme.siteShare
    let limit = interaction == nil ? Self.products / d : Self.pairProducts / (Self.fieldParticles * d)
    let count = min(n, max(1, min(limit, Self.operations / (d * d * d))))
    let sites = Matrix(
      rows: n, columns: d,
      elements: zip(source.points.elements, landing.elements).map { (1 - share) * $0 + share * $1 })
    let chosen = (0..<count).map { $0 * n / count }
    let asked = sites.selecting(rows: chosen)
    let tau = next - time
    let moment = time + share * tau
    var hessians = [Double](repeating: 0, count: count * d * d)
    func add(_ field: any Potential) {
      var part = [Double](repeating: 0, count: hessians.count)
      asked.elements.withUnsafeBufferPointer { points in
        part.withUnsafeMutableBufferPointer { field.hessians(points, time: moment, into: $0) }
      }
      for index in hessians.indices { hessians[index] += part[index] }
    }
    if let potential { add(potential) }
    if let interaction { add(interaction.field(of: Self.sample(of: sites, source.weights))) }
    for particle in 0..<count where !Interruption.stops {
      let hessian = Matrix(
        rows: d, columns: d, elements: Array(hessians[particle * d * d..<(particle + 1) * d * d]))
      particles += 1
      if ![share * tau, (share - 1) * tau].allSatisfy({ hessian.keepsPositive(factor: $0) }) { folded += 1 }
    }
  }

  /// A part of a population, evenly spaced.
  private static func sample(of points: Matrix, _ weights: [Double]) -> Population {
    let count = min(points.rows, fieldParticles)
    let chosen = (0..<count).map { $0 * points.rows / count }
    let mass = chosen.reduce(0) { $0 + weights[$1] }
    guard mass > 0 else { return Population(points: points.selecting(rows: chosen)) }
    return Population(points: points.selecting(rows: chosen), weights: chosen.map { weights[$0] / mass })
  }
}

extension Scheme {
  /// a of z = (1 - a) x + a p, where the condition of a step is asked.
  fileprivate var siteShare: Double { self == .explicit ? 0 : self == .implicit ? 1 : 0.5 }
}

extension Matrix {
  /// Whether I + factor A is positive definite.
  fileprivate func keepsPositive(factor: Double) -> Bool {
    guard factor != 0 else { return true }
    var sum = self
    for index in sum.elements.indices { sum.elements[index] *= factor }
    for row in 0..<rows { sum[row, row] += 1 }
    return Cholesky(sum) != nil
  }
}
