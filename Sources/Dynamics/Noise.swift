import Numerics

/// The Brownian part of a step: each particle draws from its own stream, two coordinates per block, so that its path
/// depends neither on the other particles nor on threads.
struct Noise {
  let seed: UInt64
  let purpose: RandomPurpose

  /// Adds sqrt(2 beta tau) xi to each particle, xi standard normal: those numbers of its stream that belong to step
  /// `step`.
  func add(to population: inout Matrix, beta: Double, tau: Double, step: Int) {
    let scale = (2 * beta * tau).squareRoot()
    let d = population.columns
    let pairs = (d + 1) / 2
    for particle in 0..<population.rows {
      let source = Philox(seed: seed, stream: purpose.stream(particle))
      for pair in 0..<pairs {
        let (u, v) = source.uniforms(UInt64(truncatingIfNeeded: step &* pairs &+ pair))
        let (first, second) = PhiloxSequence.normalPair(u, v)
        population.elements[particle * d + 2 * pair] += scale * first
        if 2 * pair + 1 < d { population.elements[particle * d + 2 * pair + 1] += scale * second }
      }
    }
  }
}
