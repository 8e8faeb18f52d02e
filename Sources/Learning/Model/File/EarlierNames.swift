import Files

extension Safetensors {
  /// The same with the names of tensors that files have today.
  var withTodaysNames: Safetensors {
    Safetensors(metadata: metadata, tensors: tensors.flatMap(\.withTodaysName))
  }
}

extension Safetensors.Tensor {
  /// The tensor as files call it today: those of 0.1 had V's network without a prefix, and three numbers of the
  /// standardisation in one tensor.
  fileprivate var withTodaysName: [Safetensors.Tensor] {
    if name.hasPrefix("layers.") || name.hasPrefix("output.") { return [renamed("potential." + name)] }
    switch name {
    case "reach": return [renamed("region.largest_speed")]
    case "radius": return [renamed("region.radius")]
    case "standardization.length_origin_duration":
      guard case .doubles(let values) = values, shape == [3] else { return [self] }
      return zip(["length", "origin", "duration"], values).map {
        Safetensors.Tensor("standardization.\($0)", shape: [1], doubles: [$1])
      }
    default: return [self]
    }
  }

  private func renamed(_ name: String) -> Safetensors.Tensor {
    switch values {
    case .doubles(let values): return Safetensors.Tensor(name, shape: shape, doubles: values)
    case .integers(let values): return Safetensors.Tensor(name, shape: shape, integers: values)
    }
  }
}
