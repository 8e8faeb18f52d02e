import Files

/// An ensemble in a model file: the parameters of one member a row, in the order of `LearnedEnergy.parameters`. Shapes
/// and features are the model's own.
extension Ensemble {
  private static let name = "ensemble"

  var tensor: Safetensors.Tensor {
    let parameters = members.map(\.parameters)
    return Safetensors.Tensor(
      Self.name, shape: [parameters.count, parameters.first?.count ?? 0], doubles: parameters.flatMap { $0 })
  }

  /// Nil for a file that has none.
  ///
  /// - Parameter learned: the energy of the model itself
  init?(_ source: TensorSource, like learned: LearnedEnergy) throws {
    guard source.has(Self.name) else { return nil }
    let width = learned.parameterCount
    let parameters = try source.doubles(Self.name, shape: [nil, width])
    guard parameters.count >= 2 * width else { throw source.unusable("the ensemble has fewer than 2 members") }
    self.init(
      stride(from: 0, to: parameters.count, by: width).map {
        learned.replacingParameters(Array(parameters[$0..<$0 + width]))
      })
  }
}
