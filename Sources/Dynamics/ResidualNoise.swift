import Numerics

/// What was observed beyond the predictions of an energy: how far the partners of some training particles lay from
/// where one step of the model takes these.
///
/// Explicit steps take every particle to the mean of where its like go, so that predictions of populations whose motion
/// is noisy are too narrow. A residual of a training particle nearby puts back what the mean has lost, in its size and
/// in its direction.
package struct ResidualNoise: Sendable, Equatable {
  /// The residuals of one transition.
  package struct Transition: Sendable, Equatable {
    /// When it begins, and how long it is.
    package let time: Double
    package let duration: Double
    /// Where training particles were, shape (n, d).
    package let points: Matrix
    /// Of each of them, shape (n, d), in length.
    package let residuals: Matrix

    package init(time: Double, duration: Double, points: Matrix, residuals: Matrix) {
      self.time = time
      self.duration = duration
      self.points = points
      self.residuals = residuals
    }
  }

  /// In the order of their times.
  package let transitions: [Transition]

  /// A particle takes the residual of one of so many that were nearest to it.
  private static let neighbours = 5

  package init(_ transitions: [Transition]) { self.transitions = transitions }

  /// Adds a residual to each particle that a step has moved: of the transition that begins nearest to the time of the
  /// step, multiplied by the root of the ratio of the step's length to its own, as the noise of a diffusion grows.
  ///
  /// - Parameters:
  ///   - start: where the particles were before the step
  ///   - number: of the step; each has random numbers of its own
  package func add(
    to moved: inout Matrix, from start: Matrix, time: Double, tau: Double, seed: UInt64, number: Int
  ) throws {
    guard let nearest = transitions.min(by: { abs($0.time - time) < abs($1.time - time) }) else { return }
    let scale = (tau / nearest.duration).squareRoot()
    let grain = 64
    let chosen = try Parallel.map((start.rows + grain - 1) / grain) { piece in
      (piece * grain..<min(start.rows, (piece + 1) * grain)).map { particle in
        Self.neighbour(of: start.row(particle), nearest.points, draw(seed, particle, number))
      }
    }
    for (particle, place) in chosen.joined().enumerated() {
      for column in 0..<start.columns { moved[particle, column] += scale * nearest.residuals[place, column] }
    }
  }

  private func draw(_ seed: UInt64, _ particle: Int, _ number: Int) -> Double {
    Philox(seed: seed, stream: RandomPurpose.residuals.stream(particle)).uniforms(UInt64(truncatingIfNeeded: number)).0
  }

  /// One of the points nearest to x, chosen by a uniform number.
  private static func neighbour(of x: ArraySlice<Double>, _ points: Matrix, _ uniform: Double) -> Int {
    var nearest: [(distance: Double, place: Int)] = []
    for place in 0..<points.rows {
      var distance = 0.0
      for (column, value) in x.enumerated() {
        let offset = points[place, column] - value
        distance += offset * offset
      }
      guard nearest.count < neighbours || distance < nearest[nearest.count - 1].distance else { continue }
      let rank = nearest.firstIndex { distance < $0.distance } ?? nearest.count
      nearest.insert((distance, place), at: rank)
      if nearest.count > neighbours { nearest.removeLast() }
    }
    return nearest[min(nearest.count - 1, Int(uniform * Double(nearest.count)))].place
  }
}
