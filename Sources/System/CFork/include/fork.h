// What the Swift runtime does not set right in a forked process. There is nothing to call: fork.c registers itself when
// the library is loaded.
#ifndef JKONETSTAR_FORK_H
#define JKONETSTAR_FORK_H

#endif
