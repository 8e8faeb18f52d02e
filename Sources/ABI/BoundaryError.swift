import CJKOnetStar

/// An error of arguments that the engine never sees, such as a missing pointer.
struct BoundaryError: Error {
  let status: jko_status
  let message: String

  static func null(_ name: String) -> BoundaryError {
    BoundaryError(status: jko_status(JKO_ENULL), message: "\(name) = NULL, a pointer is required")
  }

  static func invalid(_ message: String) -> BoundaryError {
    BoundaryError(status: jko_status(JKO_EINVALID), message: message)
  }

  static func shape(_ message: String) -> BoundaryError {
    BoundaryError(status: jko_status(JKO_ESHAPE), message: message)
  }

  static func notFitted(_ name: String) -> BoundaryError {
    BoundaryError(status: jko_status(JKO_ENOTFITTED), message: "\(name) has not been fitted; fit or load it first")
  }
}
