import Energies
import Numerics
import OracleSupport

/// One network of Tests/Oracles/network.txt with its inputs and results.
struct NetworkCase {
  static let names = ["plane", "timed", "single", "deep"]

  let shape: NetworkShape
  let parameters: [Double]
  /// Row-major (count, d).
  let points: [Double]
  /// One per point; 0 where the network does not depend on time.
  let times: [Double]
  let values: [Double]
  let gradients: [Double]
  let directions: [Double]
  let hessianProducts: [Double]

  init(_ name: String) throws {
    let file = try OracleFile("network")
    let inputs = try file["\(name)_inputs"]
    let (count, width) = (inputs.shape[0], inputs.shape[1])
    let d = Int(try file["\(name)_dimension"].scalar)
    shape = NetworkShape(
      dimension: d, timeVarying: width > d, hidden: try file["\(name)_hidden"].values.map { Int($0) })
    parameters = try file["\(name)_parameters"].values
    points = (0..<count).flatMap { inputs.values[$0 * width..<$0 * width + d] }
    times = (0..<count).map { width > d ? inputs.values[$0 * width + d] : 0 }
    values = try file["\(name)_values"].values
    gradients = try file["\(name)_gradients"].values
    directions = try file["\(name)_directions"].values
    hessianProducts = try file["\(name)_hessian_products"].values
  }

  var network: Network { Network(shape: shape, parameters: parameters) }
  var count: Int { values.count }

  func point(_ index: Int) -> [Double] { row(points, index) }
  func direction(_ index: Int) -> [Double] { row(directions, index) }

  private func row(_ matrix: [Double], _ index: Int) -> [Double] {
    Array(matrix[index * shape.dimension..<(index + 1) * shape.dimension])
  }
}
