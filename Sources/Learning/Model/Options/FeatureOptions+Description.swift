import Energies
import Files

extension FeatureOptions {
  package var description: [(name: String, value: JSON)] {
    [
      ("polynomial_degree", .number(polynomialDegree ?? -1)),
      ("polynomial_total", polynomialTotal.map { .bool($0) } ?? .null), ("trigonometric", .bool(trigonometric)),
      ("radial", .string(radial.rawValue)), ("radial_grid", .number(radialGrid)),
      ("radial_centres", .number(radialCenters)), ("radial_width", .number(radialWidth)),
      ("fourier_features", .number(fourierFeatures)), ("fourier_scale", .number(fourierScale)),
      ("fourier_coordinates", .number(fourierCoordinates)),
      ("time_degree", .number(timeDegree)),
    ]
  }

  /// Nil where an option is not understood.
  package init?(_ description: JSON) {
    let usual = FeatureOptions()
    guard let degree = description.option("polynomial_degree", missing: usual.polynomialDegree ?? -1, \.integer),
      let total = description.nullableOption("polynomial_total", missing: usual.polynomialTotal, \.bool),
      let trigonometric = description.option("trigonometric", missing: usual.trigonometric, \.bool),
      let radial = description.namedOption("radial", missing: usual.radial),
      let grid = description.option("radial_grid", missing: usual.radialGrid, \.integer),
      let centers = description.option("radial_centres", missing: usual.radialCenters, \.integer),
      let width = description.option("radial_width", missing: usual.radialWidth, \.double),
      let fourier = description.option("fourier_features", missing: usual.fourierFeatures, \.integer),
      let scale = description.option("fourier_scale", missing: usual.fourierScale, \.double),
      let coordinates = description.option("fourier_coordinates", missing: usual.fourierCoordinates, \.integer),
      let timeDegree = description.option("time_degree", missing: usual.timeDegree, \.integer)
    else { return nil }
    self.init(
      polynomialDegree: degree < 0 ? nil : degree, polynomialTotal: total, trigonometric: trigonometric,
      radial: radial, radialGrid: grid, radialCenters: centers, radialWidth: width, fourierFeatures: fourier,
      fourierScale: scale, fourierCoordinates: coordinates, timeDegree: timeDegree)
  }
}
