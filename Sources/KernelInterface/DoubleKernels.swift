/// The kernels that exist in double precision only: those of features and densities, from which one expects all
/// digits.
///
/// `count` and `lanes` are multiples of 64, and rows begin at multiples of 64 bytes, unless the requirement says
/// otherwise. `out` may be an operand.
public protocol DoubleKernels: ConvexKernels {
  // MARK: Functions of every number

  /// sines = sin x and cosines = cos x. A number that is not finite becomes NaN.
  static func sineCosine(
    count: Int, x: UnsafePointer<Double>, sines: UnsafeMutablePointer<Double>, cosines: UnsafeMutablePointer<Double>)

  /// A radial function G of s = r^2 / w^2, twice its first derivative, or four times its second (order 0, 1 or 2): with
  /// e = (x - c) / w, G's gradient is slope e / w and its Hessian (slope I + curvature e e^T) / w^2. Whatever is
  /// singular at r = 0 counts as 0 below s = 1e-30.
  static func radialProfile(
    _ profile: RadialProfile, order: Int, count: Int, s: UnsafePointer<Double>, out: UnsafeMutablePointer<Double>)

  /// Up to three rows: e = exp(-z^2), its derivative -2 z e / w and second derivative (4 z^2 - 2) e / w^2, with z = (x
  /// - center) / w.
  static func gaussianRows(
    orders: Int, count: Int, x: UnsafePointer<Double>, center: Double, inverseWidth: Double,
    e: UnsafeMutablePointer<Double>, first: UnsafeMutablePointer<Double>, second: UnsafeMutablePointer<Double>)

  // MARK: Rows with one number per particle

  /// out = scale ||x - center||^2, for coordinates x whose rows are `stride` apart.
  static func squaredDistances(
    dimension: Int, count: Int, x: UnsafePointer<Double>, stride: Int, center: UnsafePointer<Double>, scale: Double,
    out: UnsafeMutablePointer<Double>)

  /// out += weight a
  static func add(count: Int, weight: Double, a: UnsafePointer<Double>, out: UnsafeMutablePointer<Double>)

  /// out += weight a b
  static func addProduct(
    count: Int, weight: Double, a: UnsafePointer<Double>, b: UnsafePointer<Double>, out: UnsafeMutablePointer<Double>)

  /// out += weight a (x - c)
  static func addDifference(
    count: Int, weight: Double, a: UnsafePointer<Double>, x: UnsafePointer<Double>, c: Double,
    out: UnsafeMutablePointer<Double>)

  /// out = weight a (x - c)
  static func difference(
    count: Int, weight: Double, a: UnsafePointer<Double>, x: UnsafePointer<Double>, c: Double,
    out: UnsafeMutablePointer<Double>)

  /// out = sum_m a_m b_m, over `rows` rows that are `aStride` and `bStride` apart.
  static func sumOfProducts(
    rows: Int, count: Int, a: UnsafePointer<Double>, aStride: Int, b: UnsafePointer<Double>, bStride: Int,
    out: UnsafeMutablePointer<Double>)

  /// sum_i a_i b_i
  static func innerProduct(count: Int, a: UnsafePointer<Double>, b: UnsafePointer<Double>) -> Double

  /// sum_i a_i (c - x_i)
  static func differenceSum(count: Int, a: UnsafePointer<Double>, c: Double, x: UnsafePointer<Double>) -> Double

  // MARK: Rows of one particle

  /// out[i * dimension + k] = a_k[i], for rows a_k that are `stride` apart.
  static func interleave(
    dimension: Int, count: Int, a: UnsafePointer<Double>, stride: Int, out: UnsafeMutablePointer<Double>)

  /// out[i * dimension + k] = a[i] v[k] for any count and alignment.
  static func outerRows(
    dimension: Int, count: Int, a: UnsafePointer<Double>, v: UnsafePointer<Double>, out: UnsafeMutablePointer<Double>)

  // MARK: A network at one particle

  // `width` is a multiple of 8. A matrix has `depth` rows of `width` numbers.

