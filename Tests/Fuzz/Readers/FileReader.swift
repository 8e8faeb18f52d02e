import Files
import Numerics

/// The readers that are tried with damaged files: what each does with bytes, and what it must hold to.
package enum FileReader: String, CaseIterable, Sendable {
  // Files as they are.
  case npy, npz, csv, json
  // The bytes of a safetensors file, whose checksum is put right, so that what lies behind it is tried, too.
  case safetensors
  // Edits of whole files of each format; see `Edits`.
  case model, growth, flow, checkpoint

  /// What a reader promised and did not keep.
  package struct BrokenPromise: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
  }

  /// Reads. That bytes are refused is well, with a message of one line.
  package func take(_ bytes: [UInt8]) throws(BrokenPromise) {
    do {
      switch self {
      case .npy, .npz, .csv: try takeTable(bytes)
      case .json: try takeJSON(bytes)
      case .safetensors: try takeSafetensors(bytes)
      case .model, .growth, .flow, .checkpoint: try takeEdits(bytes)
      }
    } catch let broken as BrokenPromise {
      throw broken
    } catch let error as EngineError {
      guard !error.message.isEmpty, !error.message.contains("\n") else {
        throw BrokenPromise("a message is not one line: \(error.message)")
      }
    } catch {
      throw BrokenPromise("another error than the engine's: \(error)")
    }
  }

  /// Whether its inputs are edits, of which no bytes at all are a good one.
  package var takesEdits: Bool { [.model, .growth, .flow, .checkpoint].contains(self) }
}

func promise(_ holds: Bool, _ what: @autoclosure () -> String) throws {
  guard holds else { throw FileReader.BrokenPromise(what()) }
}
