// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Energies
import Numerics

@_cdecl("jko_functional_count") @implementation
public func jko_functional_count() -> Int32 { StackRoom.evaluation.isThere ? Int32(functionalNames.count) : 0 }

@_cdecl("jko_functional_name") @implementation
public func jko_functional_name(_ index: Int32) -> UnsafePointer<CChar>! {
  guard StackRoom.evaluation.isThere else { return nil }
  return functionalNames.indices.contains(Int(index)) ? functionalNames[Int(index)].pointer : nil
}

@_cdecl("jko_functional_value") @implementation
public func jko_functional_value(
  _ name: UnsafePointer<CChar>!, _ x: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let (functional, points) = try functional(name, at: x)
    let out = try output(out, "out", rows: points.rows, columns: 1)
    try out.write(functional.values(points))
  }
}

@_cdecl("jko_functional_gradient") @implementation
public func jko_functional_gradient(
  _ name: UnsafePointer<CChar>!, _ x: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let (functional, points) = try functional(name, at: x)
    let out = try output(out, "out", rows: points.rows, columns: points.columns)
    try out.write(functional.gradients(points))
  }
}

private let functionalNames = Functional.allCases.map { StaticText($0.rawValue) }

private func functional(
  _ name: UnsafePointer<CChar>?, at x: UnsafePointer<jko_array>?
) throws -> (Functional, Matrix) {
  let functional = try Functional.named(try text(name, "name"))
  let points = try input(x, "x")
  try functional.check(dimension: points.columns)
  return (functional, points)
}
