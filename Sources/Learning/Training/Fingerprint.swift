import Energies
import Files
import Numerics

/// Identifies the data and the options of a fit. A training is resumed only where both are the same.
struct Fingerprint: Equatable {
  let data: Int
  let options: Int
  /// Names of options that may change.
  private let free: Set<String>

  init(_ data: TrainingData, _ layout: TrainingLayout, _ options: FitOptions) {
    let couplings = data.couplings
    var sum = UInt32(0)
    for values in [
      couplings.points, couplings.shifts, couplings.times, couplings.rhos, couplings.weights, data.forces, data.scales,
    ] + data.populations.flatMap({ [$0.points.elements, $0.weights] }) {
      sum = sum &* 31 &+ values.withUnsafeBytes(crc32Checksum)
    }
    self.data = Int(sum)
    var same = options
    // The number of epochs may change, unless the steps depend on it, and so may the file.
    let isFree = options.training.schedule == .constant
    if isFree { same.epochs = 1 }
    same.training.checkpoint = nil
    let text = same.description.text + "\(layout)"
    self.options = Int(Array(text.utf8).withUnsafeBytes(crc32Checksum))
    free = isFree ? ["epochs"] : []
  }

  /// The first option in which two descriptions of models differ, with both values.
  func difference(_ kept: JSON?, _ wanted: JSON?) -> String? {
    for part in ["model", "fit"] {
      guard case .object(let members)? = wanted?[part] else { continue }
      for (name, value) in members where !free.contains(name) {
        guard let other = kept?[part]?[name], other != value else { continue }
        return "\(name) = \(value.text) is not the \(other.text)"
      }
    }
    return nil
  }
}
