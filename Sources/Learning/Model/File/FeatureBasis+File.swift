import Energies
import Files
import Numerics

/// Features and coefficients as tensors: one or two per family, their names after a prefix.
extension FeatureExpansion {
  package func tensors(prefix: String) throws -> [Safetensors.Tensor] {
    let d = dimension
    var tensors: [Safetensors.Tensor] = []
    for family in basis.families {
      switch family {
      case .monomials(let monomials):
        tensors.append(
          Safetensors.Tensor(
            prefix + "monomials.exponents", shape: [monomials.count, d], integers: monomials.exponents))
      case .trigonometric(let features):
        tensors.append(
          Safetensors.Tensor(
            prefix + "trigonometric.exponents", shape: [features.monomials.count, d],
            integers: features.monomials.exponents))
      case .radial(let functions):
        if let axes = functions.axes {
          tensors.append(Safetensors.Tensor(prefix + "radial.axes", shape: [d], integers: axes.map(\.count)))
          let places = axes.flatMap { $0 }
          tensors.append(Safetensors.Tensor(prefix + "radial.places", shape: [places.count], doubles: places))
        } else {
          tensors.append(
            Safetensors.Tensor(
              prefix + "radial.centers", shape: [functions.count, d], doubles: functions.centers.elements))
        }
        tensors.append(Safetensors.Tensor(prefix + "radial.width", shape: [1], doubles: [functions.width]))
      case .fourier(let features):
        tensors.append(
          Safetensors.Tensor(
            prefix + "fourier.frequencies", shape: [features.frequencies.rows, d],
            doubles: features.frequencies.elements))
      case .callback:
        throw EngineError(.invalid, "model has features of a callback, which cannot be saved: their code is the host's")
      }
    }
    tensors.append(
      Safetensors.Tensor(
        prefix + "coefficients", shape: [basis.timeDegree + 1, basis.spatialCount], doubles: coefficients))
    return tensors
  }

  /// What `tensors(prefix:)` wrote, or an error that says what is wrong with it.
  ///
  /// - Parameter largestTimeDegree: a series of few snapshots bears a lower degree in time than was asked for
  init(
    _ source: TensorSource, prefix: String, dimension: Int, _ options: FeatureOptions, largestTimeDegree: Int
  ) throws {
    var families: [FeatureFamily] = []
    if source.has(prefix + "monomials.exponents") {
      families.append(.monomials(try Monomials(source, prefix + "monomials.exponents", dimension)))
    }
    if source.has(prefix + "trigonometric.exponents") {
      families.append(
        .trigonometric(Trigonometric(try Monomials(source, prefix + "trigonometric.exponents", dimension))))
    }
    if source.has(prefix + "radial.width") {
      let functions = try RadialFunctions(
        source, prefix + "radial.", dimension, options.radial, atMost: source.width(prefix + "coefficients"))
      families.append(.radial(functions))
    }
    if source.has(prefix + "fourier.frequencies") {
      let name = prefix + "fourier.frequencies"
      let frequencies = try source.doubles(name, shape: [nil, dimension])
      guard source.length(name) <= FeatureOptions.fourierCounts.upperBound / 2 else {
        throw source.unusable("tensor \"\(name)\" has too many rows")
      }
      families.append(
        .fourier(
          FourierFeatures(
            frequencies: Matrix(rows: source.length(name), columns: dimension, elements: frequencies))))
    }
    let degree = source.length(prefix + "coefficients") - 1
    guard degree >= 0, degree <= largestTimeDegree else {
      throw source.unusable("\(prefix)coefficients are missing, or their degree in time is out of range")
    }
    let basis = FeatureBasis(dimension: dimension, families: families, timeDegree: degree)
    let coefficients = try source.doubles(prefix + "coefficients", shape: [degree + 1, basis.spatialCount])
    self.init(basis: basis, coefficients: coefficients)
  }
}

extension Monomials {
  /// Monomials whose divisors are among them, as all that this library makes are: any others could have more divisors
  /// than fit into memory.
  fileprivate init(_ source: TensorSource, _ name: String, _ dimension: Int) throws {
    let exponents = try source.integers(name, shape: [nil, dimension], in: FeatureOptions.polynomialDegrees)
    let rows = source.length(name)
    guard rows <= FeatureOptions.familyLimit else { throw source.unusable("tensor \"\(name)\" has too many rows") }
    /// The coordinates that occur, repeated.
    func key(_ row: Int) -> [Int] {
      (0..<dimension).flatMap { [Int](repeating: $0, count: exponents[row * dimension + $0]) }
    }
    let keys = Set((0..<rows).map(key))
    let areClosed = keys.allSatisfy { key in
      key.indices.allSatisfy { place in
        var lower = key
        lower.remove(at: place)
        return lower.isEmpty || keys.contains(lower)
      }
    }
    guard areClosed, !keys.contains([]), keys.count == rows else {
      throw source.unusable("tensor \"\(name)\" lacks divisors of its monomials, or repeats them")
    }
    self.init(dimension: dimension, exponents: exponents)
  }
}

extension RadialFunctions {
  /// - Parameter limit: coefficients in the file; a few axes describe a grid that is far larger than they are
  fileprivate init(
    _ source: TensorSource, _ prefix: String, _ dimension: Int, _ kind: Kind, atMost limit: Int
  ) throws {
    let width = try source.doubles(prefix + "width", shape: [1])[0]
    guard width > 0 else { throw source.unusable("\(prefix)width is not positive") }
    guard source.has(prefix + "axes") else {
      let centers = try source.doubles(prefix + "centers", shape: [nil, dimension])
      let rows = source.length(prefix + "centers")
      guard rows <= FeatureOptions.familyLimit else { throw source.unusable("\(prefix)centers has too many rows") }
      self.init(kind, centers: Matrix(rows: rows, columns: dimension, elements: centers), width: width)
      return
    }
    let counts = try source.integers(
      prefix + "axes", shape: [dimension], in: 1...FeatureOptions.radialGrids.upperBound)
    var (axes, total, first): ([[Double]], Int, Int) = ([], 1, 0)
    let places = try source.doubles(prefix + "places", shape: [counts.reduce(0, +)])
    for count in counts {
      total *= count
      guard total <= min(limit, FeatureOptions.familyLimit) else {
        throw source.unusable("\(prefix)axes make too large a grid")
      }
      axes.append(Array(places[first..<first + count]))
      first += count
    }
    try requireMemory(2 * total * dimension, of: Double.self, for: "\(prefix)axes")
    self.init(kind, axes: axes, width: width)
  }
}
