// These files are compiled once per instruction set (see Package.swift), into modules of different names. Numerics
// picks one of them when the library is loaded. Nothing here may call code that another module shares, or code
// compiled for a newer processor could end up serving an older one: pointers and SIMD vectors only.

#if KERNELS_V4
  typealias FloatLanes = SIMD16<Float>
  typealias DoubleLanes = SIMD8<Double>
  typealias FloatGroup = SIMD32<Float>
  typealias DoubleGroup = SIMD16<Double>
#elseif KERNELS_V3
  typealias FloatLanes = SIMD8<Float>
  typealias DoubleLanes = SIMD4<Double>
  typealias FloatGroup = SIMD16<Float>
  typealias DoubleGroup = SIMD8<Double>
#else
  typealias FloatLanes = SIMD4<Float>
  typealias DoubleLanes = SIMD2<Double>
  typealias FloatGroup = SIMD8<Float>
  typealias DoubleGroup = SIMD4<Double>
#endif

/// One register of numbers, or a group of several. Long chains of dependent steps go through a group, whose registers take turns: a
/// processor looks too few instructions ahead to find the next vector's by itself.
protocol Group: SIMD where Scalar: KernelScalar {}

extension SIMD32: Group where Scalar: KernelScalar {}
extension SIMD64: Group where Scalar: KernelScalar {}

/// A vector register of numbers.
protocol Lanes: Group {
  /// Sum over lanes, pairwise.
  var total: Scalar { get }
  /// The sums of four vectors at once, in fewer steps than one after the other.
  static func totals(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Scalar>
  /// A square of as many rows as lanes, rows `sourceStride` apart, to rows `stride` apart; all aligned.
  static func transpose(
    _ source: UnsafePointer<Scalar>, _ sourceStride: Int, _ out: UnsafeMutablePointer<Scalar>, _ stride: Int)
}

extension SIMD2: Group, Lanes where Scalar: KernelScalar {
  @inline(__always) var total: Scalar { self[0] + self[1] }

  @inline(__always) static func totals(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Scalar> {
    let (low, high) = (SIMD4(lowHalf: a, highHalf: b), SIMD4(lowHalf: c, highHalf: d))
    return SIMD4(lowHalf: low.evenHalf + low.oddHalf, highHalf: high.evenHalf + high.oddHalf)
  }
}

extension SIMD4: Group, Lanes where Scalar: KernelScalar {
  @inline(__always) var total: Scalar { (lowHalf + highHalf).total }

  @inline(__always) static func totals(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Scalar> {
    let (low, high) = (SIMD8(lowHalf: a, highHalf: b), SIMD8(lowHalf: c, highHalf: d))
    let halves = SIMD8(lowHalf: low.evenHalf + low.oddHalf, highHalf: high.evenHalf + high.oddHalf)
    return halves.evenHalf + halves.oddHalf
  }
}

extension SIMD8: Group, Lanes where Scalar: KernelScalar {
  @inline(__always) var total: Scalar { (lowHalf + highHalf).total }

  @inline(__always) static func totals(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Scalar> {
    let (a, b): (SIMD4<Scalar>, SIMD4<Scalar>) = (a.lowHalf + a.highHalf, b.lowHalf + b.highHalf)
    let (c, d): (SIMD4<Scalar>, SIMD4<Scalar>) = (c.lowHalf + c.highHalf, d.lowHalf + d.highHalf)
    return SIMD4<Scalar>.totals(a, b, c, d)
  }
}

extension SIMD16: Group, Lanes where Scalar: KernelScalar {
  @inline(__always) var total: Scalar { (lowHalf + highHalf).total }

  @inline(__always) static func totals(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Scalar> {
    let (a, b): (SIMD8<Scalar>, SIMD8<Scalar>) = (a.lowHalf + a.highHalf, b.lowHalf + b.highHalf)
    let (c, d): (SIMD8<Scalar>, SIMD8<Scalar>) = (c.lowHalf + c.highHalf, d.lowHalf + d.highHalf)
    return SIMD8<Scalar>.totals(a, b, c, d)
  }
}

extension Group {
  @inline(__always) static var count: Int { MemoryLayout<Self>.size / MemoryLayout<Scalar>.size }

  /// `address` is aligned to the size of the vector: panels are, see `panelMultiple` in Numerics.
  @inline(__always) init(at address: UnsafePointer<Scalar>) {
    // Not `load(as:)`, which large callers get as a call.
    self = UnsafeRawPointer(address).assumingMemoryBound(to: Self.self).pointee
  }

  /// The same for groups, which are aligned as one of their registers.
  @inline(__always) init(of address: UnsafePointer<Scalar>) {
    self = UnsafeRawPointer(address).loadUnaligned(as: Self.self)
  }

  @inline(__always) func store(at address: UnsafeMutablePointer<Scalar>) {
    UnsafeMutableRawPointer(address).storeBytes(of: self, as: Self.self)
  }

  /// self += a * b, fused where the processor can. (Without fused instructions the compiler would call the C
  /// library for every element.)
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
