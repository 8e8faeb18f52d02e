import Numerics

/// Features of one kind.
package enum FeatureFamily: Sendable, Equatable {
  case monomials(Monomials)
  /// Sines and cosines of monomials.
  case trigonometric(Trigonometric)
  case radial(RadialFunctions)
  case fourier(FourierFeatures)
  /// Supplied by the host.
  case callback(CallbackFeatures)

  /// By whom a family is evaluated, and how. What families have in common is written by these two cases, without a
  /// default, so that the compiler asks about a family of another kind.
  private enum Evaluation {
    /// Here, a panel of points at a time.
    case panels(any PanelFeatures)
    /// By the host, in whole batches.
    case host(CallbackFeatures)
  }

  private var evaluation: Evaluation {
    switch self {
    case .monomials(let features): return .panels(features)
    case .trigonometric(let features): return .panels(features)
    case .radial(let features): return .panels(features)
    case .fourier(let features): return .panels(features)
    case .callback(let features): return .host(features)
    }
  }

  package var dimension: Int {
    switch evaluation {
    case .panels(let features): return features.dimension
    case .host(let features): return features.dimension
    }
  }

  package var count: Int {
    switch evaluation {
    case .panels(let features): return features.count
    case .host(let features): return features.count
    }
  }

  func name(of feature: Int) -> String {
    switch evaluation {
    case .panels(let features): return features.name(of: feature)
    case .host: return "callback(\(feature))"
    }
  }

  /// Nil for features of the host.
  var panelFeatures: (any PanelFeatures)? {
    switch evaluation {
    case .panels(let features): return features
    case .host: return nil
    }
  }

  /// Nil for features that are evaluated here.
  var hostFeatures: CallbackFeatures? {
    switch evaluation {
    case .panels: return nil
    case .host(let features): return features
    }
  }
}

/// What a family of features computes for the points of a panel.
///
/// Results are rows, one per feature or coordinate, of `lanes` numbers with the padding included, unless a `stride` is
/// given.
protocol PanelFeatures: Sendable {
  var dimension: Int { get }
  var count: Int { get }
  func name(of feature: Int) -> String

  /// phi_f(x_i) at values[f * stride + i]; padding is not written.
  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch)
  /// d phi_f / d x_k at x_i, at jacobians[f * stride + i * d + k]; padding is not written.
  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch)

  /// values += sum_f weights[f] phi_f
  func addValues(
    _ points: PointPanel, weights: UnsafePointer<Double>, to values: UnsafeMutablePointer<Double>, _ scratch: Scratch)
  /// gradients += sum_f weights[f] grad phi_f
  func addGradients(
    _ points: PointPanel, weights: UnsafePointer<Double>, to gradients: UnsafeMutablePointer<Double>,
    _ scratch: Scratch)
  /// products += (Hessian of sum_f weights[f] phi_f) directions
  func addHessianProducts(
    _ points: PointPanel, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>, _ scratch: Scratch)

  func means(over population: PopulationPanels) -> any FeatureMeans

  /// Features whose combinations are the means of this family's over a population, about its mean, and their weights
  /// for each of the given ones. Nil where the mean is no such combination, so that pairs must be summed.
  func smoothed(over population: PopulationPanels, weights: [[Double]]) -> (any PanelFeatures, weights: [[Double]])?
}

extension PanelFeatures {
  func smoothed(over population: PopulationPanels, weights: [[Double]]) -> (any PanelFeatures, weights: [[Double]])? {
    nil
  }
}

/// Means of features over a population: sum_k w_k phi_f(x_i - y_k) and gradients, laid out as `PanelFeatures` does for
/// a panel of points relative to the population's center.
protocol FeatureMeans: Sendable {
  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch)
  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch)
}
