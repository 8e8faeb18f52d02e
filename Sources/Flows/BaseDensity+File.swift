import Densities
import Files
import Numerics

/// Base densities in files: mixtures by their parameters, kernel densities by their particles.
extension WassersteinFlow {
  /// Throws where the density is a callback, which no file can hold.
  static func requireFormula(_ base: any BaseDensity) throws {
    guard base is GaussianMixture || base is KernelDensity else {
      throw EngineError(.invalid, "a flow whose base density is a callback cannot be written")
    }
  }

  static func sameFormula(_ a: any BaseDensity, _ b: any BaseDensity) -> Bool {
    if let a = a as? GaussianMixture, let b = b as? GaussianMixture {
      // Weights of files are divided by their sum once more.
      let again = try? GaussianMixture(weights: b.weights, means: b.means, factors: b.factors, kind: b.kind)
      return a == b || a == again
    }
    guard let a = a as? KernelDensity, let b = b as? KernelDensity else { return false }
    return a.points == b.points && a.masses == b.masses && a.wanted == b.wanted
  }

  static func tensors(of base: any BaseDensity, _ name: String) -> [Safetensors.Tensor] {
    let d = base.dimension
    if let mixture = base as? GaussianMixture {
      let k = mixture.componentCount
      return [
        Safetensors.Tensor("\(name).weights", shape: [k], doubles: mixture.weights),
        Safetensors.Tensor("\(name).means", shape: [k, d], doubles: mixture.means.elements),
        // Factors, and not covariances: these would be factorised again, with other last digits.
        Safetensors.Tensor(
          "\(name).factors", shape: [k, mixture.kind == .full ? d * d : d], doubles: mixture.factors),
      ]
    }
    guard let kernel = base as? KernelDensity else { return [] }
    let n = kernel.points.rows
    return [
      Safetensors.Tensor("\(name).points", shape: [n, d], doubles: kernel.points.elements),
      Safetensors.Tensor("\(name).masses", shape: [kernel.masses == nil ? 0 : n], doubles: kernel.masses ?? []),
      Safetensors.Tensor("\(name).bandwidth", shape: [3], doubles: kernel.wanted.numbers),
    ]
  }

  static func density(_ source: TensorSource, _ name: String) throws -> any BaseDensity {
    guard source.has("\(name).points") else { return try mixture(source, name) }
    let (n, d) = (source.length("\(name).points"), source.width("\(name).points"))
    let points = Matrix(rows: n, columns: d, elements: try source.doubles("\(name).points", shape: [n, d]))
    let masses = try source.doubles("\(name).masses", shape: [nil])
    guard let wanted = Bandwidth(numbers: try source.doubles("\(name).bandwidth", shape: [3])),
      masses.isEmpty || masses.count == n,
      let kernel = try? KernelDensity(points, weights: masses.isEmpty ? nil : masses, bandwidth: wanted)
    else { throw source.unusable("the kernel density \(name) is none") }
    return kernel
  }

  static func mixture(_ source: TensorSource, _ name: String) throws -> GaussianMixture {
    let (k, d) = (source.length("\(name).means"), source.width("\(name).means"))
    guard k > 0, d > 0 else { throw source.unusable("the density \(name) is missing") }
    let isDiagonal = d > 1 && source.width("\(name).factors") == d
    guard
      let mixture = try? GaussianMixture(
        weights: try source.doubles("\(name).weights", shape: [k]),
        means: Matrix(rows: k, columns: d, elements: try source.doubles("\(name).means", shape: [k, d])),
        factors: try source.doubles("\(name).factors", shape: [k, isDiagonal ? d : d * d]),
        kind: isDiagonal ? .diagonal : .full)
    else { throw source.unusable("the mixture \(name) is none") }
    return mixture
  }
}

extension Bandwidth {
  /// Rule (0 for a length), shape, and length.
  var numbers: [Double] {
    switch self {
    case .length(let length): return [0, 0, length]
    case .rule(let rule, let shape): return [rule == .scott ? 1 : 2, shape == .full ? 0 : 1, 0]
    }
  }

  init?(numbers: [Double]) {
    switch (numbers[0], numbers[1]) {
    case (0, 0): self = .length(numbers[2])
    case (1...2, 0...1): self = .rule(numbers[0] == 1 ? .scott : .silverman, numbers[1] == 0 ? .full : .spherical)
    default: return nil
    }
  }
}
