// The same evaluation as latency.c through libtorch: value and gradient of a silu network [64, 64] at one point, in
// double precision, on one thread. latency.py compiles and runs it where the package torch is installed.
//
// By autograd, as a program would write it that loads a trained network, and with the gradient written out as products
// in inference mode, which is the least that the library can be asked for. Prints the medians, in microseconds.
#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace
{

double seconds()
{
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <typename Call> double median(const Call &call)
{
    constexpr int calls = 1000;
    std::array<double, 21> times;
    for (double &time : times) {
        const double start = seconds();
        for (int i = 0; i < calls; i++)
            call();
        time = 1e6 * (seconds() - start) / calls;
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

} // namespace

int main()
{
    at::set_num_threads(1);
    torch::manual_seed(0);
    const auto options = torch::TensorOptions().dtype(torch::kFloat64);
    const auto w1 = torch::randn({64, 2}, options), b1 = torch::randn({64}, options);
    const auto w2 = torch::randn({64, 64}, options) / 8, b2 = torch::randn({64}, options);
    const auto w = torch::randn({64}, options) / 8;
    double x[2] = {0.4, -0.3};
    double sum = 0;

    const auto by_autograd = [&] {
        const auto place = torch::from_blob(x, {2}, options).requires_grad_(true);
        const auto h1 = torch::silu(torch::addmv(b1, w1, place));
        const auto value = torch::dot(w, torch::silu(torch::addmv(b2, w2, h1)));
        const auto gradient = torch::autograd::grad({value}, {place})[0];
        x[0] -= 1e-6 * gradient.data_ptr<double>()[0];
        x[1] -= 1e-6 * gradient.data_ptr<double>()[1];
        sum += value.item<double>();
    };
    const auto t1 = w1.t().contiguous(), t2 = w2.t().contiguous();
    const auto written_out = [&] {
        const c10::InferenceMode guard;
        const auto place = torch::from_blob(x, {2}, options);
        const auto a1 = torch::addmv(b1, w1, place), l1 = torch::sigmoid(a1), h1 = a1 * l1;
        const auto a2 = torch::addmv(b2, w2, h1), l2 = torch::sigmoid(a2), h2 = a2 * l2;
        const auto value = torch::dot(w, h2);
        const auto u2 = w * (l2 + h2 * (1 - l2));
        const auto u1 = torch::mv(t2, u2) * (l1 + h1 * (1 - l1));
        const auto gradient = torch::mv(t1, u1);
        x[0] -= 1e-6 * gradient.data_ptr<double>()[0];
        x[1] -= 1e-6 * gradient.data_ptr<double>()[1];
        sum += value.item<double>();
    };
    by_autograd();
    written_out();
    const double autograd = median(by_autograd);
    std::printf("%.2f %.2f\n", autograd, median(written_out));
    return sum == sum ? 0 : 1;
}
