import Densities
import Numerics
import TestSupport
import Testing

/// Densities of many particles, or at many points, end where their host refuses to go on.
@Suite struct InterruptedDensityTests {
  private static func particles(_ n: Int, _ d: Int = 2) -> Matrix {
    var random = PhiloxSequence(seed: 5, stream: UInt64(d))
    return Matrix(rows: n, columns: d, elements: random.normals(n * d))
  }

  private static func expectEnds(_ what: String, asked least: Int, _ work: () throws -> Void) {
    let all = questions(of: work)
    #expect(all.error == nil && all.asked >= least, "\(what) asked \(all.asked) times")
    for question in Set([1, max(1, all.asked / 2), max(1, all.asked)]) {
      #expect(questions(refusal: question, of: work).ended(at: question), "\(what)")
    }
  }

  @Test(arguments: [false, true]) func logarithmsAndScores(mixture: Bool) throws {
    let (few, points) = (Self.particles(500), Self.particles(10_000))
    let options: DensityOptions = mixture ? .gaussianMixture(MixtureOptions()) : .kernel(.rule(.scott, .full))
    let density = try estimateDensity(of: few, options: options, seed: 0)
    // Panels of 256 points, pieces of at most 1,024.
    Self.expectEnds("logarithms", asked: 10) { _ = try density.logDensities(points) }
    Self.expectEnds("scores", asked: 10) { _ = try density.scores(points) }
  }

  @Test func fits() throws {
    let points = Self.particles(2000)
    for options in [DensityOptions.gaussianMixture(MixtureOptions()), .kernel(.rule(.scott, .full))] {
      Self.expectEnds("\(options)", asked: 2000 / 256) {
        _ = try estimateDensity(of: points, options: options, seed: 0)
      }
    }
    // A covariance of many coordinates is cubic work for one component.
    var one = MixtureOptions()
    one.components = .exactly(1)
    let wide = Self.particles(300, 200)
    Self.expectEnds("wide", asked: 2 * (200 - 64) / 16) {
      _ = try estimateDensity(of: wide, options: .gaussianMixture(one), seed: 0)
    }
  }
}
