import CSystem
import Densities
import Numerics
import TestSupport
import Testing

@Suite struct MixtureTests {
  /// Particles of a mixture of three, of sizes 0.5, 0.3, 0.2, far enough apart to be told from one another.
  private func particles(_ n: Int, _ d: Int, seed: UInt64 = 1) -> Matrix {
    var random = PhiloxSequence(seed: seed, stream: 0)
    var elements: [Double] = []
    for index in 0..<n {
      let component = index % 10 < 5 ? 0 : index % 10 < 8 ? 1 : 2
      for j in 0..<d { elements.append(random.normal() * [1, 0.5, 2][component] + (j == component % d ? 9 : 0)) }
    }
    return Matrix(rows: n, columns: d, elements: elements)
  }

  private func options(_ components: MixtureOptions.Components, _ kind: GaussianMixture.Kind = .full) -> MixtureOptions
  {
    var options = MixtureOptions()
    (options.components, options.kind) = (components, kind)
    return options
  }

  /// After the first iteration, one component has the particles' mean and covariance, plus the regularisation.
  @Test func oneComponentIsTheMoments() throws {
    let (n, d) = (700, 3)
    let points = particles(n, d)
    var random = PhiloxSequence(seed: 2, stream: 0)
    let weights = (0..<n).map { _ in random.uniform() }
    let total = weights.reduce(0, +)
    var mean = [Double](repeating: 0, count: d)
    var covariance = [Double](repeating: 0, count: d * d)
    for i in 0..<n { for j in 0..<d { mean[j] += weights[i] / total * points[i, j] } }
    for i in 0..<n {
      for j in 0..<d {
        for l in 0..<d {
          covariance[j * d + l] += weights[i] / total * (points[i, j] - mean[j]) * (points[i, l] - mean[l])
        }
      }
    }
    let fit = try fitMixture(to: points, weights: weights, options: options(.exactly(1)), seed: 0)
    // These are sums of 700 terms.
    #expect(relativeError(fit.mixture.means.elements, mean) < 1e-12)
    for j in 0..<d { covariance[j * d + j] *= 1 + 1e-6 }
    #expect(relativeError(fit.mixture.covariances, covariance) < 1e-12)
    #expect(fit.converged && fit.mixture.weights == [1])
    // ln rho of a Gaussian with its own moments: -(ln det (2 pi e Sigma)) / 2, but for the regularisation.
    let logs = try fit.mixture.logDensities(points)
    let mean2 = zip(weights, logs).reduce(0) { $0 + $1.0 / total * $1.1 }
    #expect(abs(mean2 - fit.logLikelihood) < 1e-12)
  }

  @Test(arguments: GaussianMixture.Kind.allCases) func componentsAreFoundAgain(kind: GaussianMixture.Kind) throws {
    let points = particles(6000, 3)
    let fit = try fitMixture(to: points, options: options(.upTo(5), kind), seed: 7)
    #expect(fit.converged && fit.mixture.componentCount == 3)
    // Sampling errors are sd / sqrt(n_c): at most 2 / sqrt(1200) = 0.06, times 4 for the largest of nine.
    for (index, share) in [0.5, 0.3, 0.2].enumerated() {
      let c = fit.mixture.weights.indices.min {
        abs(fit.mixture.weights[$0] - share) < abs(fit.mixture.weights[$1] - share)
      }
      guard let c else { return }
      #expect(abs(fit.mixture.weights[c] - share) < 0.01)
      for j in 0..<3 {
        #expect(abs(fit.mixture.means[c, j] - (j == index ? 9 : 0)) < 0.24)
        #expect(abs(fit.mixture.covariances[(c * 3 + j) * 4 - c * 3] / [1, 0.25, 4][index] - 1) < 0.2)
      }
    }
  }

  /// EM never makes the particles less likely: without regularisation, ln rho rises from iteration to iteration.
  @Test func likelihoodRises() throws {
    let points = particles(400, 2)
    var former = -Double.infinity
    for iterations in 1...30 {
      var options = options(.exactly(4))
      (options.restarts, options.maxIterations, options.tolerance, options.regularization) = (1, iterations, 0, 0)
      let fit = try fitMixture(to: points, options: options, seed: 4)
      #expect(fit.logLikelihood >= former - 1e-12)
      #expect(fit.iterations == iterations && !fit.converged)
      former = fit.logLikelihood
    }
  }

  /// At the maximum the gradient of the log-likelihood with respect to all parameters vanishes.
  @Test(arguments: GaussianMixture.Kind.allCases) func fitIsStationary(kind: GaussianMixture.Kind) throws {
    let points = particles(300, 2)
    var options = options(.exactly(2), kind)
    (options.tolerance, options.regularization, options.maxIterations) = (0, 0, 3000)
    let fit = try fitMixture(to: points, options: options, seed: 1)
    let parameters = fit.mixture.parameters
    for index in parameters.indices {
      func mean(_ h: Double) throws -> Double {
        var changed = parameters
        changed[index] += h
        let mixture = try GaussianMixture(parameters: changed, componentCount: 2, dimension: 2, kind: kind)
        return try mixture.logDensities(points).reduce(0, +) / 300
      }
      // Truncation 1e-8 times third derivatives of order 1, rounding 1e-14 / 1e-4.
      #expect(abs((try mean(1e-4) - mean(-1e-4)) / 2e-4) < 1e-6)
    }
  }

