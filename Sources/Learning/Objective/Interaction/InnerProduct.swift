import Numerics

/// The inner product, in eight sums, because additions to a single one would wait for each other.
@inline(__always)
func innerProduct<Number: KernelNumber>(
  _ count: Int, _ a: UnsafePointer<Number>, _ b: UnsafePointer<Number>
) -> Number {
  var (sums, index) = (SIMD8<Number>(repeating: 0), 0)
  while index + 8 <= count {
    let left = UnsafeRawPointer(a + index).loadUnaligned(as: SIMD8<Number>.self)
    sums += left * UnsafeRawPointer(b + index).loadUnaligned(as: SIMD8<Number>.self)
    index += 8
  }
  var sum = sums.sum()
  for index in index..<count { sum += a[index] * b[index] }
  return sum
}
