/// All kernels of one instruction set. Every variant of `Sources/Kernels` exports one such table as `kernels`, and
/// `Numerics` picks a table when a kernel is first called.
///
/// The kernels are static requirements of two protocols, to which enumerations without cases conform. A metatype is
/// therefore the whole table: a call loads one address from the conformance and jumps there, and nothing is allocated
/// or counted.
public struct KernelTable: Sendable {
  public let float: any Kernels<Float>.Type
  public let double: any (Kernels<Double> & DoubleKernels).Type

  public init(float: any Kernels<Float>.Type, double: any (Kernels<Double> & DoubleKernels).Type) {
    self.float = float
    self.double = double
  }
}
