import CSystem
import KernelInterface
import Numerics

/// The exponents s_ij between two sets of points, and sums of their exponentials over either set.
struct PairExponents: Sendable {
  let form: PairForm
  let x: PairLayout<Double>
  let y: PairLayout<Double>
  /// The same in single precision, where that is exact enough.
  let singles: (x: PairLayout<Float>, y: PairLayout<Float>)?

  var transposed: PairExponents {
    PairExponents(form: form, x: y, y: x, singles: singles.map { ($0.y, $0.x) })
  }

  /// L_i = log2 sum_j 2^(potentials_j + s_ij), one per point of x.
  ///
  /// - Parameters:
  ///   - anchors: numbers near the potentials from which single precision rounds; nil for the potentials themselves
  ///   - guess: approximate results; rows where it is off by 60 or more are computed again
  ///   - single: whether to compute in single precision, where the points are kept in it, with an error of about 2^-24
  ///     times the largest exponent
  func logSums(
    _ potentials: [Double], anchors: [Double]? = nil, guess: [Double], single: Bool = false
  ) -> [Double] {
    if single, let singles { return logSums(singles.x, singles.y, potentials, anchors ?? potentials, guess) }
    return logSums(x, y, potentials, potentials, guess)
  }

  /// sum_j 2^(potentials_j + s_ij - logSums_i) values_j, one per point of x: means of the values, if `logSums` come
  /// from the same potentials, anchors and precision.
  func means(
    _ values: [Double], potentials: [Double], anchors: [Double], logSums: [Double], guess: [Double], single: Bool
  ) -> [Double] {
    if single, let singles { return means(singles.x, singles.y, values, potentials, anchors, logSums, guess) }
    return means(x, y, values, potentials, anchors, logSums, guess)
  }

  private func means<Number: KernelNumber>(
    _ x: PairLayout<Number>, _ y: PairLayout<Number>, _ values: [Double], _ potentials: [Double], _ anchors: [Double],
    _ logSums: [Double], _ guess: [Double]
  ) -> [Double] {
    let shifts = PairShifts<Number>(potentials, anchors: anchors)
    for index in values.indices { shifts.w.base[index] *= Number(values[index]) }
    return sums(x, y, shifts, guess).enumerated().map { $1.sum * exp2(-$1.shift - logSums[$0]) }
  }

  private func logSums<Number: KernelNumber>(
    _ x: PairLayout<Number>, _ y: PairLayout<Number>, _ potentials: [Double], _ anchors: [Double],
    _ guess: [Double]
  ) -> [Double] {
    let sums = sums(x, y, PairShifts<Number>(potentials, anchors: anchors), guess)
    var results = sums.map { log2($0.sum) - $0.shift }
    // A sum that is not near 1, or not a number, shows that the guess was wrong.
    for first in stride(from: 0, to: sums.count, by: grain) {
      let range = first..<min(first + grain, sums.count)
      if !sums[range].allSatisfy({ $0.sum > 0x1p-60 && $0.sum < 0x1p60 }) {
        results.replaceSubrange(range, with: logSumsFromLargest(range, potentials))
      }
    }
    return results
  }

