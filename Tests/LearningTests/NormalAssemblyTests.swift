import Energies
import Learning
import Numerics
import TestSupport
import Testing

@Suite struct NormalAssemblyTests {
  /// Random Fourier features alone are summed by their slopes; beside a score, by their gradients. Both orders of the same few hundred
  /// terms agree to their rounding.
  @Test(arguments: [1, 2, 7], [0, 2])
  func slopesSumAsGradientsDo(dimension d: Int, timeDegree: Int) throws {
    let count = 150
    let basis = FeatureBasis(
      dimension: d,
      families: [.fourier(FourierFeatures(dimension: d, count: 21, scale: 1.3, seed: 5, stream: 0))],
      timeDegree: timeDegree)
    var random = PhiloxSequence(seed: 3, stream: 1)
    func normals(_ count: Int) -> [Double] { (0..<count).map { _ in random.normal() } }
    let transition = Transition(
      sites: Population(points: Matrix(rows: count, columns: d, elements: normals(count * d))),
      masses: (0..<count).map { Double($0 % 3) / Double(count) }, shifts: normals(count * d), scatter: 0, time: 0.7,
      rho: 1.1)
    func equations(_ hasInternal: Bool) throws -> NormalEquations {
      let terms = EnergyBasis(dimension: d, potential: basis, interaction: nil, hasInternal: hasInternal)
      return try NormalEquations([transition], scores: hasInternal ? [normals(count * d)] : nil, basis: terms)
    }
    let (slopes, gradients) = (try equations(false), try equations(true))
    let features = 0..<basis.count
    let matrix = features.flatMap { f in features.map { gradients.matrix[f, $0] } }
    #expect(slopes.matrix.elements.count == matrix.count)
    #expect(normError(slopes.matrix.elements, matrix) < 1e-14)
    #expect(normError(slopes.right, Array(gradients.right.prefix(basis.count))) < 1e-14)
  }
}
