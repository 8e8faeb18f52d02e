// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Densities
import Flows
import Numerics

@_cdecl("jko_density_options_init") @implementation
public func jko_density_options_init(
  _ options: UnsafeMutablePointer<jko_density_options>!, _ struct_size: Int
) -> jko_status {
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_density_create") @implementation
public func jko_density_create(
  _ points: UnsafePointer<jko_array>!, _ weights: UnsafePointer<jko_array>!,
  _ options: UnsafePointer<jko_density_options>!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let (chosen, seed, progress) = try densityOptions(options)
      let points = try input(points, "points")
      let weights = try optionalMasses(weights, "weights", count: points.rows)
      switch chosen {
      case .gaussianMixture(let options):
        let fit = try naming(["components": "options->components"]) {
          try fitMixture(to: points, weights: weights, options: options, seed: seed, progress: progress)
        }
        return DensityHandle(.mixture(fit.mixture, fit))
      case .kernel(let bandwidth):
        let density = try KernelDensity(points, weights: weights, bandwidth: bandwidth, progress: progress)
        return DensityHandle(.kernel(density))
      }
    }
  }
}

@_cdecl("jko_density_from_mixture") @implementation
public func jko_density_from_mixture(
  _ weights: UnsafePointer<jko_array>!, _ means: UnsafePointer<jko_array>!, _ covariances: UnsafePointer<jko_array>!,
  _ covariance: jko_covariance, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let kind = try mixtureKind(covariance, "covariance")
      let means = try input(means, "means")
      let weights = try inputVector(weights, "weights", count: means.rows)
      let matrices = try input(covariances, "covariances")
      guard matrices.columns == means.columns, matrices.rows == means.rows * means.columns else {
        throw BoundaryError.shape(
          "covariances has shape (\(matrices.rows), \(matrices.columns)), expected (\(means.rows * means.columns), \(means.columns))"
        )
      }
      return DensityHandle(
        .mixture(
          try GaussianMixture(weights: weights, means: means, covariances: matrices.elements, kind: kind), nil))
    }
  }
}

@_cdecl("jko_density_describe") @implementation
public func jko_density_describe(
  _ density: OpaquePointer!, _ info: UnsafeMutablePointer<jko_density_info>!
) -> jko_status {
  gate {
    let handle = try DensityHandle.of(density)
    let info = try checkInfo(info, "info")
    let size = MemoryLayout<jko_density_info>.size
    switch handle.density {
    case .mixture(let mixture, let fit):
      info.write(
        jko_density_info(
          struct_size: size, kind: jko_density_kind(JKO_DENSITY_MIXTURE),
          covariance: jko_covariance(mixture.kind == .full ? JKO_COVARIANCE_FULL : JKO_COVARIANCE_DIAGONAL),
          dimension: Int64(mixture.dimension), components: Int64(mixture.componentCount),
          log_likelihood: fit?.logLikelihood ?? .nan, bic: fit?.bic ?? .nan, iterations: Int64(fit?.iterations ?? 0),
          converged: fit?.converged ?? true ? 1 : 0, bandwidth: .nan))
    case .kernel(let kernel):
      info.write(
        jko_density_info(
          struct_size: size, kind: jko_density_kind(JKO_DENSITY_KERNEL),
          covariance: jko_covariance(kernel.isSpherical ? JKO_COVARIANCE_SPHERICAL : JKO_COVARIANCE_FULL),
          dimension: Int64(kernel.dimension), components: Int64(kernel.particleCount), log_likelihood: .nan, bic: .nan,
          iterations: 0, converged: 1, bandwidth: kernel.bandwidth))
    }
  }
}

@_cdecl("jko_density_log") @implementation
public func jko_density_log(
  _ density: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let density = try DensityHandle.of(density).any
    let points = try input(x, "x")
    let out = try output(out, "out", rows: points.rows, columns: 1)
    try out.write(density.logDensities(points))
  }
}

@_cdecl("jko_density_score") @implementation
public func jko_density_score(
  _ density: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let density = try DensityHandle.of(density).any
    let points = try input(x, "x")
    let out = try output(out, "out", rows: points.rows, columns: points.columns)
    try out.write(density.scores(points).elements)
  }
}

@_cdecl("jko_density_sample") @implementation
public func jko_density_sample(
  _ density: OpaquePointer!, _ seed: UInt64, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let handle = try DensityHandle.of(density)
    let out = try output(out, "out", rows: Int(clamping: out?.pointee.rows ?? 0), columns: handle.any.dimension)
    try requireMemory(2, out.rows, out.columns, of: Double.self, for: "\(counted(out.rows, "particle"))")
    switch handle.density {
    case .mixture(let mixture, _): try out.write(mixture.sample(out.rows, seed: seed, purpose: .flowDraws).elements)
    case .kernel(let kernel): try out.write(kernel.sample(out.rows, seed: seed, purpose: .flowDraws).elements)
    }
  }
}

@_cdecl("jko_density_weights") @implementation
public func jko_density_weights(_ density: OpaquePointer!, _ out: UnsafePointer<jko_array>!) -> jko_status {
  gate {
    let mixture = try DensityHandle.mixture(density)
    try output(out, "out", rows: mixture.componentCount, columns: 1).write(mixture.weights)
  }
}

@_cdecl("jko_density_means") @implementation
public func jko_density_means(_ density: OpaquePointer!, _ out: UnsafePointer<jko_array>!) -> jko_status {
  gate {
    let mixture = try DensityHandle.mixture(density)
    try output(out, "out", rows: mixture.componentCount, columns: mixture.dimension).write(mixture.means.elements)
  }
}

@_cdecl("jko_density_covariances") @implementation
public func jko_density_covariances(_ density: OpaquePointer!, _ out: UnsafePointer<jko_array>!) -> jko_status {
  gate {
    let mixture = try DensityHandle.mixture(density)
    let d = mixture.dimension
    let out = try output(out, "out", rows: mixture.componentCount * d, columns: d)
    try requireMemory(mixture.componentCount * d * d, of: Double.self, for: "the covariances")
    try out.write(mixture.covariances)
  }
}

@_cdecl("jko_density_destroy") @implementation
public func jko_density_destroy(_ density: OpaquePointer!) { Handle.destroy(density) }
