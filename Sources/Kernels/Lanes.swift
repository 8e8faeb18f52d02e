// The vectors of this instruction set, and what kernels do with them.

#if KERNELS_V4
  typealias FloatLanes = SIMD16<Float>
  typealias DoubleLanes = SIMD8<Double>
#elseif KERNELS_V3
  typealias FloatLanes = SIMD8<Float>
  typealias DoubleLanes = SIMD4<Double>
#else
  typealias FloatLanes = SIMD4<Float>
  typealias DoubleLanes = SIMD2<Double>
#endif

/// A vector register of numbers.
protocol Lanes: SIMD where Scalar: KernelScalar {
  /// Sum over lanes, pairwise.
  var total: Scalar { get }
  /// The sums of four vectors at once, in fewer steps than one after the other.
  static func totals(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Scalar>
  /// Transposes a square of as many rows as lanes, from rows `sourceStride` apart to rows `stride` apart, all aligned.
  static func transpose(
    _ source: UnsafePointer<Scalar>, _ sourceStride: Int, _ out: UnsafeMutablePointer<Scalar>, _ stride: Int)
}

extension SIMD2: Lanes where Scalar: KernelScalar {
  @inline(__always) var total: Scalar { self[0] + self[1] }

  @inline(__always) static func totals(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Scalar> {
    let (low, high) = (SIMD4(lowHalf: a, highHalf: b), SIMD4(lowHalf: c, highHalf: d))
    return SIMD4(lowHalf: low.evenHalf + low.oddHalf, highHalf: high.evenHalf + high.oddHalf)
  }
}

extension SIMD4: Lanes where Scalar: KernelScalar {
  @inline(__always) var total: Scalar { (lowHalf + highHalf).total }

  @inline(__always) static func totals(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Scalar> {
    let (low, high) = (SIMD8(lowHalf: a, highHalf: b), SIMD8(lowHalf: c, highHalf: d))
    let halves = SIMD8(lowHalf: low.evenHalf + low.oddHalf, highHalf: high.evenHalf + high.oddHalf)
    return halves.evenHalf + halves.oddHalf
  }
}

extension SIMD8: Lanes where Scalar: KernelScalar {
  @inline(__always) var total: Scalar { (lowHalf + highHalf).total }

  @inline(__always) static func totals(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Scalar> {
    let (a, b): (SIMD4<Scalar>, SIMD4<Scalar>) = (a.lowHalf + a.highHalf, b.lowHalf + b.highHalf)
    let (c, d): (SIMD4<Scalar>, SIMD4<Scalar>) = (c.lowHalf + c.highHalf, d.lowHalf + d.highHalf)
    return SIMD4<Scalar>.totals(a, b, c, d)
  }
}

extension SIMD16: Lanes where Scalar: KernelScalar {
  @inline(__always) var total: Scalar { (lowHalf + highHalf).total }

  @inline(__always) static func totals(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Scalar> {
    let (a, b): (SIMD8<Scalar>, SIMD8<Scalar>) = (a.lowHalf + a.highHalf, b.lowHalf + b.highHalf)
    let (c, d): (SIMD8<Scalar>, SIMD8<Scalar>) = (c.lowHalf + c.highHalf, d.lowHalf + d.highHalf)
    return SIMD8<Scalar>.totals(a, b, c, d)
  }
}

extension Lanes {
  @inline(__always) static var count: Int { MemoryLayout<Self>.size / MemoryLayout<Scalar>.size }

  /// `address` is aligned to the size of the vector: panels are, see `panelMultiple` in Numerics.
  @inline(__always) init(at address: UnsafePointer<Scalar>) {
    // `load(as:)` is not used, because in large callers it becomes a call.
    self = UnsafeRawPointer(address).assumingMemoryBound(to: Self.self).pointee
  }

  @inline(__always) func store(at address: UnsafeMutablePointer<Scalar>) {
    // `storeBytes(of:as:)` is not used for the same reason.
    UnsafeMutableRawPointer(address).assumingMemoryBound(to: Self.self).pointee = self
  }

  /// The same for addresses that are aligned to a number only. The bytes are copied, because `loadUnaligned` and
  /// `storeBytes` may become calls of functions that several modules share.
  @inline(__always) init(unaligned address: UnsafePointer<Scalar>) {
    var value = Self()
    withUnsafeMutableBytes(of: &value) {
      $0.baseAddress?.copyMemory(from: UnsafeRawPointer(address), byteCount: MemoryLayout<Self>.size)
    }
    self = value
  }

  @inline(__always) func store(unaligned address: UnsafeMutablePointer<Scalar>) {
    withUnsafeBytes(of: self) {
      guard let bytes = $0.baseAddress else { return }
      UnsafeMutableRawPointer(address).copyMemory(from: bytes, byteCount: MemoryLayout<Self>.size)
    }
  }

  /// self += a * b, fused where the processor has instructions for it. (Where it has none, the compiler would call the
  /// C library for every element.)
  @inline(__always) mutating func add(_ a: Self, times b: Self) {
    #if KERNELS_V3 || KERNELS_V4
      addProduct(a, b)
    #else
      self += a * b
    #endif
  }

  /// a * b + c
  @inline(__always) static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self {
    var sum = c
    sum.add(a, times: b)
    return sum
  }
}
