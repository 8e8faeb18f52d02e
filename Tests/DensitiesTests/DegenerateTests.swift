import CSystem
import Densities
import Numerics
import TestSupport
import Testing

/// Degenerate populations give either a density that is a number everywhere, or an error of one line.
@Suite struct DegenerateTests {
  private static let kinds = GaussianMixture.Kind.allCases

  private func normals(_ n: Int, _ d: Int, seed: UInt64 = 1) -> [Double] {
    var random = PhiloxSequence(seed: seed, stream: 0)
    return random.normals(n * d)
  }

  private func expectNumbers(_ density: any Density, at points: Matrix) throws {
    let (logs, scores) = (try density.logDensities(points), try density.scores(points).elements)
    #expect(logs.allSatisfy { $0.isFinite })
    #expect(scores.allSatisfy { $0.isFinite })
  }

  private func options(_ components: MixtureOptions.Components, _ kind: GaussianMixture.Kind) -> MixtureOptions {
    var options = MixtureOptions()
    (options.components, options.kind) = (components, kind)
    return options
  }

  @Test(arguments: kinds) func duplicatesAndLines(kind: GaussianMixture.Kind) throws {
    let two = Matrix(rows: 40, columns: 2, elements: (0..<80).map { Double($0 / 2 % 2) })
    let line = Matrix(rows: 50, columns: 3, elements: (0..<150).map { Double($0 / 3) * [1, -2, 0.5][$0 % 3] })
    let flat = Matrix(rows: 50, columns: 2, elements: (0..<100).map { $0 % 2 == 0 ? Double($0 * $0) : 0.1 })
    for points in [two, line, flat] {
      for components in [MixtureOptions.Components.exactly(1), .exactly(7), .upTo(6)] {
        let fit = try fitMixture(to: points, options: options(components, kind), seed: 3)
        #expect(fit.logLikelihood.isFinite && fit.bic.isFinite)
        try expectNumbers(fit.mixture, at: points)
        // The covariance is singular except for the regularisation. Far away the result only has to be a number.
        let far = Matrix(rows: 1, columns: points.columns, elements: points.row(0).map { $0 + 1e9 })
        try expectNumbers(fit.mixture, at: far)
      }
      try expectNumbers(try KernelDensity(points, bandwidth: .rule(.scott, .spherical)), at: points)
      let error = engineError { _ = try KernelDensity(points, bandwidth: .rule(.scott, .full)) }
      #expect(error?.kind == .population)
    }
  }

  @Test func onePlaceHasNoWidth() throws {
    for points in [
      Matrix(rows: 1, columns: 2, elements: [0.1, 7]), Matrix(rows: 5, columns: 1, elements: [3, 3, 3, 3, 3]),
    ] {
      #expect(engineError { _ = try fitMixture(to: points, options: .init(), seed: 0) }?.kind == .population)
      #expect(engineError { _ = try KernelDensity(points, bandwidth: .rule(.scott, .full)) }?.kind == .population)
      // With a width given, there is a density.
      var given = MixtureOptions()
      (given.components, given.absoluteRegularization) = (.exactly(1), 4)
      let fit = try fitMixture(to: points, options: given, seed: 0)
      let kernel = try KernelDensity(points, bandwidth: .length(2))
      for density in [fit.mixture, kernel] as [any Density] {
        let query = Matrix(rows: 1, columns: points.columns, elements: points.row(0).map { $0 + 8 })
        let scores = try density.scores(query)
        #expect(largest(difference(scores.elements, scores.elements.map { _ in -2 })) < 1e-5)
      }
    }
  }

  @Test func moreComponentsThanParticlesAreRefused() throws {
    let points = Matrix(rows: 3, columns: 1, elements: [0, 1, 2])
    let error = engineError { _ = try fitMixture(to: points, options: options(.exactly(4), .full), seed: 0) }
    #expect(error?.message == "components = 4 is more than the 3 particles with mass")
    #expect(try fitMixture(to: points, options: options(.upTo(4), .full), seed: 0).mixture.componentCount <= 3)
    let masses = [1.0, 0, 1]
    let massless = engineError {
      _ = try fitMixture(to: points, weights: masses, options: options(.exactly(3), .full), seed: 0)
    }
    #expect(massless?.kind == .population)
  }

  /// Moving and stretching the population by powers of two and whole numbers moves and stretches the density: with n =
  /// 300 particles of spread 1, an offset of 2^20 rounds coordinates to 1e-10.
  @Test(arguments: [0x1p-30, 1, 0x1p30, 0x1p400, 0x1p-400], [0.0, 0x1p20])
  func unitsAndOffsetsDoNotMatter(unit: Double, offset: Double) throws {
    let x = normals(300, 2)
    let plain = Matrix(rows: 300, columns: 2, elements: x.map { ($0 * 1024).rounded() / 1024 })
    let moved = Matrix(rows: 300, columns: 2, elements: plain.elements.map { unit * ($0 + offset) })
    let query = Matrix(rows: 150, columns: 2, elements: plain.elements.suffix(300).map { $0 * 1.5 })
    let movedQuery = Matrix(rows: 150, columns: 2, elements: query.elements.map { unit * ($0 + offset) })
    for kind in [DensityOptions.gaussianMixture(options(.exactly(3), .full)), .kernel(.rule(.silverman, .full))] {
      let one = try estimateDensity(of: plain, options: kind, seed: 5)
      let other = try estimateDensity(of: moved, options: kind, seed: 5)
      let logs = try other.logDensities(movedQuery).map { $0 + 2 * log(unit) }
      #expect(largest(difference(logs, try one.logDensities(query))) < 1e-7)
      let scores = try other.scores(movedQuery).elements.map { $0 * unit }
      #expect(relativeError(scores, try one.scores(query).elements) < 1e-7)
    }
  }

