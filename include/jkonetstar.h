/**
 * @file jkonetstar.h
 * @brief Learn the energy that drives a population from unpaired snapshots, and predict where it goes.
 *
 * Include this file; each header below describes one concept and can be read on its own:
 *
 *   common.h      status codes, arrays, progress, version, threads
 *   snapshots.h   what was observed: populations, times, weights
 *   plan.h        the optimal transport plan between two populations, and the distance it gives
 *   density.h     the density of a population, by its logarithm and its score
 *   functional.h  the fifteen benchmark energies of the literature, with gradients
 *   features.h    which features a linear energy combines
 *   model.h       the learned energy: create, describe, save, load
 *   fit.h         learning it from snapshots
 *   terms.h       its terms at points: values, gradients, Hessian products, error bars
 *   linear.h      energies linear in their coefficients: observability, sums over machines
 *   objective.h   what networks are trained on, as a function of their parameters, for optimisers of your own
 *   dynamics.h    populations moving forward in time: simulation and rollout
 *   evaluation.h  how well a model predicts populations it has not seen
 *
 * The method is JKOnet*: A. Terpin, N. Lanzetti, M. Gadea, F. Doerfler, "Learning diffusion at
 * lightspeed", NeurIPS 2024, arXiv:2406.12616.
 */
#ifndef JKONETSTAR_H
#define JKONETSTAR_H

#include "jkonetstar/common.h"
#include "jkonetstar/snapshots.h"
#include "jkonetstar/plan.h"
#include "jkonetstar/density.h"
#include "jkonetstar/functional.h"
#include "jkonetstar/features.h"
#include "jkonetstar/model.h"
#include "jkonetstar/fit.h"
#include "jkonetstar/terms.h"
#include "jkonetstar/linear.h"
#include "jkonetstar/objective.h"
#include "jkonetstar/dynamics.h"
#include "jkonetstar/evaluation.h"

#endif
