import Numerics

/// Means of any features by evaluation at all differences: n m evaluations for n points and m particles.
struct PairMeans: FeatureMeans {
  let features: any PanelFeatures
  let population: PopulationPanels

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    sum(points, width: 1, into: values, stride) { differences, terms, lanes, scratch in
      features.values(differences, into: terms, stride: lanes, scratch)
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    sum(points, width: points.dimension, into: jacobians, stride) { differences, terms, lanes, scratch in
      features.jacobians(differences, into: terms, stride: lanes, scratch)
    }
  }

  private func sum(
    _ points: PointPanel, width: Int, into means: UnsafeMutablePointer<Double>, _ stride: Int,
    _ evaluate: (PointPanel, UnsafeMutablePointer<Double>, _ stride: Int, Scratch) -> Void
  ) {
    let capacity = population.panels.first?.capacity ?? 0
    let differences = PointPanel(dimension: points.dimension, capacity: capacity)
    let terms = AlignedBuffer<Double>(count: features.count * capacity * width)
    let inner = Scratch()
    let x = AlignedBuffer<Double>(count: points.dimension)
    for particle in 0..<points.count {
      for k in 0..<points.dimension { x.base[k] = points.row(k)[particle] }
      for feature in 0..<features.count {
        for column in 0..<width { means[feature * stride + particle * width + column] = 0 }
      }
      for (panel, weights) in zip(population.panels, population.weights) {
        differences.loadDifferences(from: x.base, to: panel)
        let lanes = panel.lanes * width
        evaluate(differences, terms.base, lanes, inner)
        for feature in 0..<features.count {
          let row = terms.base + feature * lanes
          let mean = means + feature * stride + particle * width
          for other in 0..<panel.count {
            let weight = weights.base[other]
            for column in 0..<width { mean[column] += weight * row[other * width + column] }
          }
        }
      }
    }
  }
}