  /// Errors call the points as the caller's argument is called, whichever part of the estimate they come from.
  @Test func errorsNameTheArgument() {
    let (one, line) = (
      Matrix(rows: 1, columns: 2, elements: [1, 2]), Matrix(rows: 3, columns: 2, elements: [0, 0, 1, 1, 2, 2])
    )
    let infinite = Matrix(rows: 1, columns: 2, elements: [1, .infinity])
    for points in [one, line, infinite] {
      for kind in [DensityOptions.gaussianMixture(options(.exactly(1), .full)), .kernel(.rule(.scott, .full))] {
        let own = engineError { _ = try estimateDensity(of: points, named: "x", options: kind, seed: 0) }
        let usual = engineError { _ = try estimateDensity(of: points, options: kind, seed: 0) }
        #expect(own?.kind == usual?.kind)
        if let usual, let own {
          #expect(usual.message.hasPrefix("points") && own.message == "x" + usual.message.dropFirst("points".count))
        }
      }
    }
    #expect(
      engineError { _ = try estimateDensity(of: one, named: "x", options: .kernel(.rule(.scott, .full)), seed: 0) }
        != nil)
  }

  @Test func nothingOverflows() throws {
    let points = Matrix(rows: 100, columns: 2, elements: normals(100, 2))
    let far = Matrix(
      rows: 4, columns: 2,
      elements: [1e160, 0, -1e300, 1e300, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1e20, -1e10])
    for kind in [
      DensityOptions.gaussianMixture(options(.exactly(3), .full)),
      .gaussianMixture(options(.exactly(2), .diagonal)), .kernel(.rule(.scott, .full)), .kernel(.length(1e-3)),
    ] { try expectNumbers(try estimateDensity(of: points, options: kind, seed: 0), at: far) }
    for huge in [[1e200, 0, -1e200], [1e308, -1e308, 0], [1e-200, 0, 1e-199]] {
      let error = engineError {
        _ = try fitMixture(to: Matrix(rows: 3, columns: 1, elements: huge), options: .init(), seed: 0)
      }
      #expect(error?.kind == .invalid)
    }
  }

  @Test func masslessParticlesDoNotCount() throws {
    let x = normals(60, 2)
    let points = Matrix(rows: 60, columns: 2, elements: x)
    let extended = Matrix(rows: 62, columns: 2, elements: [1e300, -1e300] + x + [5, 5])
    let weights = [0] + [Double](repeating: 3, count: 60) + [0]
    let fit = try fitMixture(to: points, options: options(.exactly(2), .full), seed: 9)
    let same = try fitMixture(to: extended, weights: weights, options: options(.exactly(2), .full), seed: 9)
    #expect(relativeError(same.mixture.parameters, fit.mixture.parameters) < 1e-9)
    #expect(abs(same.bic - fit.bic) < 1e-9 * abs(fit.bic))
    let kernels = [
      try KernelDensity(points, bandwidth: .rule(.scott, .full)),
      try KernelDensity(extended, weights: weights, bandwidth: .rule(.scott, .full)),
    ]
    #expect(
      largest(difference(try kernels[0].logDensities(points), try kernels[1].logDensities(points))) < 1e-12)
  }

  @Test func badArgumentsAreNamed() throws {
    let points = Matrix(rows: 3, columns: 1, elements: [0, 1, 3])
    func message(_ weights: [Double]? = nil, _ change: (inout MixtureOptions) -> Void) -> String? {
      var options = MixtureOptions()
      change(&options)
      return engineError { _ = try fitMixture(to: points, weights: weights, options: options, seed: 0) }?.message
    }
    #expect(message { $0.components = .exactly(0) } == "components = 0 is not between 1 and 10000")
    #expect(message { $0.components = .upTo(-1) } == "max_components = -1 is not between 1 and 10000")
    #expect(message { $0.restarts = 0 } == "restarts = 0 is not between 1 and 1000")
    #expect(message { $0.maxIterations = 0 } == "max_iterations = 0 is not between 1 and 1000000")
    #expect(message { $0.tolerance = .nan } == "tolerance = nan is not a number of at least 0")
    #expect(message([1, -1, 1]) { _ in } == "weights[1] = -1.0 is less than 0")
    #expect(message([0, 0, 0]) { _ in } == "weights has sum 0.0, not greater than 0")
    #expect(message([1, 1]) { _ in } == "weights has 2 elements for 3 particles")
    // Three points with three components, and no regularisation to keep the components from collapsing.
    #expect(
      message {
        ($0.components, $0.regularization) = (.exactly(3), 0)
      } == "regularisation = 0.0 is too small: component 0 has collapsed")
  }
}
