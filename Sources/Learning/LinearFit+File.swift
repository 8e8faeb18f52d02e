import Energies
import Files
import Numerics

/// The closed form in a model file: what `observability`, error bars and further accumulation need after loading.
extension LinearFit {
  var tensors: [Safetensors.Tensor] {
    get throws {
      let (count, energy) = (equations.count, energy)
      var tensors = [
        Safetensors.Tensor("equations.matrix", shape: [Self.packed(count)], doubles: equations.matrix.packed),
        Safetensors.Tensor("equations.right", shape: [count], doubles: equations.right),
        Safetensors.Tensor(
          "equations.constant_scatter_transitions_equations", shape: [4],
          doubles: [equations.constant, equations.scatter, equations.transitions, equations.equations]),
        Safetensors.Tensor(
          "solution.ridge_rank_condition", shape: [3],
          doubles: [solution.ridge, Double(solution.rank), solution.reciprocalCondition]),
      ]
      if case .features(let potential)? = energy.potential { tensors += try potential.tensors(prefix: "potential.") }
      if let interaction = energy.interaction { tensors += try interaction.tensors(prefix: "interaction.") }
      if let beta = energy.beta { tensors.append(Safetensors.Tensor("beta", shape: [1], doubles: [beta])) }
      if let score = solution.score {
        tensors.append(Safetensors.Tensor("solution.score", shape: [1], doubles: [score]))
      }
      if let covariance {
        tensors.append(Safetensors.Tensor("covariance", shape: [Self.packed(count)], doubles: covariance.packed))
      }
      return tensors
    }
  }

  init(_ file: TensorSource, _ options: ModelOptions, _ fitOptions: FitOptions, dimension: Int) throws {
    var (potential, interaction): (FeatureExpansion?, FeatureExpansion?) = (nil, nil)
    if case .linear(let features)? = options.potential {
      potential = try FeatureExpansion(
        file, prefix: "potential.", dimension: dimension, features,
        largestTimeDegree: options.timeVarying ? features.timeDegree : 0)
    }
    if let features = options.interaction {
      interaction = try FeatureExpansion(
        file, prefix: "interaction.", dimension: dimension, features, largestTimeDegree: 0)
    }
    let basis = EnergyBasis(
      dimension: dimension, potential: potential?.basis, interaction: interaction?.basis,
      hasInternal: options.internal != nil)
    var coefficients = (potential?.coefficients ?? []) + (interaction?.coefficients ?? [])
    if basis.hasInternal { coefficients += try file.doubles("beta", shape: [1]) }

    let count = basis.count
    let scalars = try file.doubles("equations.constant_scatter_transitions_equations", shape: [4])
    // What has a sum of squares, or a variance, on its diagonal.
    func symmetric(_ tensor: String) throws -> Matrix {
      let matrix = Matrix(packed: try file.doubles(tensor, shape: [Self.packed(count)]), rows: count)
      guard (0..<count).allSatisfy({ matrix[$0, $0] >= 0 }) else {
        throw file.unusable("tensor \"\(tensor)\" has a negative diagonal")
      }
      return matrix
    }
    var equations = try NormalEquations(basis)
    equations.merge(
      matrix: try symmetric("equations.matrix"),
      right: try file.doubles("equations.right", shape: [count]), constant: scalars[0], scatter: scalars[1],
      transitions: scalars[2], equations: scalars[3])
    let solution = try file.doubles("solution.ridge_rank_condition", shape: [3])
    guard let rank = Int(exactly: solution[1]), (0...count).contains(rank), solution[0] >= 0,
      scalars.allSatisfy({ $0 >= 0 })
    else { throw file.unusable("the solution of the normal equations is out of range") }
    let score = fitOptions.ridge == .crossValidated ? try file.doubles("solution.score", shape: [1])[0] : nil
    let covariance = fitOptions.errorBars == .none ? nil : try symmetric("covariance")
    self.init(
      equations: equations,
      solution: RidgeRegression.Solution(
        coefficients: coefficients, ridge: solution[0], rank: rank, reciprocalCondition: solution[2],
        score: score),
      covariance: covariance)
  }

  /// Numbers in the lower triangle of a matrix.
  private static func packed(_ count: Int) -> Int { count * (count + 1) / 2 }
}

extension Matrix {
  /// The lower triangle by rows, of a symmetric matrix.
  fileprivate var packed: [Double] { (0..<rows).flatMap { elements[$0 * columns...$0 * columns + $0] } }

  fileprivate init(packed: [Double], rows: Int) {
    self.init(rows: rows, columns: rows)
    var next = 0
    for row in 0..<rows {
      for column in 0...row {
        self[row, column] = packed[next]
        self[column, row] = packed[next]
        next += 1
      }
    }
  }
}
