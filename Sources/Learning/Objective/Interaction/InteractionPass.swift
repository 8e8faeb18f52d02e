import Energies
import Numerics

/// The network of U at all pairs of one coupling, a panel at a time: first the mean forces of both samples, and then,
/// when the residuals are known, the gradient in the weights.
final class InteractionPass<Number: KernelNumber> {
  private let samples: InteractionSamples<Number>
  private let dimension: Int
  private let pass: NetworkPass<Number>
  /// How much each column counts for the first and the second sample: one row of `capacity` each.
  private let shares: [AlignedBuffer<Number>]
  /// The point z of the coupling.
  private let point: AlignedBuffer<Number>
  /// Sums of u_1 over the first and the second sample, and W_1 times their directions.
  private let sums: (AlignedBuffer<Number>, AlignedBuffer<Number>)
  private let slopes: (AlignedBuffer<Number>, AlignedBuffer<Number>)
  private let directions: AlignedBuffer<Number>
  private var stretches: (first: InteractionSamples<Number>.Stretch, second: InteractionSamples<Number>.Stretch?)?
  /// Whether all pairs fit into the panel, so that `accumulate` finds their forward and backward sweeps still there.
  private var isWhole = false

  /// The most pairs of a panel, whose intermediate results must fit into the second cache. More pairs than these are
  /// passed in several panels, once for the forces and once more for the gradient.
  private static var mostPairs: Int { 512 }

  init(shape: NetworkShape, samples: InteractionSamples<Number>, dimension: Int) {
    self.samples = samples
    self.dimension = dimension
    pass = NetworkPass(shape: shape, particles: min(samples.mostPairs, Self.mostPairs))
    let columns = pass.capacity * NetworkPass<Number>.blockSize
    shares = (0..<2).map { _ in AlignedBuffer(count: columns) }
    point = AlignedBuffer(count: dimension)
    let width = shape.hidden[0]
    sums = (AlignedBuffer(count: width), AlignedBuffer(count: width))
    slopes = (AlignedBuffer(count: width), AlignedBuffer(count: width))
    directions = AlignedBuffer(count: dimension)
  }

  private var capacity: Int { pass.capacity * NetworkPass<Number>.blockSize }

