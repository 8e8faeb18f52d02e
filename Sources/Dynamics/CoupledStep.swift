import Energies
import Numerics

/// The implicit step of particles that act on each other,
///
///     y_i = x_i - tau (grad V(y_i, t) + sum_j w_j grad U(y_i - y_j)),   for all i together,
///
/// as the root of these equations: grad U is used as given, the particle's own pair included.
///
/// Forces between particles cost most, so that each iteration evaluates them once: with the forces at the displacements
/// p held fixed, each particle's own JKO step under V gives p + r(p), and Anderson's mixing looks for r = 0. Where the
/// forces change much along a step, their own changes with a particle's place (the diagonal blocks of their derivative)
/// are added to V. Then only the answers of the other particles are left to the iteration.
struct CoupledStep {
  /// The step under V alone.
  let own: ImplicitStep
  let interaction: any Interaction
  /// w_j
  let weights: [Double]

  /// Evaluations of the forces in a step that is not hard. Preparations for them are worth while if they cost less.
  static let usualEvaluations = 4
  /// Evaluations of the forces that mixing takes into account.
  private static let depth = 8
  /// In more coordinates than these, the blocks are not used, because n d^2 numbers and d passes over all pairs cost
  /// more than they save.
  private static let largestBlock = 32
  /// Each particle's own step is solved to this part of the residual that it came with.
  private static let forcing = 0.01
  /// An evaluation that leaves more than this part of r is slow.
  private static let slowness = 0.3
  /// The iteration is stuck after so many evaluations in a row that did not lead on.
  private static let patience = 6
  /// Points are worked on in parallel by so many.
  private static let grain = ImplicitStep.grain

  /// Displacements with what is known there.
  private struct Iterate {
    var displacement: [Double]
    /// r, (n, d)
    var move: [Double] = []
    /// |r|
    var size = Double.infinity
    /// |y - x + tau (..)| of each particle.
    var residuals: [Double] = []
    var unconverged = Int.max
    var forces: [Double] = []

    /// The better of two places to end at.
    func isBetter(than other: Iterate) -> Bool {
      (unconverged, norm(residuals)) < (other.unconverged, norm(other.residuals))
    }

    func points(_ x: Matrix) -> Matrix {
      var points = x
      add(displacement, to: &points.elements)
      return points
    }
  }

  /// y for all particles together. Throws `.cancelled` where the host of this work refuses to go on.
  func solve(_ x: Matrix) throws -> (population: Matrix, report: ImplicitStep.Report) {
    guard x.rows > 0 else { return (x, ImplicitStep.Report()) }
    let places = CentredPlaces(x)
    var current = Iterate(displacement: [Double](repeating: 0, count: x.elements.count))
    current.forces = try forces(places.moved(current.displacement))
    try respond(&current, x, [], first: true)
    var (best, curvature) = (current, [Double]())
    var mixing = AndersonMixing(depth: Self.depth)
    var (evaluations, course) = (1, Course(current.size))
    while current.unconverged > 0, evaluations < own.maxIterations, !isAtRest(current) {
      try Interruption.check()
      var next = Iterate(displacement: current.displacement)
      add(mixing.move(current.move, damping: course.damping), to: &next.displacement)
      next.forces = try forces(places.moved(next.displacement))
      try respond(&next, x, curvature, first: false)
      evaluations += 1
      if next.isBetter(than: best) { best = next }
      if next.size.isFinite {
        mixing.record(
          step: subtract(next.displacement, current.displacement), change: subtract(next.move, current.move))
      } else {
        mixing.forget()
      }
      let slow = !(next.size < Self.slowness * current.size)
      if course.leadsOn(to: next.size) { current = next }
      let wanted = curvature.isEmpty ? slow : (slow && course.tried >= 12) || course.isStuck
      if wanted, x.columns <= Self.largestBlock, curvature.isEmpty || course.accepted > 0 {
        curvature = try blocks(places.moved(current.displacement))
        try respond(&current, x, curvature, first: false)
        mixing.forget()
        course = Course(current.size)
      } else if course.isStuck {
        break
      }
    }
    return (best.points(x), report(best, evaluations))
  }

  /// How the iteration goes since the blocks are those they are.
  private struct Course {
    /// Evaluations, those that led on, and those that did not since one did.
    private(set) var (tried, accepted, rejected) = (0, 0, 0)
    private(set) var damping = 1.0
    /// |r| of the last places.
    private var recent: [Double]

    init(_ size: Double) { recent = [size] }

    /// Whether a new place is to be gone on from: where |r| is less than at the worst of the last four.
    mutating func leadsOn(to size: Double) -> Bool {
      tried += 1
      guard size < 0.999 * (recent.max() ?? .infinity) else {
        (rejected, damping) = (rejected + 1, damping / 2)
        return false
      }
      recent = Array((recent + [size]).suffix(4))
      (accepted, rejected, damping) = (accepted + 1, 0, min(1, 2 * damping))
      return true
    }

    var isStuck: Bool { rejected >= CoupledStep.patience }
  }

  /// grad W at each particle, W(y) = sum_j w_j U(y - y_j).
  private func forces(_ places: Matrix) throws -> [Double] {
    let field = interaction.field(of: Population(points: places, weights: weights))
    return try Parallel.gradients(field, places, time: own.time)
  }

