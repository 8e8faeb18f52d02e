/// The kernels that exist for single and for double precision. Adding one takes a requirement here, with labels and
/// what it computes, and its code in `Sources/Kernels`, which says how.
///
/// Labels are the letters of the formulas, and these counts:
///
/// - `rows`, `columns`, `depth`: a product of a rows x depth matrix and a depth x columns matrix
/// - `lanes`: particles along the vector lanes; a multiple of 64, or for layers of 64 bytes
/// - `blocks`: blocks of 64 particles
/// - `count`: numbers in a row
///
/// Panels and their rows begin at multiples of 64 bytes (`AlignedBuffer`). Results may not overlap with operands unless
/// the requirement says so.
public protocol Kernels<Number>: Sendable {
  associatedtype Number
  typealias Input = UnsafePointer<Number>
  typealias Output = UnsafeMutablePointer<Number>

  // MARK: Products

  /// C = A B + bias on panels B and C of `columns` particles. A has any strides; no bias is 0.
  static func panelProduct(
    rows m: Int, columns n: Int, depth k: Int, a: Input, rowStride: Int, columnStride: Int, b: Input, bias: Input?,
    c: Output)

  /// C += A B^T, summed over particles; A has `rows` and B `columns` rows of `lanes` numbers. Rows of C are `stride`
  /// apart.
  static func outerProduct(rows m: Int, columns n: Int, lanes: Int, a: Input, b: Input, c: Output, stride: Int)

  /// C += U K^T + Q H^T on panels in blocks of 64 particles; without Q and H, C += U K^T. Rows of C are `stride` apart.
  ///
  /// - Parameter room: 128 times `columns` numbers, `columns` rounded up to a multiple of 64
  static func twoOuterProducts(
    rows m: Int, columns n: Int, blocks: Int, u: Input, k: Input, q: Input?, h: Input?, c: Output, stride: Int,
    room: Output)

  /// sums += the sums of the rows of a panel in blocks.
  static func rowSums(rows: Int, blocks: Int, a: Input, sums: Output)

  /// out = a b, one by one. `out` may be an operand.
  static func hadamard(count: Int, a: Input, b: Input, out: Output)

  // MARK: Layers of a network

  // Each works on the first `lanes` particles of one block of 64. Names are those of
  // Sources/Energies/Network/NetworkPass.swift.

  /// Forward: h and s of a = W below + bias, and c where the activation keeps it.
  static func layerForward(
    activation: Activation, lanes: Int, rows m: Int, depth k: Int, w: Input, bias: Input, below: Input, h: Output,
    s: Output, c: Output)

  /// Backward: u = v s, and c becomes v times the second derivative, with v = W^T above.
  static func layerBackward(
    activation: Activation, lanes: Int, rows m: Int, depth k: Int, w: Input, above: Input, h: Input, s: Input,
    c: Output, u: Output)

  /// Backward through the last layer, where v is one number per row.
  static func layerTop(
    activation: Activation, lanes: Int, rows: Int, v: Input, h: Input, s: Input, c: Output, u: Output)

  /// Along a direction: k = s t and q = c t, with t = W below.
  static func layerTangent(
    lanes: Int, rows m: Int, depth: Int, w: Input, below: Input, s: Input, c: Input, k: Output, q: Output)

  /// Along a direction that all particles share up to two factors each: k = s t and q = c t, with t = e a + f b for
  /// columns e and f and rows a and b. All 64 particles.
  static func layerShared(
    rows: Int, e: Input, f: Input, a: Input, b: Input, s: Input, c: Input, k: Output, q: Output)

  /// The adjoint of the tangent: q += r s, with r = W^T above.
  static func layerAdjoint(lanes: Int, rows m: Int, depth k: Int, w: Input, above: Input, s: Input, q: Output)

  /// sumsA_r += sum_i u_ri a_i and sumsB_r += sum_i u_ri b_i over the particles of all blocks.
  static func sharedSums(rows: Int, blocks: Int, u: Input, a: Input, b: Input, sumsA: Output, sumsB: Output)

  // MARK: Adam

