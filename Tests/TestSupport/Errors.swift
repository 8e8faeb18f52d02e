import Numerics

/// The engine's error that `body` throws; nil where it throws none, or one of another type.
package func engineError(_ body: () throws -> Void) -> EngineError? {
  do { try body() } catch { return error as? EngineError }
  return nil
}
