import CSystem
import Numerics

/// rho(x) = sum_j w_j N(x; x_j, H), a Gaussian around every particle.
///
/// Sums over all pairs run in the kernels of Sources/Kernels/SoftMinimum.swift: with z = a H^(-1/2) (x - centre) and
/// a^2 = log2(e) / 2, the exponents of 2 are log2 w_j - |z - z_j|^2. About d + 16 operations per pair.
package struct KernelDensity: Density {
  package let dimension: Int
  package let particleCount: Int
  /// det(H)^(1 / 2d): the kernel's standard deviation, where it is the same in every direction; in length.
  package let bandwidth: Double
  /// Whether the kernel is as wide in every direction.
  package let isSpherical: Bool

  /// What it was made of: points (n, d), their masses, and how wide the kernel was to be.
  package let points: Matrix
  package let masses: [Double]?
  package let wanted: Bandwidth
  /// L with L L^T = H, d x d.
  package let factor: [Double]

  private let centre: [Double]
  /// W = L^-1 with L L^T = H.
  private let whitening: [Double]
  /// ln of 1 / ((2 pi)^(d/2) det L).
  private let normalization: Double
  private let particles: WhitenedParticles

  /// a.
  private static let unit = (M_LOG2E / 2).squareRoot()

  /// - Parameter progress: asked meanwhile
  package init(
    _ points: Matrix, weights: [Double]?, bandwidth: Bandwidth, progress: ProgressHandler
  ) throws {
    let start = monotonicSeconds()
    func goesOn() -> Bool { progress(Progress(.density, done: 0, of: 1, since: start)) }
    self = try Interruption.during("the density", goesOn) {
      try KernelDensity(points, weights: weights, bandwidth: bandwidth)
    }
  }

  /// - Parameters:
  ///   - points: (n, d), finite
  ///   - name: what errors call the points
  ///   - weights: n, not negative; 1/n each for nil
  package init(
    _ points: Matrix, named name: String = "points", weights: [Double]? = nil, bandwidth: Bandwidth
  ) throws {
    let width: Double? = if case .length = bandwidth { 1 } else { nil }
    let population = try StandardizedPopulation(points, named: name, weights: weights, width: width)
    let d = population.dimension
    try requireMemory(3 * d * d, of: Double.self, for: "the kernel's covariance")
    let factor = try bandwidth.factor(for: population)
    var whitening = factor
    var logarithm = 0.0
    factor.withUnsafeBufferPointer { factor in
      whitening.withUnsafeMutableBufferPointer { whitening in
        guard let factor = factor.baseAddress, let whitening = whitening.baseAddress else { return }
        TriangularFactor.invert(factor, into: whitening, d)
        for j in 0..<d { logarithm += log(factor[j * (d + 1)]) }
      }
    }
    guard logarithm.isFinite, whitening.allSatisfy({ abs($0) < 1e150 }) else {
      throw EngineError(.invalid, "bandwidth gives a kernel whose width is not between 1e-150 and 1e150")
    }
    (self.points, masses, wanted, self.factor) = (points, weights, bandwidth, factor)
    dimension = d
    if case .rule(_, .full) = bandwidth { isSpherical = d == 1 } else { isSpherical = true }
    particleCount = population.count
    self.bandwidth = exp(logarithm / Double(d))
    centre = population.centre
    self.whitening = whitening
    normalization = -logarithm - Double(d) / 2 * log(2 * Double.pi)
    particles = try WhitenedParticles(population, whitening, unit: Self.unit)
  }

  package func logDensities(_ points: UnsafeBufferPointer<Double>, into results: UnsafeMutableBufferPointer<Double>) {
    nonisolated(unsafe) let results = results
    forRows(points) { range, rows, shifts in
      let sums = shifts + (range.count + 3) / 4 * 4
      for row in 0..<(range.count + 3) / 4 * 4 { sums[row] = 0 }
      Double.kernels.pairSums(
        form: .squaredDistance, rows: (range.count + 3) / 4 * 4, blocks: particles.blockCount, dimension: dimension,
        x: rows, u: shifts, y: particles.blocks.base, v: particles.logWeights.base, w: particles.ones.base, sums: sums)
      for row in 0..<range.count {
        results[range.lowerBound + row] = M_LN2 * (log2(sums[row]) - shifts[row]) + normalization
      }
    }
  }

  /// W^T sum_j p_j (z_j - z) / a with p_j the share of particle j in rho(x).
  package func scores(_ points: UnsafeBufferPointer<Double>, into results: UnsafeMutableBufferPointer<Double>) {
    nonisolated(unsafe) let results = results
    let d = dimension
    let kernels = Double.kernels
    forRows(points) { range, rows, shifts in
      let buffer = AlignedBuffer<Double>(count: 512 + 4 * d)
      let (powers, exponents, means) = (buffer.base, buffer.base + 256, buffer.base + 512)
      for first in stride(from: 0, to: range.count, by: 4) {
        var totals = (0.0, 0.0, 0.0, 0.0)
        for index in 0..<4 * d { means[index] = 0 }
        if Interruption.stops { return }
        for block in 0..<particles.blockCount {
          let columns = particles.blocks.base + block * 64 * d
          kernels.pairPowers(
            form: .squaredDistance, dimension: d, x: rows + first * d, u: shifts + first, y: columns,
            v: particles.logWeights.base + block * 64, w: particles.ones.base + block * 64, powers: powers,
            exponents: exponents)
          kernels.outerProduct(rows: 4, columns: d, lanes: 64, a: powers, b: columns, c: means, stride: d)
          for lane in 0..<64 {
            totals.0 += powers[lane]
            totals.1 += powers[64 + lane]
            totals.2 += powers[128 + lane]
            totals.3 += powers[192 + lane]
          }
        }
        let sums = [totals.0, totals.1, totals.2, totals.3]
        for row in first..<min(first + 4, range.count) {
          let (mean, z) = (means + (row - first) * d, rows + row * d)
          for j in 0..<d { mean[j] = (mean[j] / sums[row - first] - z[j]) / Self.unit }
          for j in 0..<d {
            var score = 0.0
            for l in j..<d { score += whitening[l * d + j] * mean[l] }
            results[(range.lowerBound + row) * d + j] = score
          }
        }
      }
    }
  }

  /// Calls `body(range, z, shifts)` for pieces of the points, on several threads: their z, row by row, and -max_j of
  /// the exponents. The shifts are padded to a multiple of 4, and as much room follows them.
  private func forRows(
    _ points: UnsafeBufferPointer<Double>,
    _ body: @Sendable (Range<Int>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    let d = dimension
    let pairs = 1 << 18
    let grain = max(16, min(1024, pairs / max(1, particleCount * max(1, d / 8)) / 4 * 4))
    nonisolated(unsafe) let points = points
    Parallel.forRangesHeeding(points.count / d, grain: grain) { range in
      let padded = (range.count + 3) / 4 * 4
      let buffer = AlignedBuffer<Double>(count: padded * (d + 2))
      buffer.zero()
      let shifts = buffer.base + padded * d
      for row in 0..<range.count {
        let start = (range.lowerBound + row) * d
        let point = UnsafeBufferPointer(rebasing: points[start..<start + d])
        WhitenedParticles.whiten(point, centre, whitening, unit: Self.unit, into: buffer.base + row * d)
      }
      for row in 0..<padded { shifts[row] = -.greatestFiniteMagnitude }
      Double.kernels.largestExponents(
        form: .squaredDistance, rows: padded, blocks: particles.blockCount, dimension: d, x: buffer.base,
        y: particles.blocks.base, v: particles.logWeights.base, largest: shifts)
      for row in 0..<padded { shifts[row] = -shifts[row] }
      body(range, buffer.base, shifts)
    }
  }
}

/// The particles of a kernel density as the kernels read them, in blocks of 64.
private final class WhitenedParticles: @unchecked Sendable {
  let blockCount: Int
  /// z_j, blockCount x d x 64.
  let blocks: AlignedBuffer<Double>
  /// log2 w_j; so small for padding that its exponents are the least of all.
  let logWeights: AlignedBuffer<Double>
  /// 1 for particles, 0 for padding.
  let ones: AlignedBuffer<Double>

  /// Beyond this, squared distances would overflow.
  private static let largest = 1e150

  init(_ population: StandardizedPopulation, _ whitening: [Double], unit: Double) throws {
    let (n, d) = (population.count, population.dimension)
    blockCount = (n + 63) / 64
    try requireMemory(blockCount * 64 * (d + 2), of: Double.self, for: "the particles")
    blocks = AlignedBuffer(count: blockCount * 64 * d)
    logWeights = AlignedBuffer(count: blockCount * 64)
    ones = AlignedBuffer(count: blockCount * 64)
    blocks.zero()
    for index in 0..<blockCount * 64 { (logWeights.base[index], ones.base[index]) = (-1e305, 0) }
    let origin = [Double](repeating: 0, count: d)
    var (offset, z) = (origin, origin)
    for row in 0..<n {
      let (block, lane) = row.quotientAndRemainder(dividingBy: 64)
      if lane == 0 { try Interruption.check() }
      for j in 0..<d { offset[j] = population.points[row, j] * population.scale[j] }
      offset.withUnsafeBufferPointer { offset in
        z.withUnsafeMutableBufferPointer { z in
          if let z = z.baseAddress { Self.whiten(offset, origin, whitening, unit: unit, into: z) }
        }
      }
      for j in 0..<d { blocks.base[(block * d + j) * 64 + lane] = z[j] }
      logWeights.base[row] = log2(population.weights[row])
      ones.base[row] = 1
    }
  }

  /// z = unit W (x - centre).
  static func whiten(
    _ x: UnsafeBufferPointer<Double>, _ centre: [Double], _ whitening: [Double], unit: Double,
    into z: UnsafeMutablePointer<Double>
  ) {
    let d = x.count
    centre.withUnsafeBufferPointer { centre in
      whitening.withUnsafeBufferPointer { w in
        for j in 0..<d {
          var sum = 0.0
          for l in 0...j { sum += w[j * d + l] * (x[l] - centre[l]) }
          // NaN, which only overflow can have made, fails the comparison and becomes -largest.
          z[j] = unit * (sum > -largest ? (sum < largest ? sum : largest) : -largest)
        }
      }
    }
  }
}