  /// sum_j w_j 2^(u_i + v_j + s_ij) and u_i, where u_i is minus the guess, rounded.
  private func sums<Number: KernelNumber>(
    _ x: PairLayout<Number>, _ y: PairLayout<Number>, _ shifts: PairShifts<Number>, _ guess: [Double]
  ) -> [(sum: Double, shift: Double)] {
    let kernels = Number.kernels
    let d = x.dimension
    var results = [(sum: Double, shift: Double)](repeating: (0, 0), count: x.count)
    results.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let results = buffer
      Parallel.forRanges(x.count, grain: grain) { range in
        let rows = (range.count + 3) / 4 * 4
        withUnsafeTemporaryAllocation(of: Number.self, capacity: rows) { u in
          withUnsafeTemporaryAllocation(of: Double.self, capacity: rows) { sums in
            guard let u = u.baseAddress, let sums = sums.baseAddress else { return }
            for row in 0..<rows {
              u[row] = row < range.count ? Number(-guess[range.lowerBound + row]) : 0
              sums[row] = 0
            }
            kernels.pairSums(
              form: form, rows: rows, blocks: y.blocks.count, dimension: d, x: x.rows.base + range.lowerBound * d, u: u,
              y: y.blocks.numbers.base, v: shifts.v.base, w: shifts.w.base, sums: sums)
            for row in 0..<range.count { results[range.lowerBound + row] = (sums[row], Double(u[row])) }
          }
        }
      }
    }
    return results
  }

  /// L_i for a range of rows without a guess, from their largest terms.
  private func logSumsFromLargest(_ range: Range<Int>, _ potentials: [Double]) -> [Double] {
    let shifts = PairShifts<Double>(potentials, anchors: potentials)
    let rows = (range.count + 3) / 4 * 4
    let d = x.dimension
    let points = x.rows.base + range.lowerBound * d
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * rows) { scratch in
      guard let u = scratch.baseAddress else { return [] }
      let sums = u + rows
      for row in 0..<rows { u[row] = -.greatestFiniteMagnitude }
      Double.kernels.largestExponents(
        form: form, rows: rows, blocks: y.blocks.count, dimension: d, x: points, y: y.blocks.numbers.base,
        v: shifts.v.base, largest: u)
      for row in 0..<rows { (u[row], sums[row]) = (-u[row], 0) }
      Double.kernels.pairSums(
        form: form, rows: rows, blocks: y.blocks.count, dimension: d, x: points, u: u, y: y.blocks.numbers.base,
        v: shifts.v.base, w: shifts.w.base, sums: sums)
      return range.indices.map { log2(sums[$0 - range.lowerBound]) - u[$0 - range.lowerBound] }
    }
  }

  /// Calls `body(rows, columns, powers, exponents)` for tiles of up to 4 rows and 64 columns; powers (4 x 64) are
  /// 2^(u_i + potentials_j + s_ij), exponents s_ij. The tiles of a row come in order, on one thread.
  func forTiles(
    u: [Double], potentials: [Double],
    _ body: @Sendable (Range<Int>, Range<Int>, UnsafePointer<Double>, UnsafePointer<Double>) -> Void
  ) {
    Parallel.forRanges(x.count, grain: grain) { tiles(of: $0, u: u, potentials: potentials, body) }
  }

  /// The same for a range of rows that begins at a multiple of 4, on this thread.
  func tiles(
    of range: Range<Int>, u: [Double], potentials: [Double],
    _ body: (Range<Int>, Range<Int>, UnsafePointer<Double>, UnsafePointer<Double>) -> Void
  ) {
    let shifts = PairShifts<Double>(potentials, anchors: potentials)
    let kernels = Double.kernels
    let d = x.dimension
    withUnsafeTemporaryAllocation(byteCount: (512 + 4) * 8, alignment: 64) { bytes in
      let scratch = bytes.bindMemory(to: Double.self)
      guard let powers = scratch.baseAddress else { return }
      let (exponents, u4) = (powers + 256, powers + 512)
      for first in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
        let rows = first..<min(first + 4, range.upperBound)
        for row in 0..<4 { u4[row] = first + row < rows.upperBound ? u[first + row] : -1e30 }
        for block in 0..<y.blocks.count {
          kernels.pairPowers(
            form: form, dimension: d, x: x.rows.base + first * d, u: u4, y: y.blocks.numbers.base + block * 64 * d,
            v: shifts.v.base + block * 64, w: shifts.w.base + block * 64, powers: powers, exponents: exponents)
          body(rows, block * 64..<min(block * 64 + 64, y.count), powers, exponents)
        }
      }
    }
  }

  /// Rows in a piece of work: a multiple of 4, the same for any number of threads, and enough that a thread is worth
  /// starting.
  private var grain: Int {
    let pairs = 1 << 20
    return max(64, min(1024, pairs / max(1, y.count * max(1, x.dimension / 8)) / 4 * 4))
  }
}
