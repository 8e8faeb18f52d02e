extension LaneKernels {
  /// The caller puts norms and potentials into weights and limits. Few pairs answer, so the sign bits of a whole tile
  /// are tested first. A pair costs d + 2 operations.
  @inline(__always)
  static func pairScan(
    dimension: Int, rows: Input, limits: Input, squares: Input?, columns: Input, weights: Input, columnSquares: Input,
    blocks: UnsafePointer<Int32>, blockCount: Int, hits: UnsafeMutablePointer<Int>, keys: Output, capacity: Int,
    done: UnsafeMutablePointer<Int>
  ) -> Int {
    var found = 0
    var visited = 0
    while visited < blockCount, found + 257 <= capacity {
      let block = Int(blocks[visited])
      let first = block * 64
      var offset = 0
      while offset < 64 {
        let tile = Tile<V>(
          dimension: dimension, rows: rows, limits: limits, columns: columns + first * dimension + offset,
          weights: weights + first + offset)
        if let squares {
          tile.report(squares, columnSquares + first + offset, column: first + offset, hits, keys, &found)
        } else {
          tile.report(column: first + offset, hits, keys, &found)
        }
        offset += Run<V>.count
      }
      visited += 1
    }
    done.pointee = visited
    return found
  }
}

/// As many vectors of columns as the registers hold for four rows.
private struct Run<V: Lanes> {
  var a: V
  var b: V
  #if KERNELS_V4
    var c: V
    var d: V
    static var count: Int { 4 * V.count }
  #else
    static var count: Int { 2 * V.count }
  #endif

  @inline(__always)
  init(at address: UnsafePointer<V.Scalar>) {
    a = V(at: address)
    b = V(at: address + V.count)
    #if KERNELS_V4
      c = V(at: address + 2 * V.count)
      d = V(at: address + 3 * V.count)
    #endif
  }

  @inline(__always)
  init(repeating value: V.Scalar) {
    a = V(repeating: value)
    b = a
    #if KERNELS_V4
      c = a
      d = a
    #endif
  }

  @inline(__always)
  mutating func add(_ x: V.Scalar, times other: Run) {
    let x = V(repeating: x)
    a.add(x, times: other.a)
    b.add(x, times: other.b)
    #if KERNELS_V4
      c.add(x, times: other.c)
      d.add(x, times: other.d)
    #endif
  }

  @inline(__always)
  func merged(_ other: Run, _ operation: (V, V) -> V) -> Run {
    var result = self
    result.a = operation(a, other.a)
    result.b = operation(b, other.b)
    #if KERNELS_V4
      result.c = operation(c, other.c)
      result.d = operation(d, other.d)
    #endif
    return result
  }

  /// The bits of all vectors, or-ed.
  var anyBits: V.MaskStorage {
    @inline(__always) get {
      #if KERNELS_V4
        return bits(a) | bits(b) | bits(c) | bits(d)
      #else
        return bits(a) | bits(b)
      #endif
    }
  }
}

/// Four rows by a run of columns: w_j, l_i and -2 x_i . y_j.
private struct Tile<V: Lanes> {
  let limits: UnsafePointer<V.Scalar>
  let weights: Run<V>
  var row0, row1, row2, row3: Run<V>

  @inline(__always)
  init(
    dimension: Int, rows: UnsafePointer<V.Scalar>, limits: UnsafePointer<V.Scalar>, columns: UnsafePointer<V.Scalar>,
    weights: UnsafePointer<V.Scalar>
  ) {
    self.limits = limits
    self.weights = Run(at: weights)
    let zero = Run<V>(repeating: 0)
    (row0, row1, row2, row3) = (zero, zero, zero, zero)
    var column = columns
    var x = rows
    for _ in 0..<dimension {
      let y = Run<V>(at: column)
      row0.add(x[0], times: y)
      row1.add(x[1], times: y)
      row2.add(x[2], times: y)
      row3.add(x[3], times: y)
      column += 64
      x += 4
    }
  }

  /// Reports pairs that answer by their squared distances.
  @inline(__always)
  func report(
    column: Int, _ hits: UnsafeMutablePointer<Int>, _ keys: UnsafeMutablePointer<V.Scalar>, _ found: inout Int
  ) {
    let (key0, key1, key2, key3) = (key(row0), key(row1), key(row2), key(row3))
    let (sign0, sign1, sign2, sign3) = (sign(key0, 0), sign(key1, 1), sign(key2, 2), sign(key3, 3))
    guard isAnyNegative(sign0.anyBits | sign1.anyBits | sign2.anyBits | sign3.anyBits) else { return }
    collect(sign0, key0, column, 0, hits, keys, &found)
    collect(sign1, key1, column, 1, hits, keys, &found)
    collect(sign2, key2, column, 2, hits, keys, &found)
    collect(sign3, key3, column, 3, hits, keys, &found)
  }

