import Learning

final class ModelHandle: Handle {
  let options: ModelOptions
  var fitted: FittedModel? { didSet { terms = fitted.map(ModelTerms.init) } }
  /// The terms of `fitted`.
  private var terms: ModelTerms?

  init(_ options: ModelOptions, fitted: FittedModel? = nil) {
    self.options = options
    self.fitted = fitted
    terms = fitted.map(ModelTerms.init)
  }

  static func of(_ pointer: OpaquePointer?, _ name: String = "model") throws -> ModelHandle {
    try typed(pointer, name)
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