  /// h and s of the activation of bias + sum_i a_i x_i, over the rows a_i. Sources/Energies/Network/NetworkPass.swift
  /// has the names.
  static func onePointForward(
    activation: Activation, width n: Int, depth k: Int, a: UnsafePointer<Double>, bias: UnsafePointer<Double>,
    x: UnsafePointer<Double>, h: UnsafeMutablePointer<Double>, s: UnsafeMutablePointer<Double>)

  /// u = (sum_i a_i x_i) s, without s the sum itself.
  static func onePointBackward(
    width n: Int, depth k: Int, a: UnsafePointer<Double>, x: UnsafePointer<Double>, s: UnsafePointer<Double>?,
    u: UnsafeMutablePointer<Double>)

  /// out = a b, `count` a multiple of 8.
  static func onePointProduct(
    count: Int, a: UnsafePointer<Double>, b: UnsafePointer<Double>, out: UnsafeMutablePointer<Double>)

  /// start + sum_i a_i b_i, one after the other.
  static func onePointSum(
    count: Int, a: UnsafePointer<Double>, b: UnsafePointer<Double>, start: Double
  ) -> Double

  // MARK: Gaussian mixtures

  // Coordinates and components are rows of `lanes` numbers. A component N(m, (W^T W)^-1) is given by m and the lower
  // triangle W, d x d row-major, or its diagonal alone.

  /// terms = shift - |z|^2 log2(e) / 2, the base-2 logarithm of a component's share of the density, with z = W (x - m),
  /// which is a second result of `dimension` rows.
  static func gaussianTerms(
    dimension d: Int, lanes: Int, isDiagonal: Bool, x: UnsafePointer<Double>, m: UnsafePointer<Double>,
    w: UnsafePointer<Double>, shift: Double, z: UnsafeMutablePointer<Double>, terms: UnsafeMutablePointer<Double>)

  /// From the terms t_c of all components: largest = max_c t_c and sums = sum_c 2^(t_c - largest). The terms are
  /// replaced by the responsibilities weight 2^(t_c - largest) / sum.
  static func responsibilities(
    components k: Int, lanes: Int, weights: UnsafePointer<Double>, terms: UnsafeMutablePointer<Double>,
    largest: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<Double>)

  /// Adds the moments of a component's share r of the particles about the point m: sum r, sum r (x - m) (d numbers),
  /// and of sum r (x - m) (x - m)^T the lower triangle by rows, d (d + 1) / 2 numbers, or the diagonal.
  ///
  /// - Parameter scratch: 2 d rows
  static func gaussianMoments(
    dimension d: Int, lanes: Int, isDiagonal: Bool, x: UnsafePointer<Double>, m: UnsafePointer<Double>,
    r: UnsafePointer<Double>, scratch: UnsafeMutablePointer<Double>, moments: UnsafeMutablePointer<Double>)

  /// scores -= r W^T z, `dimension` rows, with z = W (x - m), which is computed into `z`.
  static func gaussianScores(
    dimension d: Int, lanes: Int, isDiagonal: Bool, x: UnsafePointer<Double>, m: UnsafePointer<Double>,
    w: UnsafePointer<Double>, r: UnsafePointer<Double>, z: UnsafeMutablePointer<Double>,
    scores: UnsafeMutablePointer<Double>)

  // MARK: Pairs of points, as `Kernels.pairSums` has them

  /// powers[i][j] = w_j 2^(u_i + v_j + s_ij) and exponents[i][j] = s_ij for 4 rows i and one block of 64 columns j.
  static func pairPowers(
    form: PairForm, dimension: Int, x: UnsafePointer<Double>, u: UnsafePointer<Double>, y: UnsafePointer<Double>,
    v: UnsafePointer<Double>, w: UnsafePointer<Double>, powers: UnsafeMutablePointer<Double>,
    exponents: UnsafeMutablePointer<Double>)

  /// largest_i = max(largest_i, max_j (v_j + s_ij)), over padding too, whose v must be very small.
  static func largestExponents(
    form: PairForm, rows: Int, blocks: Int, dimension: Int, x: UnsafePointer<Double>, y: UnsafePointer<Double>,
    v: UnsafePointer<Double>, largest: UnsafeMutablePointer<Double>)
}
