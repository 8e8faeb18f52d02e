import Numerics

/// Couplings in the precision of training.
struct ObjectiveData<Number: KernelNumber>: @unchecked Sendable {
  // Its memory is written once and then only read, so that threads may share it.
  let dimension: Int
  let linearCount: Int
  let points: AlignedBuffer<Number>
  let shifts: AlignedBuffer<Number>
  let times: AlignedBuffer<Number>
  let rhos: AlignedBuffer<Number>
  let weights: AlignedBuffer<Number>
  let forces: AlignedBuffer<Number>

  init(_ data: TrainingData) {
    let couplings = data.couplings
    dimension = couplings.dimension
    linearCount = data.linearCount
    points = Self.converted(couplings.points)
    shifts = Self.converted(couplings.shifts)
    times = Self.converted(couplings.times)
    rhos = Self.converted(couplings.rhos)
    weights = Self.converted(couplings.weights)
    forces = Self.converted(data.forces)
  }

  private static func converted(_ values: [Double]) -> AlignedBuffer<Number> {
    let buffer = AlignedBuffer<Number>(count: values.count)
    for (index, value) in values.enumerated() { buffer.base[index] = Number(value) }
    return buffer
  }
}