  @Test(arguments: GaussianMixture.Kind.allCases) func parametersAreTheMixture(kind: GaussianMixture.Kind) throws {
    let (k, d) = (3, 4)
    let mixture = try fitMixture(to: particles(500, d), options: options(.exactly(k), kind), seed: 1).mixture
    let parameters = mixture.parameters
    #expect(parameters.count == GaussianMixture.parameterCount(componentCount: k, dimension: d, kind: kind))
    let again = try GaussianMixture(parameters: parameters, componentCount: k, dimension: d, kind: kind)
    #expect(relativeError(again.parameters, parameters) < 1e-14)
    #expect(relativeError(again.covariances, mixture.covariances) < 1e-14)
    for bad in [Array(parameters.dropLast()), parameters + [0]] {
      let error = engineError {
        _ = try GaussianMixture(parameters: bad, componentCount: k, dimension: d, kind: kind)
      }
      #expect(error?.kind == .shape)
    }
    for value in [Double.nan, .infinity, 1e4, -1e4] {
      var bad = parameters
      bad[bad.count - 1] = value
      #expect(
        engineError { _ = try GaussianMixture(parameters: bad, componentCount: k, dimension: d, kind: kind) } != nil)
    }
  }

  /// Central differences with h = 1e-5 times a spread of order 1: truncation 1e-10 times third derivatives up to 100,
  /// rounding 1e-14 / 1e-5.
  @Test func scoresAreTheLimitOfDifferences() throws {
    let points = particles(300, 3)
    let kinds: [DensityOptions] = [
      .gaussianMixture(options(.exactly(4))), .gaussianMixture(options(.exactly(3), .diagonal)),
      .kernel(.rule(.scott, .full)), .kernel(.rule(.silverman, .spherical)), .kernel(.length(0.7)),
    ]
    for kind in kinds {
      let density = try estimateDensity(of: points, options: kind, seed: 2)
      let query = Matrix(rows: 301, columns: 3, elements: particles(301, 3, seed: 5).elements.map { 1.3 * $0 })
      let scores = try density.scores(query)
      for j in 0..<3 {
        let h = 1e-5
        var (above, below) = (query, query)
        for row in 0..<query.rows {
          above[row, j] += h
          below[row, j] -= h
        }
        let (up, down) = (try density.logDensities(above), try density.logDensities(below))
        for row in 0..<query.rows {
          #expect(abs((up[row] - down[row]) / (2 * h) - scores[row, j]) < 1e-6 * max(1, abs(scores[row, j])))
        }
      }
    }
  }

  /// rho integrates to 1. In one dimension a sum over a fine grid is exact to rounding for smooth functions.
  @Test func densitiesIntegrateToOne() throws {
    let points = particles(200, 1)
    let step = 0.01
    let grid = Matrix(rows: 8001, columns: 1, elements: (0...8000).map { -40 + step * Double($0) })
    for kind in [DensityOptions.gaussianMixture(options(.exactly(3))), .kernel(.rule(.scott, .full))] {
      let density = try estimateDensity(of: points, options: kind, seed: 2)
      let total = try density.logDensities(grid).reduce(0) { $0 + step * exp($1) }
      #expect(abs(total - 1) < 1e-12)
    }
  }

  @Test func resultsDoNotDependOnThreads() throws {
    // A case so large that one iteration is cut into pieces, and a small one, where fits run side by side.
    for (n, d, k) in [(20_000, 6, 5), (500, 2, 3)] {
      let points = particles(n, d)
      var options = options(.exactly(k))
      options.maxIterations = 5
      func results(_ threads: Int) throws -> [UInt64] {
        try withThreads(threads) {
          let fit = try fitMixture(to: points, options: options, seed: 1)
          let kernel = try KernelDensity(points.selecting(rows: Array(0..<500)), bandwidth: .rule(.scott, .full))
          return bits(fit.mixture.parameters) + bits([fit.logLikelihood]) + bits(try fit.mixture.logDensities(points))
            + bits(try fit.mixture.scores(points).elements) + bits(try kernel.logDensities(points))
            + bits(try kernel.scores(points).elements)
        }
      }
      let one = try results(1)
      #expect(try results(2) == one)
      #expect(try results(7) == one)
    }
  }

  @Test func hostCanCancel() throws {
    for (n, restarts) in [(300, 3), (200_000, 2)] {
      var options = options(.exactly(3))
      options.restarts = restarts
      var heard: [Int] = []
      let error = engineError {
        _ = try fitMixture(to: particles(n, 2), options: options, seed: 1) { progress in
          heard.append(progress.done)
          return false
        }
      }
      #expect(error?.kind == .cancelled && !heard.isEmpty)
    }
  }

  @Test func givenMixturesAreChecked() throws {
    let means = Matrix(rows: 2, columns: 2, elements: [0, 0, 1, 1])
    let good: [Double] = [1, 0.5, 0.5, 1, 2, 0, 0, 2]
    func error(_ covariances: [Double], weights: [Double] = [1, 3]) -> EngineError? {
      engineError { _ = try GaussianMixture(weights: weights, means: means, covariances: covariances, kind: .full) }
    }
    #expect(error(good) == nil)
    #expect(error(good, weights: [1])?.kind == .shape)
    #expect(error(good, weights: [1, 0])?.message == "weights[1] = 0.0 is not greater than 0")
    #expect(error(good, weights: [1, .nan])?.kind == .nonfinite)
    #expect(error(Array(good.dropLast()))?.kind == .shape)
    #expect(error([1, 0.5, 0.4, 1, 2, 0, 0, 2])?.message.hasPrefix("covariances[1, 0] = 0.4 differs") == true)
    #expect(error([1, 1, 1, 1, 2, 0, 0, 2])?.message.hasPrefix("covariances[0]") == true)
    #expect(error([1, 0, 0, 1, 2, 0, 0, -2])?.message.hasPrefix("covariances[1]") == true)
    #expect(error([1, 0, 0, 1, .infinity, 0, 0, 2])?.kind == .nonfinite)
    #expect(error([1, 0, 0, 1, .leastNonzeroMagnitude, 0, 0, 2]) != nil)
  }
}
