/// The kernels of a convex network, whose formulas and names are in Sources/Flows/ConvexPass.swift.
///
/// Particles lie along rows of `lanes` numbers, a multiple of 8, which begin at multiples of 64 bytes. A panel of a
/// layer has a row per unit; that of its slopes q has d rows per unit, that of its squares u has `rank`. Of a symmetric
/// matrix there are the d (d + 1) / 2 rows of the lower triangle; a metric has what is off the diagonal twice.
public protocol ConvexKernels: Sendable {
  /// u_r = D_r z, values = b + B z + sum_r u_r^2, and where they are wanted slopes = B + 2 sum_r u_r D_r.
  static func convexLayer(
    units: Int, dimension d: Int, rank: Int, lanes: Int, inputs: UnsafePointer<Double>, biases: UnsafePointer<Double>,
    squares: UnsafePointer<Double>, z: UnsafePointer<Double>, values: UnsafeMutablePointer<Double>,
    u: UnsafeMutablePointer<Double>, slopes: UnsafeMutablePointer<Double>?)

  /// Replaces each number by its softplus, and sets s to the derivative.
  static func softplus(count: Int, values: UnsafeMutablePointer<Double>, s: UnsafeMutablePointer<Double>)

  /// out = s q, for `each` rows of q to a row of s.
  static func scaledRows(
    units: Int, each: Int, lanes: Int, s: UnsafePointer<Double>, q: UnsafePointer<Double>,
    out: UnsafeMutablePointer<Double>)

  /// hessians += sum over units of bends q q^T.
  ///
  /// - Parameter scratch: 8 numbers per unit
  static func convexHessian(
    units: Int, dimension d: Int, lanes: Int, bends: UnsafePointer<Double>, q: UnsafePointer<Double>,
    scratch: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>)

  /// bent = P q and e = q . P q with the metric P; rest = s p + c e, p += a . q and r = s p + c e.
  static func convexBend(
    units: Int, dimension d: Int, lanes: Int, metric: UnsafePointer<Double>, along: UnsafePointer<Double>,
    q: UnsafePointer<Double>, s: UnsafePointer<Double>, p: UnsafeMutablePointer<Double>,
    e: UnsafeMutablePointer<Double>, r: UnsafeMutablePointer<Double>, rest: UnsafeMutablePointer<Double>,
    bent: UnsafeMutablePointer<Double>)

  /// The adjoints of p, a and q from those above: pBar = y s, aBar = y (c p + t e) + hBar s + c x . q, and
  /// bent becomes qBar = 2 y c bent + x s. Without hBar and x they count as 0.
  static func convexReturn(
    units: Int, dimension d: Int, lanes: Int, y: UnsafePointer<Double>, hBar: UnsafePointer<Double>?,
    x: UnsafePointer<Double>?, q: UnsafePointer<Double>, s: UnsafePointer<Double>, p: UnsafePointer<Double>,
    e: UnsafePointer<Double>, bent: UnsafeMutablePointer<Double>, pBar: UnsafeMutablePointer<Double>,
    aBar: UnsafeMutablePointer<Double>)

  /// With g = qBar + pBar a: uBar_r = 2 D_r g + 2 aBar u_r; inputs += sum over lanes of g, squares += sum of 2 u_r g.
  ///
  /// - Parameter scratch: d rows
  static func convexGradient(
    units: Int, dimension d: Int, rank: Int, lanes: Int, parameters: UnsafePointer<Double>,
    along: UnsafePointer<Double>, u: UnsafePointer<Double>, pBar: UnsafePointer<Double>, aBar: UnsafePointer<Double>,
    qBar: UnsafePointer<Double>, scratch: UnsafeMutablePointer<Double>, uBar: UnsafeMutablePointer<Double>,
    inputs: UnsafeMutablePointer<Double>?, squares: UnsafeMutablePointer<Double>?)
}
