import CSystem
import Numerics

extension GaussianMixture: Density {
  package func logDensities(_ points: UnsafeBufferPointer<Double>, into results: UnsafeMutableBufferPointer<Double>) {
    nonisolated(unsafe) let results = results
    forPanels(points) { range, panel in
      for lane in 0..<range.count {
        results[range.lowerBound + lane] = M_LN2 * (panel.largest[lane] + log2(panel.sums[lane]))
      }
    }
  }

  /// sum_c p_c(x) Sigma_c^-1 (m_c - x), where p_c(x) is the share of component c in rho(x).
  package func scores(_ points: UnsafeBufferPointer<Double>, into results: UnsafeMutableBufferPointer<Double>) {
    nonisolated(unsafe) let results = results
    let (d, size, kernels) = (dimension, kind.size(dimension), Double.kernels)
    forPanels(points) { range, panel in
      let scores = AlignedBuffer<Double>(count: d * panel.lanes)
      scores.zero()
      withParts { means, whitening in
        for c in 0..<componentCount {
          kernels.gaussianScores(
            dimension: d, lanes: panel.lanes, isDiagonal: kind == .diagonal, x: panel.points, m: means + c * d,
            w: whitening + c * size, r: panel.shares + c * panel.lanes, z: panel.scratch, scores: scores.base)
        }
      }
      for lane in 0..<range.count {
        for j in 0..<d { results[(range.lowerBound + lane) * d + j] = scores.base[j * panel.lanes + lane] }
      }
    }
  }

  /// The results for a panel of points, along the lanes.
  struct Panel {
    let lanes: Int
    /// d x lanes.
    let points: UnsafePointer<Double>
    /// w_c N_c / rho, k x lanes.
    let shares: UnsafePointer<Double>
    /// log2 rho = largest + log2 sums.
    let largest: UnsafePointer<Double>
    let sums: UnsafePointer<Double>
    /// 2 d x lanes, for the caller.
    let scratch: UnsafeMutablePointer<Double>
  }

  /// Calls `body(rows, panel)` for panels of up to 256 points, on several threads where there is work enough.
  private func forPanels(_ points: UnsafeBufferPointer<Double>, _ body: @Sendable (Range<Int>, Panel) -> Void) {
    let (k, d) = (componentCount, dimension)
    let count = points.count / d
    let work = ParticlePanels.work(components: k, dimension: d, kind: kind)
    // Enough panels that a thread is worth starting.
    let grain = ParticlePanels.lanes * max(1, ParticlePanels.worthwhile / (ParticlePanels.lanes * work))
    nonisolated(unsafe) let points = points
    Parallel.forRangesHeeding(count, grain: grain) { range in
      let lanes = ParticlePanels.lanes
      let buffer = AlignedBuffer<Double>(count: (3 * d + k + 3) * lanes)
      buffer.zero()
      let (x, scratch) = (buffer.base, buffer.base + d * lanes)
      let shares = scratch + 2 * d * lanes
      let (largest, sums, ones) = (
        shares + k * lanes, shares + (k + 1) * lanes, shares + (k + 2) * lanes
      )
      for lane in 0..<lanes { ones[lane] = 1 }
      for first in stride(from: range.lowerBound, to: range.upperBound, by: lanes) where !Interruption.stops {
        let rows = first..<min(first + lanes, range.upperBound)
        for row in rows {
          for j in 0..<d { x[j * lanes + row - first] = points[row * d + j] }
        }
        let used = (rows.count + 63) / 64 * 64
        if used < lanes { ParticlePanels.tighten(x, d, from: lanes, to: used) }
        shareOut(x, lanes: used, weights: ones, scratch: scratch, shares: shares, largest: largest, sums: sums)
        body(
          rows,
          Panel(lanes: used, points: x, shares: shares, largest: largest, sums: sums, scratch: scratch))
      }
    }
  }

  /// Responsibilities times weights of all components for a panel: the E-step.
  func shareOut(
    _ x: UnsafePointer<Double>, lanes: Int, weights: UnsafePointer<Double>, scratch: UnsafeMutablePointer<Double>,
    shares: UnsafeMutablePointer<Double>, largest: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<Double>
  ) {
    let (d, size, kernels) = (dimension, kind.size(dimension), Double.kernels)
    withParts { means, whitening in
      for c in 0..<componentCount {
        kernels.gaussianTerms(
          dimension: d, lanes: lanes, isDiagonal: kind == .diagonal, x: x, m: means + c * d, w: whitening + c * size,
          shift: shifts[c], z: scratch, terms: shares + c * lanes)
      }
    }
    kernels.responsibilities(
      components: componentCount, lanes: lanes, weights: weights, terms: shares, largest: largest, sums: sums)
  }

  func withParts(_ body: (_ means: UnsafePointer<Double>, _ whitening: UnsafePointer<Double>) -> Void) {
    means.elements.withUnsafeBufferPointer { means in
      whitening.withUnsafeBufferPointer { whitening in
        if let means = means.baseAddress, let whitening = whitening.baseAddress { body(means, whitening) }
      }
    }
  }
}
