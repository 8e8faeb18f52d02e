# Models, growth and flows in files, and arrays for other programs.

"""
    save(model::JKOModel, path)
    save(growth::Growth, path)
    save(flow::WassersteinFlow, path)

Write a fitted model, growth or flow as a safetensors file that `load` reads; it appears whole or not at all.
"""
save(model::JKOModel, path) = check(jko_model_save(learned(model), String(path)))
save(growth::Growth, path) = check(jko_growth_save(rates(growth), String(path)))
save(flow::WassersteinFlow, path) = check(jko_flow_save(computed(flow), String(path)))

"""
    load(JKOModel, path)
    load(Growth, path)
    load(WassersteinFlow, path)

Read a model, growth or flow that `save` wrote, from this language or another. It gives bit for bit the numbers of the
saved one, and cannot be fitted again.
"""
function load(::Type{JKOModel}, path)
    file = String(path)
    return JKOModel(nothing, Energy(made(jko_model, out -> jko_model_load(file, out))))
end

function load(::Type{Growth}, path)
    file = String(path)
    return Growth((;), Rates(made(jko_growth, out -> jko_growth_load(file, out))))
end

function load(::Type{WassersteinFlow}, path)
    file = String(path)
    return WassersteinFlow(nothing, (;), Maps(made(jko_flow, out -> jko_flow_load(file, out))))
end

"""
    write_npy(path, array)

Write a matrix or vector as a NumPy file.
"""
write_npy(path, array) = check(jko_npy_write(String(path), matrix_view(array, "array")))