  /// One step: with g = clip gradient, m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, and
  /// parameters -= rate m / (sqrt(v) unbias + epsilon). Any alignment.
  static func adamStep(
    count: Int, gradient: Input, clip: Number, rate: Number, unbias: Number, parameters: Output, m: Output, v: Output)

  /// The sum of squares, in double precision. Any alignment.
  static func squaredNorm(count: Int, a: Input) -> Double

  // MARK: Pairs of points

  /// Finds the pairs (i, j) of four rows i and the columns j of some blocks of 64 that answer, which is when
  ///
  ///     key_ij = w_j - 2 x_i . y_j < l_i,
  ///
  /// or with `squares`, when key_ij = p_i + q_j - 2 x_i . y_j < max(0, w_j + l_i)^2.
  ///
  /// - Parameters:
  ///   - rows: -2 x of four rows, the four numbers of a coordinate together
  ///   - limits: l_i
  ///   - squares: p_i; nil for squared distances
  ///   - columns: y, of each block one run of 64 numbers per coordinate
  ///   - weights: w_j
  ///   - columnSquares: q_j; read with `squares` only
  ///   - blocks: numbers of the blocks to look at, in this order
  ///   - hits: out, 4 column + row of every pair that answers; room for `capacity`, at least 257
  ///   - keys: out, their keys
  ///   - done: out, the number of blocks looked at: all, or fewer when there was no room left for the next
  /// - Returns: the number of hits.
  static func pairScan(
    dimension: Int, rows: Input, limits: Input, squares: Input?, columns: Input, weights: Input, columnSquares: Input,
    blocks: UnsafePointer<Int32>, blockCount: Int, hits: UnsafeMutablePointer<Int>, keys: Output, capacity: Int,
    done: UnsafeMutablePointer<Int>
  ) -> Int

  /// sums_i += sum_j w_j 2^(u_i + v_j + s_ij) for exponents s_ij of the given form.
  ///
  /// Rows x are row-major and a multiple of 4 in number. Columns y lie in blocks of 64, `dimension` x 64 numbers each,
  /// with 64 numbers of v and w per block; padding has w = 0. The caller chooses u so that sums are near 1.
  static func pairSums(
    form: PairForm, rows: Int, blocks: Int, dimension: Int, x: Input, u: Input, y: Input, v: Input, w: Input,
    sums: UnsafeMutablePointer<Double>)

  // MARK: Interpolation on a lattice

  /// Where z - x_j lie along one coordinate of a lattice whose nodes are at the multiples of a spacing.
  ///
  /// With u = (z - x) / spacing and n the whole number nearest to u - 1/2, the 8 nodes are n - 3 .. n + 4. offsets_j is
  /// set to (n + origin) step, or with `adding` increased by it, where n + origin is limited to 0 .. last. positions_j
  /// is set to u - n - 1/2, which is within [-1/2, 1/2]. Both arrays have room for a multiple of 16 numbers, and x,
  /// which may have any alignment, is read to that multiple.
  static func latticePlaces(
    count: Int, z: Number, x: Input, inverseSpacing: Number, origin: Number, last: Number, step: Number, adding: Bool,
    offsets: Output, positions: Output)

  /// The 8 polynomials that are 1 at one node and 0 at the others, at each position p, times factors_j, or times 1.
  ///
  /// - Parameters:
  ///   - coefficients: 8 rows, of p^0 .. p^7
  ///   - stride: from the 8 weights of a position to those of the next
  static func latticeWeights(
    count: Int, coefficients: Input, positions: Input, factors: Input?, weights: Output, stride: Int)

  /// Interpolated values, summed over points: weights times the numbers at the nodes, in one plane per coordinate.
  /// Planes are `plane` numbers apart, rows of a plane `row` numbers.
  ///
  /// In two coordinates a point has 16 weights, 8 of rows and 8 of columns. In one coordinate it has 8.
  static func latticeGather(
    dimension: Int, count: Int, nodes: Input, plane: Int, row: Int, offsets: Input, weights: Input, sums: Output)

  /// The transpose of `latticeGather`: nodes += direction times the points' weights.
  static func latticeSpread(
    dimension: Int, count: Int, direction: Input, offsets: Input, weights: Input, nodes: Output, plane: Int, row: Int)
}
