// Interpolation on a lattice of one or two coordinates, by polynomials of degree 7 through the 8 nearest nodes along
// each. The nodes along the last coordinate are contiguous in memory.

/// Where the points z - x_j lie along one coordinate of a lattice, whose nodes are at whole multiples of a spacing.
///
/// With u = (z - x) / spacing and n the whole number nearest to u - 1/2, the 8 nodes are n - 3 .. n + 4. offsets_j is
/// set to (n + origin) step, or with `adding` increased by it, where n + origin is limited to 0 .. last. positions_j is
/// set to u - n - 1/2, which is within [-1/2, 1/2]. Both arrays have room for a multiple of 16 numbers, and x is read
/// to that multiple.
@inline(__always)
private func latticePlaces<V: Lanes>(
  _: V.Type, _ count: Int, _ z: V.Scalar, _ x: UnsafePointer<V.Scalar>, _ inverse: V.Scalar, _ origin: V.Scalar,
  _ last: V.Scalar, _ step: V.Scalar, _ adding: Bool, _ offsets: UnsafeMutablePointer<V.Scalar>,
  _ positions: UnsafeMutablePointer<V.Scalar>
) {
  let (half, shift) = (V(repeating: 0.5), V(repeating: V.Scalar.roundingShift))
  var index = 0
  while index < count {
    let u = (V(repeating: z) - V(unaligned: x + index)) * V(repeating: inverse)
    let n = ((u - half) + shift) - shift
    (u - n - half).store(at: positions + index)
    var place = n + V(repeating: origin)
    // These limits change a place only where a number is not finite.
    place = chosen(V(repeating: 0), place, where: signMask(bits(place)))
    let beyond = signMask(bits(V(repeating: last) - place))
    place = chosen(V(repeating: last), place, where: beyond) * V(repeating: step)
    if adding { place += V(at: offsets + index) }
    place.store(at: offsets + index)
    index += V.count
  }
}

/// The 8 polynomials that are 1 at one node and 0 at the others, at each position p, times factors_j, or times 1.
///
/// coefficients: 8 rows, of p^0 .. p^7. The 8 weights of a position are `stride` numbers behind those of the position
/// before.
@inline(__always)
private func latticeWeights<Scalar: KernelScalar>(
  _ count: Int, _ coefficients: UnsafePointer<Scalar>, _ positions: UnsafePointer<Scalar>,
  _ factors: UnsafePointer<Scalar>?, _ weights: UnsafeMutablePointer<Scalar>, _ stride: Int
) {
  typealias Stencil = SIMD8<Scalar>
  let (c0, c1, c2, c3) = (
    Stencil(unaligned: coefficients), Stencil(unaligned: coefficients + 8),
    Stencil(unaligned: coefficients + 16), Stencil(unaligned: coefficients + 24)
  )
  let (c4, c5, c6, c7) = (
    Stencil(unaligned: coefficients + 32), Stencil(unaligned: coefficients + 40),
    Stencil(unaligned: coefficients + 48), Stencil(unaligned: coefficients + 56)
  )
  for index in 0..<count {
    let p = Stencil(repeating: positions[index])
    let square = p * p
    // Even and odd powers are summed apart, which halves the chain of operations that wait for each other.
    let even = Stencil.fused(
      Stencil.fused(Stencil.fused(c6, square, c4), square, c2), square, c0)
    let odd = Stencil.fused(
      Stencil.fused(Stencil.fused(c7, square, c5), square, c3), square, c1)
    var stencil = Stencil.fused(odd, p, even)
    if let factors { stencil *= Stencil(repeating: factors[index]) }
    stencil.store(unaligned: weights + index * stride)
  }
}

/// Interpolated values, summed over points: weights times the numbers at the nodes, in one plane per coordinate. Planes
/// are `plane` numbers apart.
///
/// In two coordinates a point has 16 weights, 8 of rows (`row` numbers apart) and 8 of columns. In one coordinate it
/// has 8.
@inline(__always)
private func latticeGather<Scalar: KernelScalar>(
  _ dimension: Int, _ count: Int, _ nodes: UnsafePointer<Scalar>, _ plane: Int, _ row: Int,
  _ offsets: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, _ sums: UnsafeMutablePointer<Scalar>
) {
  typealias Stencil = SIMD8<Scalar>
  var (first, second) = (Stencil(repeating: 0), Stencil(repeating: 0))
  if dimension == 1 {
    for index in 0..<count {
      first.add(
        Stencil(unaligned: nodes + offsets[index].index), times: Stencil(unaligned: weights + 8 * index))
    }
  } else {
    for index in 0..<count {
      let (rows, columns) = (weights + 16 * index, Stencil(unaligned: weights + 16 * index + 8))
      var place = nodes + offsets[index].index
      var (x, y) = (Stencil(repeating: 0), Stencil(repeating: 0))
      for step in 0..<8 {
        let weight = Stencil(repeating: rows[step])
        x.add(Stencil(unaligned: place), times: weight)
        y.add(Stencil(unaligned: place + plane), times: weight)
        place += row
      }
      first.add(x, times: columns)
      second.add(y, times: columns)
    }
    sums[1] = second.total
  }
  sums[0] = first.total
}

