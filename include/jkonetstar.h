/**
 * @file jkonetstar.h
 * @brief Learn the energy that drives a population from unpaired snapshots, and predict where it goes.
 *
 * Include this file; each header below describes one concept and can be read on its own:
 *
 *   common.h          status codes, messages, version, threads
 *   array.h           views of matrices that the caller owns
 *   progress.h        callbacks that hear how far a long call is
 *   snapshots.h       what was observed: populations, times, weights
 *   snapshot_files.h  series of snapshots from files and into files
 *   plan.h            the optimal transport plan between two populations
 *   plan_contents.h   what is in a plan, and the proof that it is optimal
 *   distance.h        how far two populations are apart
 *   density.h         the density of a population, by its logarithm and its score
 *   functional.h      the fifteen benchmark energies of the literature, with gradients
 *   features.h        which features a linear energy combines
 *   model.h           the learned energy: create, describe, save, load
 *   training.h        how networks are trained
 *   fit.h             learning the energy from snapshots
 *   terms.h           its terms at points: values, gradients, Hessian products, error bars
 *   linear.h          energies linear in their coefficients: observability, sums over machines
 *   objective.h       what networks are trained on, as a function of their parameters, for other optimisers
 *   dynamics.h        populations that move forward in time: simulation and rollout
 *   flow.h            the population that descends a given energy, with densities
 *   flow_maps.h       its particles, maps and densities at any step
 *   sampling.h        draws from exp(-V / beta)
 *   growth.h          how fast particles multiply or die
 *   interpolation.h   populations at times between observed ones
 *   evaluation.h      how well a model predicts populations it has not seen
 *
 * The method is JKOnet*: A. Terpin, N. Lanzetti, M. Gadea, F. Doerfler, "Learning diffusion at
 * lightspeed", NeurIPS 2024, arXiv:2406.12616.
 */
#ifndef JKONETSTAR_H
#define JKONETSTAR_H

#include "jkonetstar/common.h"
#include "jkonetstar/array.h"
#include "jkonetstar/progress.h"
#include "jkonetstar/snapshots.h"
#include "jkonetstar/snapshot_files.h"
#include "jkonetstar/plan.h"
#include "jkonetstar/plan_contents.h"
#include "jkonetstar/distance.h"
#include "jkonetstar/density.h"
#include "jkonetstar/functional.h"
#include "jkonetstar/features.h"
#include "jkonetstar/model.h"
#include "jkonetstar/training.h"
#include "jkonetstar/fit.h"
#include "jkonetstar/terms.h"
#include "jkonetstar/linear.h"
#include "jkonetstar/objective.h"
#include "jkonetstar/dynamics.h"
#include "jkonetstar/flow.h"
#include "jkonetstar/flow_maps.h"
#include "jkonetstar/sampling.h"
#include "jkonetstar/growth.h"
#include "jkonetstar/interpolation.h"
#include "jkonetstar/evaluation.h"

#endif
