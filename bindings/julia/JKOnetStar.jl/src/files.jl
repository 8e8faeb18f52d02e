# Models and growth in files, and arrays for other programs.

"""
    save(model::JKOModel, path)
    save(growth::Growth, path)

Write a fitted model or growth as a safetensors file that `load` reads; it appears whole or not at all.
"""
save(model::JKOModel, path) = check(jko_model_save(learned(model), String(path)))
save(growth::Growth, path) = check(jko_growth_save(rates(growth), String(path)))

"""
    load(JKOModel, path)
    load(Growth, path)

Read a model or growth that `save` wrote, from this language or another. It evaluates and predicts bit for bit as the
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

"""
    write_npy(path, array)

Write a matrix or vector as a NumPy file.
"""
write_npy(path, array) = check(jko_npy_write(String(path), matrix_view(array, "array")))
