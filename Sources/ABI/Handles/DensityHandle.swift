import Densities

final class DensityHandle: Handle {
  enum Estimate {
    /// A mixture and the fit that found it; nil for a mixture of given parameters.
    case mixture(GaussianMixture, MixtureFit?)
    case kernel(KernelDensity)
  }

  let density: Estimate
  init(_ density: Estimate) { self.density = density }

  var any: any Density {
    switch density {
    case .mixture(let mixture, _): return mixture
    case .kernel(let kernel): return kernel
    }
  }

  static func of(_ pointer: OpaquePointer?, _ name: String = "density") throws -> DensityHandle {
    try typed(pointer, name)
  }

  static func mixture(_ pointer: OpaquePointer?, _ name: String = "density") throws -> GaussianMixture {
    guard case .mixture(let mixture, _) = try of(pointer, name).density else {
      throw BoundaryError.invalid("\(name) is a kernel density; a Gaussian mixture is required")
    }
    return mixture
  }
}