  /// The Hessian of W at each particle, (n, d, d), bounded so that its Newton system stays positive: I + tau H >= 0.1.
  private func blocks(_ places: Matrix) throws -> [Double] {
    let (n, d) = (places.rows, places.columns)
    // The blocks of the pieces, and all of them in one array.
    try requireMemory(2, n, d, d, of: Double.self, for: "the Hessians of \(n) particles in \(d) coordinates")
    let field = interaction.field(of: Population(points: places, weights: weights))
    let pieces = try Parallel.map((n + Self.grain - 1) / Self.grain, spreads: !field.callsHost) { piece in
      let points = places.elements[piece * Self.grain * d..<min(n, (piece + 1) * Self.grain) * d]
      var blocks = [Double](repeating: 0, count: points.count * d)
      points.withUnsafeBufferPointer { points in
        blocks.withUnsafeMutableBufferPointer { field.hessians(points, time: own.time, into: $0) }
      }
      for block in stride(from: 0, to: blocks.count, by: d * d) { bound(&blocks[block..<block + d * d], d) }
      return blocks
    }
    return pieces.flatMap { $0 }
  }

  /// Adds to the diagonal of H where that is needed for I + tau H >= 0.1, by Gershgorin's bound for the least
  /// eigenvalue.
  private func bound(_ block: inout ArraySlice<Double>, _ d: Int) {
    let start = block.startIndex
    guard block.allSatisfy(\.isFinite) else {
      for index in block.indices { block[index] = 0 }
      return
    }
    var system = Matrix(rows: d, columns: d, elements: block.map { own.tau * $0 })
    for row in 0..<d { system[row, row] += 0.9 }
    guard Cholesky(system) == nil else { return }
    let least =
      (0..<d).map { row in
        let radius = (0..<d).reduce(0) { $1 == row ? $0 : $0 + abs(block[start + row * d + $1]) }
        return block[start + row * d + row] - radius
      }.min() ?? 0
    let shift = max(0, -0.9 / own.tau - least)
    for row in 0..<d { block[start + row * d + row] += shift }
  }

  /// Each particle's own step with the forces held as they are: fills in all of an iterate that follows from its
  /// forces.
  ///
  /// - Parameter first: particles that find no solution try from other points too
  private func respond(_ iterate: inout Iterate, _ x: Matrix, _ curvature: [Double], first: Bool) throws {
    let (n, d) = (x.rows, x.columns)
    guard iterate.forces.allSatisfy(\.isFinite) else {
      (iterate.size, iterate.unconverged) = (.infinity, n)
      iterate.residuals = [Double](repeating: .infinity, count: n)
      iterate.move = [Double](repeating: 0, count: n * d)
      return
    }
    let (displacement, forces) = (iterate.displacement, iterate.forces)
    let pieces = try Parallel.map((n + Self.grain - 1) / Self.grain, spreads: !own.potential.callsHost) { piece in
      let range = piece * Self.grain * d..<min(n, (piece + 1) * Self.grain) * d
      let pull = Pull(
        anchor: displacement[range], force: forces[range],
        curvature: curvature.isEmpty ? [] : curvature[range.lowerBound * d..<range.upperBound * d])
      return answer(x.elements[range], pull, first: first)
    }
    iterate.move = pieces.flatMap(\.move)
    iterate.residuals = pieces.flatMap(\.residuals)
    iterate.size = norm(iterate.move)
    iterate.unconverged = iterate.residuals.count { !($0 <= own.tolerance * own.length) }
  }

  private func answer(_ x: ArraySlice<Double>, _ pull: Pull, first: Bool) -> (move: [Double], residuals: [Double]) {
    let panel = DescentPanel(x, dimension: own.potential.dimension, goal: own.tolerance * own.length / 10)
    for (index, value) in pull.anchor.enumerated() { panel.trial[index] = value }
    let all = Array(0..<panel.count)
    own.begin(panel, all, under: pull)
    // The rounding of the displacement is added, because far enough out it alone would make some point a solution.
    let residuals = all.map { particle in
      panel.residualNorm(particle) + .ulpOfOne
        * panel.dot(panel.displacement, panel.displacement, particle).squareRoot()
    }
    for particle in all where residuals[particle].isFinite {
      panel.goal[particle] = max(panel.goal[particle], Self.forcing * residuals[particle])
    }
    _ = own.iterate(panel, all, under: pull)
    if first { _ = own.restart(panel, under: pull) }
    // A particle that finds no solution and nothing better stays. One at a point where V is not a number goes back to
    // x.
    let move = pull.anchor.enumerated().map { index, anchor in
      let particle = index / panel.dimension
      guard panel.merit[particle].isFinite else { return -anchor }
      let improved = panel.isSolved(particle) || panel.residualNorm(particle) < residuals[particle]
      return improved ? panel.displacement[index] - anchor : 0
    }
    return (move, residuals)
  }

  /// Whether nothing moves any more. Particles that are not solved then have no solution near where they are.
  private func isAtRest(_ iterate: Iterate) -> Bool { largest(iterate.move) <= 1e-3 * own.tolerance * own.length }

  private func report(_ iterate: Iterate, _ evaluations: Int) -> ImplicitStep.Report {
    var report = ImplicitStep.Report()
    report.unconverged = iterate.unconverged
    report.maxResidual = largest(iterate.residuals) / own.length
    report.iterations = evaluations
    return report
  }
}
