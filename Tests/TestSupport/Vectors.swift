import Numerics

/// Largest absolute value; NaN counts as infinite, so that no comparison with a tolerance lets it pass.
package func largest(_ values: [Double]) -> Double {
  values.reduce(0) { max($0, $1.isNaN ? .infinity : abs($1)) }
}

package func difference(_ a: [Double], _ b: [Double]) -> [Double] {
  a.count == b.count ? zip(a, b).map { $0 - $1 } : [.nan]
}

/// max_i |a_i - b_i| / max_i |b_i|
package func relativeError(_ a: [Double], _ b: [Double]) -> Double { largest(difference(a, b)) / largest(b) }

package func euclideanNorm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

/// ||a - b|| / ||b||
package func normError(_ a: [Double], _ b: [Double]) -> Double { euclideanNorm(difference(a, b)) / euclideanNorm(b) }

package func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

extension PhiloxSequence {
  package mutating func normals(_ count: Int) -> [Double] { (0..<count).map { _ in normal() } }
}
