// What the caller of a kernel may choose. Each choice has a loop of its own.

/// What a layer of a network does to its pre-activations a.
public enum Activation: String, Sendable, CaseIterable {
  /// ln(1 + e^a)
  case softplus
  /// a / (1 + e^-a)
  case silu
  case tanh
}

/// What the exponents s_ij of a pair are made of.
public enum PairForm: Sendable, CaseIterable {
  /// x . y
  case product
  /// -||x - y||^2
  case squaredDistance
  /// -||x - y||
  case distance
}

/// A function of the distance r to a centre, in units of a width.
public enum RadialProfile: String, Sendable, CaseIterable {
  /// exp(-r^2)
  case gaussian
  /// r; its gradient at the centre counts as 0.
  case linear
  /// r^2 ln r; its Hessian at the centre, which is infinite, counts as 0.
  case thinPlate = "thin_plate"
  /// r^3
  case cubic
  /// r^5
  case quintic
  /// sqrt(1 + r^2)
  case multiquadric
  /// 1 / sqrt(1 + r^2)
  case inverseMultiquadric = "inverse_multiquadric"
  /// 1 / (1 + r^2)
  case inverseQuadratic = "inverse_quadratic"
}