/// The transpose of `latticeGather`: nodes += direction times the points' weights.
@inline(__always)
private func latticeSpread<Scalar: KernelScalar>(
  _ dimension: Int, _ count: Int, _ direction: UnsafePointer<Scalar>, _ offsets: UnsafePointer<Scalar>,
  _ weights: UnsafePointer<Scalar>, _ nodes: UnsafeMutablePointer<Scalar>, _ plane: Int, _ row: Int
) {
  typealias Stencil = SIMD8<Scalar>
  let first = Stencil(repeating: direction[0])
  if dimension == 1 {
    for index in 0..<count {
      accumulate(first, Stencil(unaligned: weights + 8 * index), at: nodes + offsets[index].index)
    }
    return
  }
  let second = Stencil(repeating: direction[1])
  for index in 0..<count {
    let (rows, columns) = (weights + 16 * index, Stencil(unaligned: weights + 16 * index + 8))
    let (x, y) = (columns * first, columns * second)
    var place = nodes + offsets[index].index
    for step in 0..<8 {
      let weight = Stencil(repeating: rows[step])
      accumulate(x, weight, at: place)
      accumulate(y, weight, at: place + plane)
      place += row
    }
  }
}

@inline(__always)
private func accumulate<V: Lanes>(_ a: V, _ b: V, at address: UnsafeMutablePointer<V.Scalar>) {
  V.fused(a, b, V(unaligned: address)).store(unaligned: address)
}

// The entry points: one per type.

public func latticePlacesFloat(
  _ count: Int, _ z: Float, _ x: UnsafePointer<Float>, _ inverse: Float, _ origin: Float, _ last: Float, _ step: Float,
  _ adding: Bool, _ offsets: UnsafeMutablePointer<Float>, _ positions: UnsafeMutablePointer<Float>
) { latticePlaces(FloatLanes.self, count, z, x, inverse, origin, last, step, adding, offsets, positions) }

public func latticePlacesDouble(
  _ count: Int, _ z: Double, _ x: UnsafePointer<Double>, _ inverse: Double, _ origin: Double, _ last: Double,
  _ step: Double, _ adding: Bool, _ offsets: UnsafeMutablePointer<Double>, _ positions: UnsafeMutablePointer<Double>
) { latticePlaces(DoubleLanes.self, count, z, x, inverse, origin, last, step, adding, offsets, positions) }

public func latticeWeightsFloat(
  _ count: Int, _ coefficients: UnsafePointer<Float>, _ positions: UnsafePointer<Float>,
  _ factors: UnsafePointer<Float>?, _ weights: UnsafeMutablePointer<Float>, _ stride: Int
) { latticeWeights(count, coefficients, positions, factors, weights, stride) }

public func latticeWeightsDouble(
  _ count: Int, _ coefficients: UnsafePointer<Double>, _ positions: UnsafePointer<Double>,
  _ factors: UnsafePointer<Double>?, _ weights: UnsafeMutablePointer<Double>, _ stride: Int
) { latticeWeights(count, coefficients, positions, factors, weights, stride) }

public func latticeGatherFloat(
  _ dimension: Int, _ count: Int, _ nodes: UnsafePointer<Float>, _ plane: Int, _ row: Int,
  _ offsets: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>
) { latticeGather(dimension, count, nodes, plane, row, offsets, weights, sums) }

public func latticeGatherDouble(
  _ dimension: Int, _ count: Int, _ nodes: UnsafePointer<Double>, _ plane: Int, _ row: Int,
  _ offsets: UnsafePointer<Double>, _ weights: UnsafePointer<Double>, _ sums: UnsafeMutablePointer<Double>
) { latticeGather(dimension, count, nodes, plane, row, offsets, weights, sums) }

public func latticeSpreadFloat(
  _ dimension: Int, _ count: Int, _ direction: UnsafePointer<Float>, _ offsets: UnsafePointer<Float>,
  _ weights: UnsafePointer<Float>, _ nodes: UnsafeMutablePointer<Float>, _ plane: Int, _ row: Int
) { latticeSpread(dimension, count, direction, offsets, weights, nodes, plane, row) }

public func latticeSpreadDouble(
  _ dimension: Int, _ count: Int, _ direction: UnsafePointer<Double>, _ offsets: UnsafePointer<Double>,
  _ weights: UnsafePointer<Double>, _ nodes: UnsafeMutablePointer<Double>, _ plane: Int, _ row: Int
) { latticeSpread(dimension, count, direction, offsets, weights, nodes, plane, row) }
