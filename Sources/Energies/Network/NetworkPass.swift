import Numerics

/// One passage of a panel of particles through a network, with all derivatives written out.
///
/// With a_l the pre-activations, s_l = softplus'(a_l) and f the output:
///
///     forward     a_l = W_l h_{l-1} + b_l,  h_l = softplus(a_l),  f = w . h_L + b
///     gradient    v_L = w, u_l = v_l s_l, v_{l-1} = W_l^T u_l, grad f = v_0
///     tangent     along c:  t_l = W_l k_{l-1},  k_l = s_l t_l,  k_0 = c;  so c . grad f = w . k_L
///     adjoint     of c . grad f:  q_l = v_l s_l (1 - s_l) t_l + r_l s_l,  r_L = 0, r_{l-1} = W_l^T q_l;  Hess f c = r_0
///     parameters  d(c . grad f) = sum over particles of  u_l k_{l-1}^T + q_l h_{l-1}^T (W_l),  q_l (b_l),  k_L (w)
///
/// The last line is all that training needs: the objective's gradient is that of c . grad f with c = 2 weight rho residual.
/// Panels are feature-major, one row per feature, one column per particle, padded to a multiple of 64 columns.
package final class NetworkPass<Number: KernelNumber> {
  package let shape: NetworkShape
  /// Columns of every panel.
  package let lanes: Int
  /// z: `inputs` rows. Padding columns must hold finite numbers.
  package let input: UnsafeMutablePointer<Number>
  /// c: `inputs` rows; the time row and padding columns are 0.
  package let direction: UnsafeMutablePointer<Number>
  /// grad f, then, after `adjoint`, unchanged: `inputs` rows.
  package let gradient: UnsafeMutablePointer<Number>
  /// Hess f c after `adjoint`: `inputs` rows.
  package let hessianProduct: UnsafeMutablePointer<Number>
  /// f: one row.
  package let output: UnsafeMutablePointer<Number>

  private struct LayerPanels {
    /// softplus of the pre-activation.
    let h: UnsafeMutablePointer<Number>
    /// Its derivative.
    let s: UnsafeMutablePointer<Number>
    let v: UnsafeMutablePointer<Number>
    let u: UnsafeMutablePointer<Number>
    let t: UnsafeMutablePointer<Number>
    let k: UnsafeMutablePointer<Number>
    let q: UnsafeMutablePointer<Number>
  }

  private let panels: [LayerPanels]
  private let ones: UnsafeMutablePointer<Number>
  private let storage: AlignedBuffer<Number>
  private let kernels = Number.kernels

  /// - Parameter lanes: particles per panel, rounded up to a multiple of 64.
  package init(shape: NetworkShape, lanes wanted: Int) {
    let multiple = KernelTable<Number>.panelMultiple
    let lanes = max(1, (wanted + multiple - 1) / multiple) * multiple
    let storage = AlignedBuffer<Number>(count: (4 * shape.inputs + 2 + 7 * shape.hidden.reduce(0, +)) * lanes)
    var next = storage.base
    func panel(_ rows: Int) -> UnsafeMutablePointer<Number> {
      defer { next += rows * lanes }
      return next
    }
    self.shape = shape
    self.lanes = lanes
    self.storage = storage
    input = panel(shape.inputs)
    direction = panel(shape.inputs)
    // What nobody fills; all other panels are written before they are read.
    input.update(repeating: 0, count: 2 * shape.inputs * lanes)
    gradient = panel(shape.inputs)
    hessianProduct = panel(shape.inputs)
    output = panel(1)
    ones = panel(1)
    ones.update(repeating: 1, count: lanes)
    panels = shape.hidden.map { width in
      LayerPanels(
        h: panel(width), s: panel(width), v: panel(width), u: panel(width), t: panel(width), k: panel(width),
        q: panel(width))
    }
  }

  /// h_l and s_l from `input`.
  package func forward(_ parameters: UnsafePointer<Number>) {
    var below = UnsafePointer(input)
    for (layer, panel) in zip(shape.layers, panels) {
      // The pre-activation is not needed again: it lies where u will.
      kernels.panelProduct(
        layer.outputs, lanes, layer.inputs, parameters + layer.weights, layer.inputs, 1, below, panel.u,
        parameters + layer.biases)
      kernels.softplus(layer.outputs * lanes, panel.u, panel.h, panel.s)
      below = UnsafePointer(panel.h)
    }
  }

  /// f into `output`, after `forward`.
  package func value(_ parameters: UnsafePointer<Number>) {
    guard let top = panels.last, let width = shape.hidden.last else { return }
    kernels.panelProduct(
      1, lanes, width, parameters + shape.outputWeights, width, 1, top.h, output, parameters + shape.outputBias)
  }

  /// grad f into `gradient`, after `forward`.
  package func backward(_ parameters: UnsafePointer<Number>) {
    guard let top = panels.last, let width = shape.hidden.last else { return }
    // An empty product leaves its bias, in every column.
    kernels.panelProduct(width, lanes, 0, parameters, 0, 0, top.h, top.v, parameters + shape.outputWeights)
    for index in stride(from: panels.count - 1, through: 0, by: -1) {
      let (layer, panel) = (shape.layers[index], panels[index])
      kernels.hadamard(layer.outputs * lanes, panel.v, panel.s, panel.u)
      transposedProduct(parameters, layer, panel.u, index == 0 ? gradient : panels[index - 1].v)
    }
  }

  /// t_l and k_l along `direction`, after `forward`.
  package func tangent(_ parameters: UnsafePointer<Number>) {
    var below = UnsafePointer(direction)
    for (layer, panel) in zip(shape.layers, panels) {
      kernels.panelProduct(
        layer.outputs, lanes, layer.inputs, parameters + layer.weights, layer.inputs, 1, below, panel.t, nil)
      kernels.hadamard(layer.outputs * lanes, panel.s, panel.t, panel.k)
      below = UnsafePointer(panel.k)
    }
  }

  /// q_l, after `backward` and `tangent`; with `intoInput`, also Hess f c into `hessianProduct`.
  package func adjoint(_ parameters: UnsafePointer<Number>, intoInput: Bool) {
    guard let top = panels.last, let width = shape.hidden.last else { return }
    kernels.panelProduct(width, lanes, 0, parameters, 0, 0, top.h, top.q, nil)
    for index in stride(from: panels.count - 1, through: 0, by: -1) {
      let (layer, panel) = (shape.layers[index], panels[index])
      kernels.activationAdjoint(layer.outputs * lanes, panel.v, panel.s, panel.t, panel.q)
      if index > 0 {
        transposedProduct(parameters, layer, panel.q, panels[index - 1].q)
      } else if intoInput {
        transposedProduct(parameters, layer, panel.q, hessianProduct)
      }
    }
  }

  /// Adds the gradient of sum over columns of c . grad f with respect to the parameters, after `adjoint`.
  package func accumulateParameterGradient(into gradient: UnsafeMutablePointer<Number>) {
    for (index, layer) in shape.layers.enumerated() {
      let panel = panels[index]
      let (k, h) = index == 0 ? (direction, input) : (panels[index - 1].k, panels[index - 1].h)
      let weights = gradient + layer.weights
      kernels.outerProduct(layer.outputs, layer.inputs, lanes, panel.u, k, weights, layer.inputs)
      kernels.outerProduct(layer.outputs, layer.inputs, lanes, panel.q, h, weights, layer.inputs)
      kernels.outerProduct(layer.outputs, 1, lanes, panel.q, ones, gradient + layer.biases, 1)
    }
    guard let top = panels.last, let width = shape.hidden.last else { return }
    kernels.outerProduct(width, 1, lanes, top.k, ones, gradient + shape.outputWeights, 1)
  }

  private func transposedProduct(
    _ parameters: UnsafePointer<Number>, _ layer: NetworkShape.Layer, _ above: UnsafePointer<Number>,
    _ below: UnsafeMutablePointer<Number>
  ) {
    kernels.panelProduct(
      layer.inputs, lanes, layer.outputs, parameters + layer.weights, 1, layer.inputs, above, below, nil)
  }
}
