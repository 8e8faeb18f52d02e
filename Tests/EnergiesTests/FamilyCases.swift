import Energies
import Numerics
import TestSupport
import Testing

/// One basis per family and number of coordinates, for tests that hold for all of them.
struct FamilyCase: CustomTestStringConvertible, Sendable {
  let name: String
  let basis: FeatureBasis

  var testDescription: String { name }
  var dimension: Int { basis.dimension }

  init(_ name: String, _ family: FeatureFamily, timeDegree: Int = 0) {
    self.name = "\(name), d = \(family.dimension)"
    basis = FeatureBasis(dimension: family.dimension, families: [family], timeDegree: timeDegree)
  }

  static func normal(_ n: Int, _ d: Int, _ seed: UInt64, scale: Double = 1, offset: Double = 0) -> Matrix {
    var random = PhiloxSequence(seed: seed, stream: 7)
    return Matrix(rows: n, columns: d, elements: random.normals(n * d).map { offset + scale * $0 })
  }

  static let all: [FamilyCase] = [1, 2, 5].flatMap(few) + many

  private static func few(_ d: Int) -> [FamilyCase] {
    let angles = Monomials(dimension: d, degree: 2, limit: 30, totalDegree: true)
    let axes = (0..<d).map { k -> [Double] in [-1.0, 0.0, 1.0].map { $0 + 0.1 * Double(k) } }
    var cases = [
      FamilyCase("monomials", .monomials(Monomials(dimension: d, degree: 3, limit: 200))),
      FamilyCase("trigonometric", .trigonometric(Trigonometric(angles))),
      FamilyCase("fourier", .fourier(FourierFeatures(dimension: d, count: 31, scale: 1.5, seed: 3, stream: 1))),
      FamilyCase("gaussian grid", .radial(RadialFunctions(.gaussian, axes: axes, width: 1.3))),
      FamilyCase("callback", .callback(host(d))),
    ]
    for kind in RadialFunctions.Kind.allCases {
      cases.append(FamilyCase("\(kind)", .radial(RadialFunctions(kind, centers: normal(7, d, 5), width: 1.2))))
    }
    return cases
  }

  private static var many: [FamilyCase] {
    [
      FamilyCase("monomials", .monomials(Monomials(dimension: 50, degree: 2, limit: 2000))),
      FamilyCase("fourier", .fourier(FourierFeatures(dimension: 50, count: 300, scale: 9, seed: 4, stream: 1))),
      FamilyCase(
        "sparse fourier",
        .fourier(FourierFeatures(dimension: 50, count: 120, coordinates: 2, scale: 2, seed: 4, stream: 1))),
      FamilyCase("multiquadric", .radial(RadialFunctions(.multiquadric, centers: normal(4, 50, 6), width: 8))),
    ]
  }

  /// sin(x_1) and sum_k x_k^3 / 10, as a host would compute them.
  static func host(_ d: Int) -> CallbackFeatures {
    CallbackFeatures(dimension: d, count: 2) { points, n, values, jacobians in
      for i in 0..<n {
        let x = points + i * d
        if let values {
          values[2 * i] = sine(x[0])
          values[2 * i + 1] = (0..<d).reduce(0) { $0 + x[$1] * x[$1] * x[$1] / 10 }
        }
        if let jacobians {
          for k in 0..<d {
            jacobians[2 * i * d + k] = k == 0 ? cosine(x[0]) : 0
            jacobians[(2 * i + 1) * d + k] = 0.3 * x[k] * x[k]
          }
        }
      }
    }
  }
}
