# Load a model and predict where a population goes.
#
#     julia predict.jl [MODEL] [PREDICTION]
#
# Moves a 12 x 12 grid of particles over the square [-4, 4]^2 through the fitted times of a two-dimensional model, such
# as train.jl saves, and writes them as a NumPy file of shape (times * 144, 2). Default: model.safetensors and
# prediction.npy.

using JKOnetStar
using Printf

function main(model_path = "model.safetensors", prediction_path = "prediction.npy")
    model = load(JKOModel, model_path)
    if dimension(model) != 2
        println(stderr, "$model_path has $(dimension(model)) coordinates, this program needs 2")
        exit(1)
    end
    places = range(-4, 4; length = 12)
    x0 = [[x for y in places for x in places] [y for y in places for x in places]]
    paths = predict(model, x0; times = times(model))
    write_npy(prediction_path, reduce(vcat, eachslice(paths; dims = 3)))
    @printf("%d particles from t = %g to t = %g\n", size(x0, 1), first(times(model)), last(times(model)))
    println("wrote ", prediction_path)
end

main(ARGS...)
