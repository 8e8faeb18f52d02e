// Memory that is kept back for when the system has no more.
//
// Swift ends the process where an allocation fails. The linker therefore leads malloc and its family to the functions
// in reserve.c (`--wrap` in Package.swift), for the engine and for the Swift runtime that is linked into the library:
// where the system refuses, the block comes from a reserve of address space, and the shortage is noted. The engine
// looks at the note at its next check, and the call fails with an error (Sources/Numerics/Memory.swift), which gives
// the blocks back.
#ifndef JKONETSTAR_RESERVE_H
#define JKONETSTAR_RESERVE_H

#include <stddef.h>

// A call of the library begins: where no other is under way, shortages before are forgotten. Returns 0 where there is
// no reserve and the system gives none, so that the call must not begin.
int jko_reserve_enter(void);
void jko_reserve_leave(void);

// Bytes that the system refused in the first shortage since, at least 1; 0 where it has refused nothing.
size_t jko_reserve_shortage(void);

// Whether the system gives so many bytes now, without the reserve.
int jko_reserve_can_allocate(size_t size);

#endif
