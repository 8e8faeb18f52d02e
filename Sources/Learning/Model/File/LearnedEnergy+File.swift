import Energies
import Files
import Numerics

/// The terms of an energy in a model file. Names of V's tensors begin with "potential.", those of U's with
/// "interaction.".
extension LearnedEnergy {
  var tensors: [Safetensors.Tensor] {
    get throws {
      var tensors: [Safetensors.Tensor] = []
      switch potential {
      case .network(let network)?: tensors += network.tensors(prefix: "potential.")
      case .features(let expansion)?: tensors += try expansion.tensors(prefix: "potential.")
      case nil: break
      }
      switch interaction {
      case .network(let network)?: tensors += network.tensors(prefix: "interaction.")
      case .features(let expansion)?: tensors += try expansion.tensors(prefix: "interaction.")
      case nil: break
      }
      if let beta { tensors.append(Safetensors.Tensor("beta", shape: [1], doubles: [beta])) }
      return tensors
    }
  }

  init(_ file: TensorSource, _ options: ModelOptions, dimension: Int) throws {
    func function(
      _ parametrization: ModelOptions.Parametrization, prefix: String, timeVarying: Bool
    ) throws -> Function {
      switch parametrization {
      case .network(let options):
        let shape = options.shape(dimension: dimension, timeVarying: timeVarying)
        return .network(try Network(file, prefix: prefix, shape))
      case .linear(let options):
        return .features(
          try FeatureExpansion(
            file, prefix: prefix, dimension: dimension, options,
            largestTimeDegree: timeVarying ? options.timeDegree : 0))
      }
    }
    self.init(
      potential: try options.potential.map {
        try function($0, prefix: "potential.", timeVarying: options.timeVarying)
      },
      interaction: try options.interaction.map {
        try function($0, prefix: "interaction.", timeVarying: false)
      },
      beta: options.internal == nil ? nil : try file.doubles("beta", shape: [1])[0])
  }
}

extension Network {
  func tensors(prefix: String) -> [Safetensors.Tensor] {
    var tensors: [Safetensors.Tensor] = []
    for (index, layer) in shape.layers.enumerated() {
      tensors.append(
        Safetensors.Tensor(
          "\(prefix)layers.\(index).weight", shape: [layer.outputs, layer.inputs],
          doubles: Array(parameters[layer.weights..<layer.biases])))
      tensors.append(
        Safetensors.Tensor(
          "\(prefix)layers.\(index).bias", shape: [layer.outputs],
          doubles: Array(parameters[layer.biases..<layer.biases + layer.outputs])))
    }
    let weights = Array(parameters[shape.outputWeights..<shape.outputBias])
    tensors.append(Safetensors.Tensor(prefix + "output.weight", shape: [weights.count], doubles: weights))
    tensors.append(
      Safetensors.Tensor(prefix + "output.bias", shape: [1], doubles: [parameters[shape.outputBias]]))
    return tensors
  }

  init(_ file: TensorSource, prefix: String, _ shape: NetworkShape) throws {
    var parameters: [Double] = []
    for (index, layer) in shape.layers.enumerated() {
      parameters += try file.doubles("\(prefix)layers.\(index).weight", shape: [layer.outputs, layer.inputs])
      parameters += try file.doubles("\(prefix)layers.\(index).bias", shape: [layer.outputs])
    }
    parameters += try file.doubles(prefix + "output.weight", shape: [shape.hidden.last])
    parameters += try file.doubles(prefix + "output.bias", shape: [1])
    self.init(shape: shape, parameters: parameters)
  }
}
