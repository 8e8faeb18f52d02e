/// Transposes squares of W x W numbers, where W is the number of lanes. In each of log2 W rounds, neighbouring vectors
/// are split into their even and their odd numbers.

extension SIMD2 where Scalar: KernelScalar {
  @inline(__always) fileprivate static func parted(_ a: Self, _ b: Self) -> (Self, Self) {
    (Self(a[0], b[0]), Self(a[1], b[1]))
  }

  @inline(__always)
  static func transpose(
    _ source: UnsafePointer<Scalar>, _ sourceStride: Int, _ out: UnsafeMutablePointer<Scalar>, _ stride: Int
  ) {
    let r0 = Self(at: source)
    let r1 = Self(at: source + sourceStride)
    let (s0x0, s0x1) = parted(r0, r1)
    s0x0.store(at: out)
    s0x1.store(at: out + stride)
  }
}

extension SIMD4 where Scalar: KernelScalar {
  @inline(__always) fileprivate static func parted(_ a: Self, _ b: Self) -> (Self, Self) {
    (Self(lowHalf: a.evenHalf, highHalf: b.evenHalf), Self(lowHalf: a.oddHalf, highHalf: b.oddHalf))
  }

  @inline(__always)
  static func transpose(
    _ source: UnsafePointer<Scalar>, _ sourceStride: Int, _ out: UnsafeMutablePointer<Scalar>, _ stride: Int
  ) {
    let r0 = Self(at: source)
    let r1 = Self(at: source + sourceStride)
    let r2 = Self(at: source + 2 * sourceStride)
    let r3 = Self(at: source + 3 * sourceStride)
    let (s0x0, s0x2) = parted(r0, r1)
    let (s0x1, s0x3) = parted(r2, r3)
    let (s1x0, s1x2) = parted(s0x0, s0x1)
    let (s1x1, s1x3) = parted(s0x2, s0x3)
    s1x0.store(at: out)
    s1x1.store(at: out + stride)
    s1x2.store(at: out + 2 * stride)
    s1x3.store(at: out + 3 * stride)
  }
}

extension SIMD8 where Scalar: KernelScalar {
  @inline(__always) fileprivate static func parted(_ a: Self, _ b: Self) -> (Self, Self) {
    (Self(lowHalf: a.evenHalf, highHalf: b.evenHalf), Self(lowHalf: a.oddHalf, highHalf: b.oddHalf))
  }

  @inline(__always)
  static func transpose(
    _ source: UnsafePointer<Scalar>, _ sourceStride: Int, _ out: UnsafeMutablePointer<Scalar>, _ stride: Int
  ) {
    let r0 = Self(at: source)
    let r1 = Self(at: source + sourceStride)
    let r2 = Self(at: source + 2 * sourceStride)
    let r3 = Self(at: source + 3 * sourceStride)
    let r4 = Self(at: source + 4 * sourceStride)
    let r5 = Self(at: source + 5 * sourceStride)
    let r6 = Self(at: source + 6 * sourceStride)
    let r7 = Self(at: source + 7 * sourceStride)
    let (s0x0, s0x4) = parted(r0, r1)
    let (s0x1, s0x5) = parted(r2, r3)
    let (s0x2, s0x6) = parted(r4, r5)
    let (s0x3, s0x7) = parted(r6, r7)
    let (s1x0, s1x4) = parted(s0x0, s0x1)
    let (s1x1, s1x5) = parted(s0x2, s0x3)
    let (s1x2, s1x6) = parted(s0x4, s0x5)
    let (s1x3, s1x7) = parted(s0x6, s0x7)
    let (s2x0, s2x4) = parted(s1x0, s1x1)
    let (s2x1, s2x5) = parted(s1x2, s1x3)
    let (s2x2, s2x6) = parted(s1x4, s1x5)
    let (s2x3, s2x7) = parted(s1x6, s1x7)
    s2x0.store(at: out)
    s2x1.store(at: out + stride)
    s2x2.store(at: out + 2 * stride)
    s2x3.store(at: out + 3 * stride)
    s2x4.store(at: out + 4 * stride)
    s2x5.store(at: out + 5 * stride)
    s2x6.store(at: out + 6 * stride)
    s2x7.store(at: out + 7 * stride)
  }
}