  @inline(__always)
  private func key(_ products: Run<V>) -> Run<V> { weights.merged(products, +) }

  @inline(__always)
  private func sign(_ key: Run<V>, _ row: Int) -> Run<V> { key.merged(Run(repeating: limits[row]), -) }

  /// Reports pairs that answer by their distances.
  @inline(__always)
  func report(
    _ squares: UnsafePointer<V.Scalar>, _ columnSquares: UnsafePointer<V.Scalar>, column: Int,
    _ hits: UnsafeMutablePointer<Int>, _ keys: UnsafeMutablePointer<V.Scalar>, _ found: inout Int
  ) {
    let norms = Run<V>(at: columnSquares)
    report(row0, 0, squares, norms, column, hits, keys, &found)
    report(row1, 1, squares, norms, column, hits, keys, &found)
    report(row2, 2, squares, norms, column, hits, keys, &found)
    report(row3, 3, squares, norms, column, hits, keys, &found)
  }

  @inline(__always)
  private func report(
    _ products: Run<V>, _ row: Int, _ squares: UnsafePointer<V.Scalar>, _ norms: Run<V>, _ column: Int,
    _ hits: UnsafeMutablePointer<Int>, _ keys: UnsafeMutablePointer<V.Scalar>, _ found: inout Int
  ) {
    let distances = Run<V>(repeating: squares[row]).merged(norms, +).merged(products, +)
    let bounds = weights.merged(Run(repeating: limits[row])) { positivePart($0 + $1) }
    let signs = distances.merged(bounds) { $0 - $1 * $1 }
    guard isAnyNegative(signs.anyBits) else { return }
    collect(signs, distances, column, row, hits, keys, &found)
  }

  /// Appends the pairs whose sign is negative.
  private func collect(
    _ signs: Run<V>, _ values: Run<V>, _ column: Int, _ row: Int, _ hits: UnsafeMutablePointer<Int>,
    _ keys: UnsafeMutablePointer<V.Scalar>, _ found: inout Int
  ) {
    guard isAnyNegative(signs.anyBits) else { return }
    collect(signs.a, values.a, column, row, hits, keys, &found)
    collect(signs.b, values.b, column + V.count, row, hits, keys, &found)
    #if KERNELS_V4
      collect(signs.c, values.c, column + 2 * V.count, row, hits, keys, &found)
      collect(signs.d, values.d, column + 3 * V.count, row, hits, keys, &found)
    #endif
  }

  @inline(__always)
  private func collect(
    _ signs: V, _ values: V, _ column: Int, _ row: Int, _ hits: UnsafeMutablePointer<Int>,
    _ keys: UnsafeMutablePointer<V.Scalar>, _ found: inout Int
  ) {
    var lanes = negativeLanes(bits(signs))
    withUnsafeBytes(of: values) { values in
      while lanes != 0 {
        let lane = lanes.trailingZeroBitCount
        hits[found] = 4 * (column + lane) + row
        keys[found] = values.loadUnaligned(fromByteOffset: lane * MemoryLayout<V.Scalar>.size, as: V.Scalar.self)
        found += 1
        lanes &= lanes - 1
      }
    }
  }
}

@inline(__always)
private func positivePart<V: Lanes>(_ value: V) -> V { number(bits(value) & ~signMask(bits(value)), V.self) }

/// Whether the sign bit of any lane is set.
@inline(__always)
private func isAnyNegative<I: SIMD>(_ bits: I) -> Bool {
  union(bits) & (MemoryLayout<I.Scalar>.size == 4 ? 0x8000_0000_8000_0000 : 0x8000_0000_0000_0000) != 0
}

/// The 64-bit words of a vector, or-ed.
@inline(__always)
private func union<I: SIMD>(_ bits: I) -> UInt64 {
  let two: SIMD2<UInt64>
  switch MemoryLayout<I>.size {
  case 64:
    let eight = unsafeBitCast(bits, to: SIMD8<UInt64>.self)
    let four = eight.lowHalf | eight.highHalf
    two = four.lowHalf | four.highHalf
  case 32:
    let four = unsafeBitCast(bits, to: SIMD4<UInt64>.self)
    two = four.lowHalf | four.highHalf
  default:
    two = unsafeBitCast(bits, to: SIMD2<UInt64>.self)
  }
  return two[0] | two[1]
}

/// Bit k is set where the sign bit of lane k is: each lane keeps its own bit, and all are or-ed.
@inline(__always)
private func negativeLanes<I: SIMD>(_ bits: I) -> UInt64 where I.Scalar: FixedWidthInteger {
  var own = I()
  for lane in 0..<I.scalarCount { own[lane] = 1 &<< I.Scalar(truncatingIfNeeded: lane) }
  let union = union(signMask(bits) & own)
  return MemoryLayout<I.Scalar>.size == 4 ? (union | union &>> 32) & 0xFFFF_FFFF : union
}
