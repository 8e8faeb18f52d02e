/**
 * @file jkonetstar.hpp
 * @brief Learn the energy that drives a population from unpaired snapshots, and predict where it goes: for C++17.
 *
 *     #include <jkonetstar.hpp>
 *
 *     const auto snapshots = jkonetstar::Snapshots::load("cells.npz");
 *     jkonetstar::Model model;
 *     model.fit(snapshots);
 *     const auto course = model.predict(snapshots[0].points, 3).populations;
 *     const auto last = course.last(); // a view of the course
 *
 * It is header-only, over the C interface: objects own their handles and move, failures are exceptions, arrays pass
 * without a copy. Include this file; each header below describes one concept.
 *
 *   error.hpp           exceptions; version and threads
 *   array.hpp           views of vectors, arrays, spans, Eigen matrices and mdspans
 *   matrix.hpp          results: matrices, and populations at several times
 *   handle.hpp          progress callbacks; what owners and options have in common
 *   snapshots.hpp       what was observed
 *   plan.hpp            transport plans and distances
 *   density.hpp         densities and their scores
 *   energies.hpp        what a model is made of
 *   training.hpp        how it is fitted
 *   model.hpp           the learned energy
 *   terms.hpp           V and U at points, for inner loops
 *   prediction.hpp      where a population goes
 *   evaluation.hpp      how well that is predicted
 *   growth.hpp          how fast particles multiply or die
 *   interpolation.hpp   populations between observed times
 *   simulation.hpp      populations under known or learned energies
 *   flow.hpp            the same as maps, with densities and scores
 *   sampling.hpp        draws from what such populations come to
 */
#ifndef JKONETSTAR_HPP
#define JKONETSTAR_HPP

#include "jkonetstar/error.hpp"
#include "jkonetstar/array.hpp"
#include "jkonetstar/matrix.hpp"
#include "jkonetstar/handle.hpp"
#include "jkonetstar/snapshots.hpp"
#include "jkonetstar/plan.hpp"
#include "jkonetstar/density.hpp"
#include "jkonetstar/energies.hpp"
#include "jkonetstar/training.hpp"
#include "jkonetstar/model.hpp"
#include "jkonetstar/terms.hpp"
#include "jkonetstar/prediction.hpp"
#include "jkonetstar/evaluation.hpp"
#include "jkonetstar/growth.hpp"
#include "jkonetstar/interpolation.hpp"
#include "jkonetstar/simulation.hpp"
#include "jkonetstar/flow.hpp"
#include "jkonetstar/sampling.hpp"

#endif
