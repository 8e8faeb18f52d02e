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

  package static var blockSize: Int { KernelTable<Number>.panelMultiple }

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
          shape.activation.number, lanes, layer.outputs, layer.inputs, parameters + layer.weights,
          parameters + layer.biases,
          below, panel.h[block], panel.s[block], panel.c[block])
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
        1, Self.blockSize, width, parameters + shape.outputWeights, width, 1, top.h[block], output[block],
        parameters + shape.outputBias)
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
        shape.activation.number, lanes, top.u.rows, parameters + shape.outputWeights, top.h[block], top.s[block],
        top.c[block], top.u[block])
      for index in stride(from: panels.count - 1, to: 0, by: -1) {
        let (layer, below) = (shape.layers[index], panels[index - 1])
        kernels.layerBackward(
          shape.activation.number, lanes, layer.inputs, layer.outputs, parameters + layer.weights,
          panels[index].u[block],
          below.h[block], below.s[block], below.c[block], below.u[block])
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
        lanes, layer.outputs, layer.inputs, parameters + layer.weights, below, panel.s[block], panel.c[block],
        panel.k[block], panel.q[block])
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
          layer.outputs, Self.blockSize, layer.inputs, parameters + layer.weights, layer.inputs, 1, below, between,
          nil)
        for index in 0..<layer.outputs * Self.blockSize { largest = max(largest, abs(between[index])) }
        kernels.hadamard(layer.outputs * Self.blockSize, between, panel.s[block], panel.k[block])
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
            lanes, layer.inputs, layer.outputs, parameters + layer.weights, panel.q[block], below.s[block],
            below.q[block])
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
          layer.outputs, layer.inputs, blocks, panel.q.base, input.base, nil, nil, weights, layer.inputs, between)
      } else {
        let (k, h) = index == 0 ? (direction, input) : (panels[index - 1].k, panels[index - 1].h)
        kernels.twoOuterProducts(
          layer.outputs, layer.inputs, blocks, panel.u.base, k.base, panel.q.base, h.base, weights, layer.inputs,
          between)
      }
      kernels.rowSums(layer.outputs, blocks, panel.q.base, gradient + layer.biases)
    }
    guard let top = panels.last else { return }
    kernels.rowSums(top.k.rows, blocks, top.k.base, gradient + shape.outputWeights)
  }

  private func transposedProduct(
    _ parameters: UnsafePointer<Number>, _ layer: NetworkShape.Layer, _ above: UnsafePointer<Number>,
    _ below: UnsafeMutablePointer<Number>
  ) {
    kernels.panelProduct(
      layer.inputs, Self.blockSize, layer.outputs, parameters + layer.weights, 1, layer.inputs, above, below, nil)
  }
}

/// A panel in blocks of 64 particles.
package struct BlockedPanel<Number: KernelNumber> {
  package let base: UnsafeMutablePointer<Number>
  package let rows: Int

  /// The rows of a block.
  package subscript(_ block: Int) -> UnsafeMutablePointer<Number> {
    base + block * rows * KernelTable<Number>.panelMultiple
  }

  package subscript(_ row: Int, particle particle: Int) -> Number {
    get { base[place(row, particle)] }
    nonmutating set { base[place(row, particle)] = newValue }
  }

  private func place(_ row: Int, _ particle: Int) -> Int {
    let size = KernelTable<Number>.panelMultiple
    return (particle / size * rows + row) * size + particle % size
  }
}
