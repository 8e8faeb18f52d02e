// Interpolation on a lattice of one or two coordinates, by polynomials of degree 7 through the 8 nearest nodes along
// each. The nodes along the last coordinate are contiguous in memory.

extension LaneKernels {
  /// Where z - x_j lie. Whole numbers are found by adding and subtracting a number so large that it rounds.
  @inline(__always)
  static func latticePlaces(
    count: Int, z: Number, x: Input, inverseSpacing inverse: Number, origin: Number, last: Number, step: Number,
    adding: Bool, offsets: Output, positions: Output
  ) {
    let (half, shift) = (V(repeating: 0.5), V(repeating: Number.roundingShift))
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

  /// The polynomials at every position, one vector of 8 each.
  @inline(__always)
  static func latticeWeights(
    count: Int, coefficients: Input, positions: Input, factors: Input?, weights: Output, stride: Int
  ) {
    typealias Stencil = SIMD8<Number>
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

  /// In two coordinates, 9 multiply-adds of vectors of 8 per point and plane.
  @inline(__always)
  static func latticeGather(
    dimension: Int, count: Int, nodes: Input, plane: Int, row: Int, offsets: Input, weights: Input, sums: Output
  ) {
    typealias Stencil = SIMD8<Number>
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

  /// nodes += direction times weights.
  @inline(__always)
  static func latticeSpread(
    dimension: Int, count: Int, direction: Input, offsets: Input, weights: Input, nodes: Output, plane: Int, row: Int
  ) {
    typealias Stencil = SIMD8<Number>
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
}

@inline(__always)
private func accumulate<V: Lanes>(_ a: V, _ b: V, at address: UnsafeMutablePointer<V.Scalar>) {
  V.fused(a, b, V(unaligned: address)).store(unaligned: address)
}
