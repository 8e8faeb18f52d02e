import CJKOnetStar
import Densities
import Learning
import Numerics
import Snapshots
import Transport

/// What an opaque pointer in the hands of C stands for.
class Handle {
  /// Gives the handle to C, which returns it to `destroy`.
  final func retained() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  static func destroy(_ pointer: OpaquePointer?) {
    guard let pointer else { return }
    Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).release()
  }
}

final class SnapshotsHandle: Handle {
  var series: SnapshotSeries
  /// Names of coordinates, and the columns left out, for as long as the handle lives.
  let names: [HeldText]
  let omitted: HeldText

  init(_ series: SnapshotSeries) {
    self.series = series
    names = series.names.map { HeldText($0) }
    omitted = HeldText(series.omitted.joined(separator: ", "))
  }

  static func of(_ pointer: OpaquePointer?, _ name: String = "snapshots") throws -> SnapshotsHandle {
    try handle(pointer, name)
  }
}

final class PlanHandle: Handle {
  indirect enum Plan {
    /// With the points, which an exact plan does not keep.
    case exact(TransportPlan, x: Matrix, y: Matrix)
    case entropic(EntropicPlan, jko_plan_method)
  }

  let plan: Plan
  init(_ plan: Plan) { self.plan = plan }

  static func of(_ pointer: OpaquePointer?) throws -> PlanHandle { try handle(pointer, "plan") }
}

final class DensityHandle: Handle {
  enum Estimate {
    /// With the fit that it came from, if it did.
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
    try handle(pointer, name)
  }

  static func mixture(_ pointer: OpaquePointer?, _ name: String = "density") throws -> GaussianMixture {
    guard case .mixture(let mixture, _) = try of(pointer, name).density else {
      throw BoundaryError.invalid("\(name) is a kernel density; a Gaussian mixture is required")
    }
    return mixture
  }
}

final class ModelHandle: Handle {
  let options: ModelOptions
  var fitted: FittedModel? { didSet { terms = fitted.map(ModelTerms.init) } }
  /// Of `fitted`.
  private var terms: ModelTerms?

  init(_ options: ModelOptions, fitted: FittedModel? = nil) {
    self.options = options
    self.fitted = fitted
    terms = fitted.map(ModelTerms.init)
  }

  static func of(_ pointer: OpaquePointer?, _ name: String = "model") throws -> ModelHandle {
    try handle(pointer, name)
  }

  static func fitted(_ pointer: OpaquePointer?, _ name: String = "model") throws -> FittedModel {
    guard let model = try of(pointer, name).fitted else { throw BoundaryError.notFitted(name) }
    return model
  }

  static func terms(_ pointer: OpaquePointer?) throws -> ModelTerms {
    guard let terms = try of(pointer).terms else { throw BoundaryError.notFitted("model") }
    return terms
  }
}

final class NormalEquationsHandle: Handle {
  var sums: LinearSums
  init(_ sums: LinearSums) { self.sums = sums }

  static func of(_ pointer: OpaquePointer?, _ name: String = "equations") throws -> NormalEquationsHandle {
    try handle(pointer, name)
  }
}

final class ObjectiveHandle: Handle {
  let objective: WholeObjective
  init(_ objective: WholeObjective) { self.objective = objective }

  static func of(_ pointer: OpaquePointer?) throws -> ObjectiveHandle { try handle(pointer, "objective") }
}

private func handle<Kind: Handle>(_ pointer: OpaquePointer?, _ name: String) throws -> Kind {
  guard let pointer else { throw BoundaryError.null(name) }
  let handle = Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  guard let typed = handle as? Kind else {
    throw BoundaryError.invalid("\(name) is a handle of another type")
  }
  return typed
}

/// Sets `*out` to NULL, runs `make`, and hands its result to C.
func produce(_ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: String = "out", _ make: () throws -> Handle) throws {
  guard let out else { throw BoundaryError.null(name) }
  out.pointee = nil
  let made = try make()
  // Nobody is asked any more after this, so that a handle that was given out is not called off.
  try Interruption.check()
  out.pointee = made.retained()
}
