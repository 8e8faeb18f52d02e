import CSystem
import Densities
import Energies
import Flows
import Numerics
import Testing

/// Flows that stay Gaussian: the discrete steps are known exactly, and so is what they approach.
@Suite struct GaussianFlowTests {
  let stiffness = [1.0, 3.0]
  let beta = 0.5

  /// The standard deviation after a JKO step: the positive root of s / h (s - s_0) + k s^2 = beta.
  func afterStep(_ s: Double, k: Double, h: Double) -> Double {
    let a = 1 / h + k
    return (s / h + (s * s / (h * h) + 4 * a * beta).squareRoot()) / (2 * a)
  }

  func energy() -> FlowEnergy {
    FlowEnergy(
      potential: Quadratic(stiffness: stiffness, centre: [1, 0]), internalEnergy: .entropy(beta: beta))
  }

  /// Mean and variance of mu_k over the pool, by the map of a point and of its density.
  func moments(_ flow: WassersteinFlow, step: Int) throws -> (means: [Double], deviations: [Double]) {
    // An affine map is known by the images of three points.
    let corners = Matrix(rows: 3, columns: 2, elements: [0, 0, 1, 0, 0, 1])
    let images = try flow.transport(corners, from: 0, to: step).points
    return ([images[0, 0], images[0, 1]], [images[1, 0] - images[0, 0], images[2, 1] - images[0, 1]])
  }

  @Test func stepsAreThoseOfJKO() throws {
    let flow = try flow(energy(), from: try gaussian([0, 0], variances: [1, 1])) {
      ($0.components, $0.steps, $0.step, $0.particles) = (0, 5, 0.1, 2000)
    }
    var (means, deviations) = ([0.0, 0.0], [1.0, 1.0])
    for k in 1...5 {
      for a in 0..<2 {
        means[a] = (means[a] + 0.1 * stiffness[a] * [1, 0][a]) / (1 + 0.1 * stiffness[a])
        deviations[a] = afterStep(deviations[a], k: stiffness[a], h: 0.1)
      }
      let found = try moments(flow, step: k)
      for a in 0..<2 {
        // To rounding, because mean and covariance of the particles are those of the density.
        #expect(abs(found.means[a] - means[a]) < 1e-9 && abs(found.deviations[a] - deviations[a]) < 1e-9)
      }
    }
  }

  @Test(arguments: [(FlowOptions.Scheme.jko, 1.0), (.sdirk2, 2.0), (.bdf2, 2.0), (.midpoint, 2.0)])
  func order(_ scheme: FlowOptions.Scheme, _ expected: Double) throws {
    // Mean of the exact flow: 1 - e^-t.
    func error(_ steps: Int) throws -> Double {
      let flow = try flow(energy(), from: try gaussian([0, 0], variances: [1, 1])) {
        ($0.components, $0.steps, $0.step, $0.scheme, $0.particles) = (0, steps, 1 / Double(steps), scheme, 1000)
      }
      let images = try flow.transport(Matrix(rows: 1, columns: 2, elements: [0, 0]), from: 0, to: steps).points
      return abs(images[0, 0] - (1 - exp(-1)))
    }
    let (coarse, fine) = (try error(8), try error(16))
    let order = log2(coarse / fine)
    #expect(abs(order - expected) < 0.4, "order \(order), errors \(coarse) and \(fine)")
  }

  @Test func energiesFall() throws {
    let flow = try flow(energy(), from: try gaussian([0, 0], variances: [1, 1])) {
      ($0.components, $0.steps, $0.particles) = (0, 10, 1000)
    }
    #expect(flow.energies.count == 11 && zip(flow.energies, flow.energies.dropFirst()).allSatisfy { $0 > $1 })
    #expect(flow.times.count == 11 && abs(flow.times[10] - 0.5) < 1e-12)
  }

  @Test func densityOfAnAffineFlow() throws {
    let base = try gaussian([0, 0], variances: [1, 2])
    let flow = try flow(energy(), from: base) { ($0.components, $0.steps, $0.particles) = (0, 4, 1000) }
    let points = try flow.sample(50, step: 4, seed: 3)
    let corners = Matrix(rows: 3, columns: 2, elements: [0, 0, 1, 0, 0, 1])
    let images = try flow.transport(corners, from: 0, to: 4).points
    // y = m + B x with x ~ N(0, diag(1, 2)).
    func b(_ row: Int, _ column: Int) -> Double { images[column + 1, row] - images[0, row] }
    func covariance(_ i: Int, _ j: Int) -> Double { b(i, 0) * b(j, 0) + 2 * b(i, 1) * b(j, 1) }
    let exact = try GaussianMixture(
      weights: [1], means: images.selecting(rows: [0]),
      covariances: [covariance(0, 0), covariance(0, 1), covariance(1, 0), covariance(1, 1)],
      kind: .full)
    let (logs, known) = (try flow.logDensities(points, step: 4), try exact.logDensities(points))
    for i in 0..<50 { #expect(abs(logs[i] - known[i]) < 1e-10) }
    let (scores, slopes) = (try flow.scores(points, step: 4), try exact.scores(points))
    for i in 0..<100 { #expect(abs(scores.elements[i] - slopes.elements[i]) < 1e-9) }
  }
}