extension SIMD16 where Scalar: KernelScalar {
  @inline(__always) fileprivate static func parted(_ a: Self, _ b: Self) -> (Self, Self) {
    (Self(lowHalf: a.evenHalf, highHalf: b.evenHalf), Self(lowHalf: a.oddHalf, highHalf: b.oddHalf))
  }

  @inline(__always)
  static func transpose(
    _ source: UnsafePointer<Scalar>, _ sourceStride: Int, _ out: UnsafeMutablePointer<Scalar>, _ stride: Int
  ) {
    let r0 = Self(at: source)
    let r1 = Self(at: source + sourceStride)
    let r2 = Self(at: source + 2 * sourceStride)
    let r3 = Self(at: source + 3 * sourceStride)
    let r4 = Self(at: source + 4 * sourceStride)
    let r5 = Self(at: source + 5 * sourceStride)
    let r6 = Self(at: source + 6 * sourceStride)
    let r7 = Self(at: source + 7 * sourceStride)
    let r8 = Self(at: source + 8 * sourceStride)
    let r9 = Self(at: source + 9 * sourceStride)
    let r10 = Self(at: source + 10 * sourceStride)
    let r11 = Self(at: source + 11 * sourceStride)
    let r12 = Self(at: source + 12 * sourceStride)
    let r13 = Self(at: source + 13 * sourceStride)
    let r14 = Self(at: source + 14 * sourceStride)
    let r15 = Self(at: source + 15 * sourceStride)
    let (s0x0, s0x8) = parted(r0, r1)
    let (s0x1, s0x9) = parted(r2, r3)
    let (s0x2, s0x10) = parted(r4, r5)
    let (s0x3, s0x11) = parted(r6, r7)
    let (s0x4, s0x12) = parted(r8, r9)
    let (s0x5, s0x13) = parted(r10, r11)
    let (s0x6, s0x14) = parted(r12, r13)
    let (s0x7, s0x15) = parted(r14, r15)
    let (s1x0, s1x8) = parted(s0x0, s0x1)
    let (s1x1, s1x9) = parted(s0x2, s0x3)
    let (s1x2, s1x10) = parted(s0x4, s0x5)
    let (s1x3, s1x11) = parted(s0x6, s0x7)
    let (s1x4, s1x12) = parted(s0x8, s0x9)
    let (s1x5, s1x13) = parted(s0x10, s0x11)
    let (s1x6, s1x14) = parted(s0x12, s0x13)
    let (s1x7, s1x15) = parted(s0x14, s0x15)
    let (s2x0, s2x8) = parted(s1x0, s1x1)
    let (s2x1, s2x9) = parted(s1x2, s1x3)
    let (s2x2, s2x10) = parted(s1x4, s1x5)
    let (s2x3, s2x11) = parted(s1x6, s1x7)
    let (s2x4, s2x12) = parted(s1x8, s1x9)
    let (s2x5, s2x13) = parted(s1x10, s1x11)
    let (s2x6, s2x14) = parted(s1x12, s1x13)
    let (s2x7, s2x15) = parted(s1x14, s1x15)
    let (s3x0, s3x8) = parted(s2x0, s2x1)
    let (s3x1, s3x9) = parted(s2x2, s2x3)
    let (s3x2, s3x10) = parted(s2x4, s2x5)
    let (s3x3, s3x11) = parted(s2x6, s2x7)
    let (s3x4, s3x12) = parted(s2x8, s2x9)
    let (s3x5, s3x13) = parted(s2x10, s2x11)
    let (s3x6, s3x14) = parted(s2x12, s2x13)
    let (s3x7, s3x15) = parted(s2x14, s2x15)
    s3x0.store(at: out)
    s3x1.store(at: out + stride)
    s3x2.store(at: out + 2 * stride)
    s3x3.store(at: out + 3 * stride)
    s3x4.store(at: out + 4 * stride)
    s3x5.store(at: out + 5 * stride)
    s3x6.store(at: out + 6 * stride)
    s3x7.store(at: out + 7 * stride)
    s3x8.store(at: out + 8 * stride)
    s3x9.store(at: out + 9 * stride)
    s3x10.store(at: out + 10 * stride)
    s3x11.store(at: out + 11 * stride)
    s3x12.store(at: out + 12 * stride)
    s3x13.store(at: out + 13 * stride)
    s3x14.store(at: out + 14 * stride)
    s3x15.store(at: out + 15 * stride)
  }
}
