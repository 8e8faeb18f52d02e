/// What a population exerts on the particles of a panel, to second order around displacements p0 where it is known:
///
///     W(p) = f . (p - p0) + (p - p0) . H (p - p0) / 2   per particle.
struct Pull {
  /// p0 and f, row-major (n, d).
  let anchor: ArraySlice<Double>
  let force: ArraySlice<Double>
  /// H, row-major (n, d, d); empty for 0.
  let curvature: ArraySlice<Double>

  /// Adds tau W and tau grad W to phi and r at the trial displacement of one particle.
  func add(to panel: DescentPanel, _ particle: Int, _ tau: Double) {
    let d = panel.dimension
    let base = particle * d
    var energy = 0.0
    for row in 0..<d {
      var slope = 0.0
      if !curvature.isEmpty {
        for column in 0..<d {
          slope +=
            curvature[curvature.startIndex + (base + row) * d + column]
            * (panel.trial[base + column] - anchor[anchor.startIndex + base + column])
        }
      }
      let own = force[force.startIndex + base + row]
      let moved = panel.trial[base + row] - anchor[anchor.startIndex + base + row]
      energy += (own + slope / 2) * moved
      panel.trialResidual[base + row] += tau * (own + slope)
    }
    panel.trialMerit[particle] += tau * energy
    panel.trialMagnitude[particle] += abs(tau * energy)
  }

  /// Adds tau H s.
  func addCurvature(
    of particle: Int, along s: UnsafePointer<Double>, _ tau: Double, to image: UnsafeMutablePointer<Double>
  ) {
    guard !curvature.isEmpty, let d = dimension else { return }
    for row in 0..<d {
      var sum = 0.0
      for column in 0..<d { sum += curvature[curvature.startIndex + (particle * d + row) * d + column] * s[column] }
      image[row] += tau * sum
    }
  }

  private var dimension: Int? { force.isEmpty ? nil : curvature.count / force.count }
}
