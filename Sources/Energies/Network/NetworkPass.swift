import Numerics

/// A network evaluated for a panel of particles, with all derivatives written out.
///
/// With a_l the pre-activations, s_l and c_l the activation's two derivatives there, and f the output:
///
///     forward     a_l = W_l h_{l-1} + b_l,  h_l = activation(a_l)
///     gradient    v_L = w, u_l = v_l s_l, v_{l-1} = W_l^T u_l, grad f = v_0
///     tangent     along c:  t_l = W_l k_{l-1},  k_l = s_l t_l,  k_0 = c;  so c . grad f = w . k_L
///     adjoint     of c . grad f:  q_l = v_l c_l t_l + r_l s_l,  r_L = 0, r_{l-1} = W_l^T q_l;  Hess f c = r_0
///     parameters  d(c . grad f) = sum over particles of  u_l k_{l-1}^T + q_l h_{l-1}^T (W_l),  q_l (b_l),  k_L (w)
///
/// The last line is all that training needs: the objective's gradient is that of c . grad f with c = 2 weight rho
/// residual.
///
/// Particles are the columns of panels with one row per feature, in blocks of 64. The rows of a block lie together, so
/// that the two panels of a product stay in the first cache.
package final class NetworkPass<Number: KernelNumber> {
  package let shape: NetworkShape
  /// Blocks that there is room for, and blocks in use.
  package let capacity: Int
  package private(set) var blocks: Int
  /// Columns in use of each block, a multiple of 64 bytes. Gradients in the parameters always take all 64.
  private(set) var lanes = NetworkPass<Number>.blockSize
  /// z. Columns without a particle must hold finite numbers.
  package let input: BlockedPanel<Number>
  /// c. The time's row, and columns without a particle, must be 0.
  package let direction: BlockedPanel<Number>
  /// grad f.
  package let gradient: BlockedPanel<Number>
  /// Hess f c.
  package let hessianProduct: BlockedPanel<Number>
  /// f.
  package let output: BlockedPanel<Number>

  /// k_L.
  package var topTangent: BlockedPanel<Number> { panels[panels.count - 1].k }

  struct LayerPanels {
    let h: BlockedPanel<Number>
    let s: BlockedPanel<Number>
    /// The second derivative, where the activation keeps it; after `backward`, v times the second derivative.
    let c: BlockedPanel<Number>
    let u: BlockedPanel<Number>
    let k: BlockedPanel<Number>
    let q: BlockedPanel<Number>
  }

  let panels: [LayerPanels]
  /// Room for the kernel of weight gradients: two blocks whose rows are rounded up to a multiple of 64.
  let between: UnsafeMutablePointer<Number>
  private let storage: AlignedBuffer<Number>
  let kernels = Number.kernels

  package static var blockSize: Int { panelMultiple }

  /// - Parameter particles: how many to make room for
  package init(shape: NetworkShape, particles: Int) {
    let capacity = max(1, (particles + Self.blockSize - 1) / Self.blockSize)
    let widest = max(shape.inputs, shape.hidden.max() ?? 1)
    let rows =
      (4 * shape.inputs + 1 + 6 * shape.hidden.reduce(0, +)) * capacity + 2 * ((widest + 63) / 64 * 64)
    let storage = AlignedBuffer<Number>(count: rows * Self.blockSize)
    var next = storage.base
    func panel(_ rows: Int) -> BlockedPanel<Number> {
      defer { next += rows * capacity * Self.blockSize }
      return BlockedPanel(base: next, rows: rows)
    }
    self.shape = shape
    self.capacity = capacity
    self.storage = storage
    blocks = capacity
    input = panel(shape.inputs)
    direction = panel(shape.inputs)
    // Callers write the columns of their particles only. The rest of `input` and `direction` is zeroed here, because
    // sweeps read whole blocks. All other panels are written before they are read.
    input.base.update(repeating: 0, count: 2 * shape.inputs * capacity * Self.blockSize)
    gradient = panel(shape.inputs)
    hessianProduct = panel(shape.inputs)
    output = panel(1)
    panels = shape.hidden.map { width in
      LayerPanels(h: panel(width), s: panel(width), c: panel(width), u: panel(width), k: panel(width), q: panel(width))
    }
    between = next
  }

  /// Restricts what follows to the blocks of the first `particles` columns.
  package func use(particles: Int) {
    blocks = max(1, min(capacity, (particles + Self.blockSize - 1) / Self.blockSize))
  }

  /// Restricts what follows to the first `particles` columns of the first block. Gradients in the parameters must not
  /// follow.
  package func narrow(to particles: Int) {
    let vector = 64 / MemoryLayout<Number>.stride
    blocks = 1
    lanes = max(1, min(Self.blockSize, (particles + vector - 1) / vector * vector))
  }

  /// Computes h_l and s_l from `input`.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func forward(_ parameters: UnsafePointer<Number>) {
    for block in 0..<blocks {
      var below = UnsafePointer(input[block])
      for (layer, panel) in zip(shape.layers, panels) {
        kernels.layerForward(
          activation: shape.activation, lanes: lanes, rows: layer.outputs, depth: layer.inputs,
          w: parameters + layer.weights, bias: parameters + layer.biases, below: below, h: panel.h[block],
          s: panel.s[block], c: panel.c[block])
        below = UnsafePointer(panel.h[block])
      }
    }
  }

  /// Computes f into `output`, after `forward`.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func value(_ parameters: UnsafePointer<Number>) {
    guard let top = panels.last, let width = shape.hidden.last else { return }
    for block in 0..<blocks {
      kernels.panelProduct(
        rows: 1, columns: Self.blockSize, depth: width, a: parameters + shape.outputWeights, rowStride: width,
        columnStride: 1, b: top.h[block], bias: parameters + shape.outputBias, c: output[block])
    }
  }

  /// Computes u_l, and grad f into `gradient`. To be called once after `forward`.
  ///
  /// - Parameter intoInput: whether `gradient` is computed; otherwise it stays as it was
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func backward(_ parameters: UnsafePointer<Number>, intoInput: Bool = true) {
    guard let top = panels.last else { return }
    for block in 0..<blocks {
      kernels.layerTop(
        activation: shape.activation, lanes: lanes, rows: top.u.rows, v: parameters + shape.outputWeights,
        h: top.h[block], s: top.s[block], c: top.c[block], u: top.u[block])
      for index in stride(from: panels.count - 1, to: 0, by: -1) {
        let (layer, below) = (shape.layers[index], panels[index - 1])
        kernels.layerBackward(
          activation: shape.activation, lanes: lanes, rows: layer.inputs, depth: layer.outputs,
          w: parameters + layer.weights, above: panels[index].u[block], h: below.h[block], s: below.s[block],
          c: below.c[block], u: below.u[block])
      }
      if intoInput { transposedProduct(parameters, shape.layers[0], panels[0].u[block], gradient[block]) }
    }
  }

  /// Computes k_l along `direction`, and the part of q_l that does not come from the layer above, after `backward`.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func tangent(_ parameters: UnsafePointer<Number>) {
    for block in 0..<blocks { tangent(parameters, block, from: 0) }
  }

  /// The same for one block and the layers from `first` on.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  func tangent(_ parameters: UnsafePointer<Number>, _ block: Int, from first: Int) {
    var below = UnsafePointer(first == 0 ? direction[block] : panels[first - 1].k[block])
    for (layer, panel) in zip(shape.layers[first...], panels[first...]) {
      kernels.layerTangent(
        lanes: lanes, rows: layer.outputs, depth: layer.inputs, w: parameters + layer.weights, below: below,
        s: panel.s[block], c: panel.c[block], k: panel.k[block], q: panel.q[block])
      below = UnsafePointer(panel.k[block])
    }
  }

  /// The largest |t_l| along `direction`, after `backward`: how fast pre-activations change.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func steepest(_ parameters: UnsafePointer<Number>) -> Number {
    var largest: Number = 0
    for block in 0..<blocks {
      var below = UnsafePointer(direction[block])
      for (layer, panel) in zip(shape.layers, panels) {
        kernels.panelProduct(
          rows: layer.outputs, columns: Self.blockSize, depth: layer.inputs, a: parameters + layer.weights,
          rowStride: layer.inputs, columnStride: 1, b: below, bias: nil, c: between)
        for index in 0..<layer.outputs * Self.blockSize { largest = max(largest, abs(between[index])) }
        kernels.hadamard(count: layer.outputs * Self.blockSize, a: between, b: panel.s[block], out: panel.k[block])
        below = UnsafePointer(panel.k[block])
      }
    }
    return largest
  }

  /// Completes q_l. To be called once after `tangent`. With `intoInput`, computes also Hess f c into `hessianProduct`.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func adjoint(_ parameters: UnsafePointer<Number>, intoInput: Bool) {
    for block in 0..<blocks {
      for index in stride(from: panels.count - 1, through: 0, by: -1) {
        let (layer, panel) = (shape.layers[index], panels[index])
        if index > 0 {
          let below = panels[index - 1]
          kernels.layerAdjoint(
            lanes: lanes, rows: layer.inputs, depth: layer.outputs, w: parameters + layer.weights,
            above: panel.q[block], s: below.s[block], q: below.q[block])
        } else if intoInput {
          transposedProduct(parameters, layer, panel.q[block], hessianProduct[block])
        }
      }
    }
  }

  /// Adds the gradient of sum over columns of c . grad f with respect to the parameters, after `adjoint`.
  ///
  /// - Parameter alongInput: whether u_1 c^T is added to the gradient of W_1
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func accumulateParameterGradient(
    into gradient: UnsafeMutablePointer<Number>, alongInput: Bool = true
  ) {
    for (index, layer) in shape.layers.enumerated() {
      let (panel, weights) = (panels[index], gradient + layer.weights)
      if index == 0, !alongInput {
        kernels.twoOuterProducts(
          rows: layer.outputs, columns: layer.inputs, blocks: blocks, u: panel.q.base, k: input.base, q: nil, h: nil,
          c: weights, stride: layer.inputs, room: between)
      } else {
        let (k, h) = index == 0 ? (direction, input) : (panels[index - 1].k, panels[index - 1].h)
        kernels.twoOuterProducts(
          rows: layer.outputs, columns: layer.inputs, blocks: blocks, u: panel.u.base, k: k.base, q: panel.q.base,
          h: h.base, c: weights, stride: layer.inputs, room: between)
      }
      kernels.rowSums(rows: layer.outputs, blocks: blocks, a: panel.q.base, sums: gradient + layer.biases)
    }
    guard let top = panels.last else { return }
    kernels.rowSums(rows: top.k.rows, blocks: blocks, a: top.k.base, sums: gradient + shape.outputWeights)
  }

  private func transposedProduct(
    _ parameters: UnsafePointer<Number>, _ layer: NetworkShape.Layer, _ above: UnsafePointer<Number>,
    _ below: UnsafeMutablePointer<Number>
  ) {
    kernels.panelProduct(
      rows: layer.inputs, columns: Self.blockSize, depth: layer.outputs, a: parameters + layer.weights, rowStride: 1,
      columnStride: layer.inputs, b: above, bias: nil, c: below)
  }
}

/// A panel in blocks of 64 particles.
package struct BlockedPanel<Number: KernelNumber> {
  package let base: UnsafeMutablePointer<Number>
  package let rows: Int

  /// The rows of a block.
  package subscript(_ block: Int) -> UnsafeMutablePointer<Number> {
    base + block * rows * panelMultiple
  }

  package subscript(_ row: Int, particle particle: Int) -> Number {
    get { base[place(row, particle)] }
    nonmutating set { base[place(row, particle)] = newValue }
  }

  private func place(_ row: Int, _ particle: Int) -> Int {
    let size = panelMultiple
    return (particle / size * rows + row) * size + particle % size
  }
}
