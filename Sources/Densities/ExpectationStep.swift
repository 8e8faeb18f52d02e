import CSystem
import Numerics

/// The E-step, and the sums that the M-step needs of it, over all particles.
///
/// Particles are cut into pieces by their number alone; each piece has sums of its own, which are added in order.
final class ExpectationStep: @unchecked Sendable {
  /// Numbers per component: mass, first moments, and the second moments' lower triangle or diagonal.
  let momentCount: Int
  /// k x momentCount, about the means that the step was run with.
  var moments: UnsafeMutablePointer<Double> { sums.base }

  private let components: Int
  private let dimension: Int
  private let kind: GaussianMixture.Kind
  private let panelsPerPiece: Int
  private let pieces: Int
  /// The sums of each piece. Those of the first are the totals in the end.
  private let sums: AlignedBuffer<Double>
  private let logLikelihoods: AlignedBuffer<Double>
  private let lanes: Int

  init(_ panels: ParticlePanels, components: Int, kind: GaussianMixture.Kind) throws {
    let d = panels.dimension
    self.components = components
    dimension = d
    self.kind = kind
    lanes = panels.lanes
    momentCount = 1 + d + (kind == .full ? d * (d + 1) / 2 : d)
    let work = ParticlePanels.work(components: components, dimension: d, kind: kind)
    // At most 64 pieces, so that their sums stay small beside the particles.
    panelsPerPiece = max(
      1, (panels.panelCount + 63) / 64, ParticlePanels.worthwhile / (panels.lanes * work))
    pieces = (panels.panelCount + panelsPerPiece - 1) / panelsPerPiece
    try requireMemory(
      pieces * components * momentCount + 16 * (2 * d + components + 2) * panels.lanes, of: Double.self,
      for: "the moments of components")
    sums = AlignedBuffer(count: pieces * components * momentCount)
    logLikelihoods = AlignedBuffer(count: pieces)
  }

  /// Computes the moments of every component's share. Returns the mean of ln rho in the coordinates of the panels.
  func run(_ panels: ParticlePanels, _ mixture: GaussianMixture) -> Double {
    let d = panels.dimension
    forPieces(panels) { piece, range, scratch in
      let shares = scratch + 2 * d * lanes
      let (largest, totals) = (shares + components * lanes, shares + (components + 1) * lanes)
      var logLikelihood = 0.0
      for panel in range where !Interruption.stops {
        let weights = panels.weights(panel)
        mixture.shareOut(
          panels.points(panel), lanes: lanes, weights: weights, scratch: scratch, shares: shares, largest: largest,
          sums: totals)
        for lane in 0..<lanes where weights[lane] > 0 {
          logLikelihood += weights[lane] * (largest[lane] + log2(totals[lane]))
        }
        mixture.means.elements.withUnsafeBufferPointer { means in
          if let means = means.baseAddress { add(panels.points(panel), means, shares, scratch, to: piece) }
        }
      }
      logLikelihoods.base[piece] = logLikelihood
    }
    var total = 0.0
    for piece in 0..<pieces { total += logLikelihoods.base[piece] }
    return M_LN2 * total
  }

  /// Computes the moments with every particle in the share of its nearest centre.
  func assign(_ panels: ParticlePanels, to centres: Matrix) {
    let d = panels.dimension
    forPieces(panels) { piece, range, scratch in
      let shares = scratch + 2 * d * lanes
      let (nearest, distances) = (shares + components * lanes, shares + (components + 1) * lanes)
      centres.elements.withUnsafeBufferPointer { buffer in
        guard let centres = buffer.baseAddress else { return }
        for panel in range where !Interruption.stops {
          let (points, weights) = (panels.points(panel), panels.weights(panel))
          for lane in 0..<lanes { (nearest[lane], distances[lane]) = (0, .infinity) }
          for c in 0..<components {
            squaredDistances(points, to: centres + c * d, d, lanes, into: scratch)
            for lane in 0..<lanes where scratch[lane] < distances[lane] {
              (nearest[lane], distances[lane]) = (Double(c), scratch[lane])
            }
          }
          for c in 0..<components {
            for lane in 0..<lanes { shares[c * lanes + lane] = nearest[lane] == Double(c) ? weights[lane] : 0 }
          }
          add(points, centres, shares, scratch, to: piece)
        }
      }
    }
  }

  /// Moves centres to the means of their particles. Centres without particles stay.
  func move(_ centres: inout Matrix) {
    for c in 0..<components {
      let moments = moments + c * momentCount
      for j in 0..<dimension where moments[0] > 0 { centres.elements[c * dimension + j] += moments[1 + j] / moments[0] }
    }
  }

  private func add(
    _ points: UnsafePointer<Double>, _ means: UnsafePointer<Double>, _ shares: UnsafePointer<Double>,
    _ scratch: UnsafeMutablePointer<Double>, to piece: Int
  ) {
    for c in 0..<components {
      Double.kernels.gaussianMoments(
        dimension: dimension, lanes: lanes, isDiagonal: kind == .diagonal, x: points, m: means + c * dimension,
        r: shares + c * lanes, scratch: scratch, moments: sums.base + (piece * components + c) * momentCount)
    }
  }

  /// Runs `body(piece, panels, scratch)` for every piece, then adds the sums of all to those of the first. The scratch
  /// has 2 d + k + 2 rows of lanes.
  private func forPieces(
    _ panels: ParticlePanels, _ body: @Sendable (Int, Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) {
    sums.zero()
    Parallel.forEachHeeding(pieces) { piece in
      let scratch = AlignedBuffer<Double>(count: (2 * panels.dimension + components + 2) * lanes)
      let first = piece * panelsPerPiece
      body(piece, first..<min(first + panelsPerPiece, panels.panelCount), scratch.base)
    }
    let count = components * momentCount
    for piece in 1..<max(1, pieces) {
      for index in 0..<count { sums.base[index] += sums.base[piece * count + index] }
    }
  }
}

/// |x - centre|^2 of a panel, lane by lane.
func squaredDistances(
  _ points: UnsafePointer<Double>, to centre: UnsafePointer<Double>, _ d: Int, _ lanes: Int,
  into distances: UnsafeMutablePointer<Double>
) {
  for lane in 0..<lanes { distances[lane] = 0 }
  for j in 0..<d {
    let (row, value) = (points + j * lanes, centre[j])
    for lane in 0..<lanes { distances[lane] += (row[lane] - value) * (row[lane] - value) }
  }
}
