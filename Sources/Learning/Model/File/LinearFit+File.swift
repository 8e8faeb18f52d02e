import Energies
import Files
import Numerics

/// The closed form in a model file: what `observability`, error bars and further accumulation need after loading.
extension LinearFit {
  var tensors: [Safetensors.Tensor] {
    get throws {
      let count = equations.count
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
      if let column = Self.lastColumn(of: equations.matrix) {
        tensors.append(Safetensors.Tensor(Self.lastColumn, shape: [count], doubles: column))
      }
      if let score = solution.score {
        tensors.append(Safetensors.Tensor("solution.score", shape: [1], doubles: [score]))
      }
      if let covariance {
        tensors.append(Safetensors.Tensor("covariance", shape: [Self.packed(count)], doubles: covariance.packed))
      }
      return tensors
    }
  }

  private static let lastColumn = "equations.last_column"

  /// The last column of a matrix where it differs from the last row, as that of beta does where it has an instrument.
  /// The lower triangle tells all others.
  private static func lastColumn(of matrix: Matrix) -> [Double]? {
    let last = matrix.rows - 1
    let column = (0..<matrix.rows).map { matrix[$0, last] }
    return column.indices.contains { column[$0] != matrix[last, $0] } ? column : nil
  }

  /// - Parameter energy: what the coefficients of the same file make
  init(_ file: TensorSource, _ energy: LearnedEnergy, _ fitOptions: FitOptions, dimension: Int) throws {
    let basis = EnergyBasis(
      dimension: dimension, potential: energy.potential?.features?.basis,
      interaction: energy.interaction?.features?.basis, hasInternal: energy.beta != nil)
    let coefficients =
      (energy.potential?.parameters ?? []) + (energy.interaction?.parameters ?? []) + (energy.beta.map { [$0] } ?? [])
    let count = basis.count
    let scalars = try file.doubles("equations.constant_scatter_transitions_equations", shape: [4])
    // A small file may have many coefficients. Memory for their squares is asked for only when the file was found to
    // hold as many numbers, half of the square.
    let packedMatrix = try file.doubles("equations.matrix", shape: [Self.packed(count)])
    let packedCovariance =
      fitOptions.errorBars == .none ? nil : try file.doubles("covariance", shape: [Self.packed(count)])
    // What has a sum of squares, or a variance, on its diagonal.
    func symmetric(_ tensor: String, _ packed: [Double], butLast column: [Double]? = nil) throws -> Matrix {
      try requireMemory(count * count, of: Double.self, for: "tensor \"\(tensor)\"")
      var matrix = Matrix(packed: packed, rows: count)
      guard (0..<count).allSatisfy({ matrix[$0, $0] >= 0 || (column != nil && $0 == count - 1) }) else {
        throw file.unusable("tensor \"\(tensor)\" has a negative diagonal")
      }
      for (row, value) in (column ?? []).enumerated() { matrix[row, count - 1] = value }
      return matrix
    }
    let column = file.has(Self.lastColumn) ? try file.doubles(Self.lastColumn, shape: [count]) : nil
    if let column, !basis.hasInternal || column[count - 1] != packedMatrix[packedMatrix.count - 1] {
      throw file.unusable("tensor \"\(Self.lastColumn)\" is not that of an instrument of beta")
    }
    var equations = try NormalEquations(basis)
    equations.merge(
      matrix: try symmetric("equations.matrix", packedMatrix, butLast: column),
      right: try file.doubles("equations.right", shape: [count]), constant: scalars[0], scatter: scalars[1],
      transitions: scalars[2], equations: scalars[3])
    let solution = try file.doubles("solution.ridge_rank_condition", shape: [3])
    guard let rank = Int(exactly: solution[1]), (0...count).contains(rank), solution[0] >= 0,
      scalars.allSatisfy({ $0 >= 0 })
    else { throw file.unusable("the solution of the normal equations is out of range") }
    let score = fitOptions.ridge == .crossValidated ? try file.doubles("solution.score", shape: [1])[0] : nil
    let covariance = try packedCovariance.map { try symmetric("covariance", $0) }
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
