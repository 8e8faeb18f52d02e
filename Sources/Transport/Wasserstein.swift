import Numerics

/// The Wasserstein distance between two populations whose masses are divided by their sums:
///
///     W_p = (min_gamma sum_ij ||x_i - y_j||^p gamma_ij)^(1/p),  p = `order` = 1 or 2
///
/// It is in the units of the coordinates. Arguments and errors are those of `exactPlan`; another order throws
/// `.invalid`.
package func wassersteinDistance(
  from x: Matrix, masses a: [Double]?, to y: Matrix, masses b: [Double]?, order: Int,
  interruption: Interruption? = nil
) throws -> Double {
  guard order == 1 || order == 2 else {
    throw EngineError(.invalid, "order = \(order) is neither 1 nor 2")
  }
  let populations = try PlanArguments(x, a, y, b)
  let plan = try populations.exactPlan(order == 1 ? .euclidean : .squaredEuclidean, interruption)
  let mean = plan.cost / populations.totalA
  return order == 1 ? mean : mean.squareRoot()
}
