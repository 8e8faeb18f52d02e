import Energies
import Files
import Numerics

/// Features in a model file, under a prefix.
extension FeatureBasis {
  func tensors(_ prefix: String) throws -> [Safetensors.Tensor] {
    var tensors = [Safetensors.Tensor("\(prefix).time_degree", shape: [1], integers: [timeDegree])]
    for family in families {
      switch family {
      case .monomials(let monomials):
        tensors.append(
          Safetensors.Tensor(
            "\(prefix).exponents", shape: [monomials.count, dimension], integers: monomials.exponents))
      case .radial(let radial):
        tensors += [
          Safetensors.Tensor(
            "\(prefix).centers", shape: [radial.count, dimension], doubles: radial.centers.elements),
          Safetensors.Tensor("\(prefix).width", shape: [1], doubles: [radial.width]),
        ]
      }
    }
    return tensors
  }

  init(_ prefix: String, _ file: TensorReader, dimension d: Int, timeDegrees: ClosedRange<Int>) throws {
    let exponents = try file.integers("\(prefix).exponents", [nil, d], in: 0...64)
    let centers = try file.doubles("\(prefix).centers", [nil, d])
    let width = try file.doubles("\(prefix).width", [1])
    guard width[0] > 0 else { throw file.unusable("\(prefix).width is not positive") }
    self.init(
      dimension: d,
      families: [
        .monomials(Monomials(dimension: d, exponents: exponents)),
        .radial(
          RadialFunctions(
            .gaussian, centers: Matrix(rows: centers.count / d, columns: d, elements: centers), width: width[0])),
      ],
      timeDegree: try file.integers("\(prefix).time_degree", [1], in: timeDegrees)[0])
  }
}