  /// The mean forces at a coupling's point over its two samples; the same twice where it has but one.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  func average(
    at coupling: Int, _ data: ObjectiveData<Number>, _ parameters: UnsafePointer<Number>,
    _ first: UnsafeMutablePointer<Number>, _ second: UnsafeMutablePointer<Number>
  ) {
    for c in 0..<dimension { point.base[c] = data.points.base[coupling * dimension + c] }
    let stretches = samples.stretches(of: coupling)
    self.stretches = stretches
    let pairs = stretches.first.count + (stretches.second?.count ?? 0)
    isWhole = pairs <= capacity
    sums.0.zero()
    sums.1.zero()
    for start in stride(from: 0, to: pairs, by: capacity) where !Interruption.stops {
      load(start..<min(pairs, start + capacity))
      pass.forward(parameters)
      pass.backward(parameters, intoInput: false)
      pass.addSums(panelShares, sums.0.base, sums.1.base)
    }
    // W_1^T times the sums, row by row of W_1.
    let weights = parameters + pass.shape.layers[0].weights
    first.update(repeating: 0, count: dimension)
    second.update(repeating: 0, count: dimension)
    for row in 0..<sums.0.count {
      let (one, other, slope) = (sums.0.base[row], sums.1.base[row], weights + row * dimension)
      for c in 0..<dimension {
        first[c] += slope[c] * one
        second[c] += slope[c] * other
      }
    }
    if stretches.second == nil { second.update(from: first, count: dimension) }
  }

  /// Adds the gradient of a . (mean of the first sample) + b . (mean of the second), for vectors a and b.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  func accumulate(
    _ a: UnsafePointer<Number>, _ b: UnsafePointer<Number>, _ parameters: UnsafePointer<Number>,
    _ gradient: UnsafeMutablePointer<Number>
  ) {
    guard let stretches else { return }
    let pairs = stretches.first.count + (stretches.second?.count ?? 0)
    let (width, layer) = (sums.0.count, pass.shape.layers[0])
    let (weights, along) = (parameters + layer.weights, directions.base)
    // With one sample, the whole snapshot, both means are the same.
    for c in 0..<dimension { along[c] = stretches.second == nil ? a[c] + b[c] : a[c] }
    for row in 0..<width {
      let (weight, slope) = (weights + row * dimension, gradient + layer.weights + row * dimension)
      let (one, other) = (sums.0.base[row], sums.1.base[row])
      for c in 0..<dimension { slope[c] += one * along[c] + other * b[c] }
      slopes.0.base[row] = innerProduct(dimension, weight, along)
      slopes.1.base[row] = innerProduct(dimension, weight, b)
    }
    for start in stride(from: 0, to: pairs, by: capacity) where !Interruption.stops {
      if !isWhole {
        load(start..<min(pairs, start + capacity))
        pass.forward(parameters)
        pass.backward(parameters, intoInput: false)
      }
      pass.tangent(parameters, slopes.0.base, slopes.1.base, panelShares)
      pass.adjoint(parameters, intoInput: false)
      pass.accumulateParameterGradient(into: gradient, alongInput: false)
    }
  }

  private var panelShares: NetworkPass<Number>.Shares {
    (UnsafePointer(shares[0].base), UnsafePointer(shares[1].base))
  }

  /// d (mean of h_L) / d z_c over the whole snapshot, at out[row * stride + c].
  func lastLayer(
    at coupling: Int, _ data: ObjectiveData<Number>, _ parameters: UnsafePointer<Number>,
    into out: UnsafeMutablePointer<Number>, stride: Int
  ) {
    for c in 0..<dimension { point.base[c] = data.points.base[coupling * dimension + c] }
    let stretches = samples.stretches(of: coupling)
    self.stretches = stretches
    let (pairs, width) = (stretches.first.count, pass.topTangent.rows)
    let sums = AlignedBuffer<Number>(count: width)
    defer { withExtendedLifetime(sums) {} }
    for start in Swift.stride(from: 0, to: pairs, by: capacity) where !Interruption.stops {
      load(start..<min(pairs, start + capacity))
      pass.forward(parameters)
      pass.backward(parameters, intoInput: false)
      for c in 0..<dimension {
        for row in 0..<dimension { direct(row, row == c ? 1 : 0) }
        pass.tangent(parameters)
        sums.zero()
        // Directions are multiplied by the shares already, so that plain sums are means.
        Number.kernels.rowSums(rows: width, blocks: pass.blocks, a: pass.topTangent.base, sums: sums.base)
        for row in 0..<width { out[row * stride + c] += sums.base[row] }
      }
    }
  }

  /// Loads the differences and shares of some of the pairs into the panel.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func load(_ range: Range<Int>) {
    guard let stretches else { return }
    pass.use(particles: range.count)
    for share in shares { share.base.update(repeating: 0, count: pass.blocks * NetworkPass<Number>.blockSize) }
    let split = stretches.first.count
    let head = range.lowerBound..<max(range.lowerBound, min(range.upperBound, split))
    fill(stretches.first, from: head.lowerBound, at: 0, count: head.count, shares[0].base)
    if let second = stretches.second {
      let tail = max(range.lowerBound, split)..<max(range.upperBound, split)
      fill(second, from: tail.lowerBound - split, at: head.count, count: tail.count, shares[1].base)
    }
  }

  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func fill(
    _ stretch: InteractionSamples<Number>.Stretch, from start: Int, at column: Int, count: Int,
    _ share: UnsafeMutablePointer<Number>
  ) {
    let size = NetworkPass<Number>.blockSize
    var done = 0
    while done < count {
      let (block, lane) = ((column + done) / size, (column + done) % size)
      let part = min(count - done, size - lane)
      for c in 0..<dimension {
        let (row, source) = (
          pass.input.base + (block * pass.input.rows + c) * size + lane,
          stretch.coordinates + c * stretch.stride + start + done
        )
        let z = point.base[c]
        for index in 0..<part { row[index] = z - source[index] }
      }
      done += part
    }
    if let weights = stretch.weights {
      (share + column).update(from: weights + start, count: count)
    } else {
      (share + column).update(repeating: 1 / Number(stretch.count), count: count)
    }
  }

  /// Sets directions along a coordinate, times the shares.
  private func direct(_ c: Int, _ component: Number) {
    let size = NetworkPass<Number>.blockSize
    for block in 0..<pass.blocks {
      let (row, share) = (pass.direction[block] + c * size, shares[0].base + block * size)
      for lane in 0..<size { row[lane] = component * share[lane] }
    }
  }
}
