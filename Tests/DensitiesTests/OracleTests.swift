import Densities
import Numerics
import OracleSupport
import Testing

/// Numbers computed by JAX, SciPy and scikit-learn; see Tests/Oracles/densities.py.
@Suite struct OracleTests {
  private let oracle: OracleFile
  init() throws { oracle = try OracleFile("densities") }

  private func matrix(_ name: String) throws -> Matrix {
    let array = try oracle[name]
    return Matrix(rows: array.shape[0], columns: array.shape[1], elements: array.values)
  }

  /// Both sides solve with factors of condition up to 100 and sum up to 50 terms of up to 1e7: some 1e-13 of the value.
  private func expectSame(_ density: any Density, _ name: String, at queries: Matrix) throws {
    let (logs, scores) = (try density.logDensities(queries), try density.scores(queries).elements)
    for (mine, theirs) in zip(logs, try oracle["\(name)_log"].values) {
      #expect(abs(mine - theirs) <= 1e-10 * max(1, abs(theirs)))
    }
    let expected = try oracle["\(name)_score"].values
    let d = queries.columns
    for row in 0..<queries.rows {
      let size = expected[row * d..<(row + 1) * d].reduce(0) { max($0, abs($1)) }
      for j in row * d..<(row + 1) * d { #expect(abs(scores[j] - expected[j]) <= 1e-10 * max(1, size)) }
    }
  }

  @Test(arguments: ["line", "plane", "space"]) func mixtures(name: String) throws {
    let weights = try oracle["\(name)_weights"].values
    let (means, covariances) = (try matrix("\(name)_means"), try oracle["\(name)_covariances"].values)
    for (kind, suffix) in [(GaussianMixture.Kind.full, "full"), (.diagonal, "diagonal")] {
      let mixture = try GaussianMixture(weights: weights, means: means, covariances: covariances, kind: kind)
      try expectSame(mixture, "\(name)_\(suffix)", at: try matrix("\(name)_queries"))
    }
  }

  @Test(arguments: ["kernel_line", "kernel_space"]) func kernels(name: String) throws {
    let (points, queries) = (try matrix("\(name)_points"), try matrix("\(name)_queries"))
    let weights = try oracle["\(name)_weights"].values
    for (rule, word) in [(Bandwidth.Rule.scott, "scott"), (.silverman, "silverman")] {
      for (masses, suffix) in [(nil, "equal"), (weights, "weighted")] {
        let density = try KernelDensity(points, weights: masses, bandwidth: .rule(rule, .full))
        try expectSame(density, "\(name)_\(word)_\(suffix)", at: queries)
      }
    }
    let density = try KernelDensity(points, weights: weights, bandwidth: .length(0.25))
    #expect(abs(density.bandwidth - 0.25) < 1e-15)
    try expectSame(density, "\(name)_length", at: queries)
  }

  /// Iterates of EM accumulate rounding: 25 of them multiply it by less than 1e4.
  @Test(arguments: ["fit_plane", "fit_space"], [1, 5, 25]) func iterationsAreThoseOfScikitLearn(
    name: String, iterations: Int
  ) throws {
    let (points, means) = (try matrix("\(name)_points"), try matrix("\(name)_start_means"))
    let weights = try oracle["\(name)_start_weights"].values
    let (k, d) = (means.rows, means.columns)
    let identities = (0..<k * d * d).map { $0 % (d * d) % (d + 1) == 0 ? 1.0 : 0 }
    for (kind, suffix) in [(GaussianMixture.Kind.full, "full"), (.diagonal, "diag")] {
      var options = MixtureOptions()
      options.start = try GaussianMixture(weights: weights, means: means, covariances: identities, kind: kind)
      (options.tolerance, options.maxIterations) = (0, iterations)
      (options.regularization, options.absoluteRegularization) = (0, 0x1p-20)
      let fit = try fitMixture(to: points, options: options, seed: 0)
      let theirs = "\(name)_\(suffix)_\(iterations)"
      #expect(fit.iterations == iterations)
      let logLikelihood = try oracle["\(theirs)_log_likelihood"].scalar
      #expect(abs(fit.logLikelihood - logLikelihood) <= 1e-10 * abs(logLikelihood))
      #expect(abs(fit.bic - (try oracle["\(theirs)_bic"].scalar)) <= 1e-9 * abs(fit.bic))
      for (mine, other) in zip(fit.mixture.means.elements, try oracle["\(theirs)_means"].values) {
        #expect(abs(mine - other) <= 1e-9)
      }
      for (mine, other) in zip(fit.mixture.weights, try oracle["\(theirs)_weights"].values) {
        #expect(abs(mine - other) <= 1e-9)
      }
    }
  }
}
