// Which handles exist.
//
// What the host holds is no address but a number that is never given twice: where an entry of the table is, and how
// often that entry has been used. A handle that was destroyed, or that never was one, is found out without looking at
// the memory that it might mean. Reading takes no lock.
#ifndef JKONETSTAR_HANDLES_H
#define JKONETSTAR_HANDLES_H

// A handle for an object, never NULL and odd, which no address of an object is; NULL where there is no memory, or where
// there are a million handles already.
void *jko_handles_insert(void *object);

// The object of a handle; NULL where there is no such handle.
void *jko_handles_find(const void *handle);

// The same, and the handle exists no longer.
void *jko_handles_remove(const void *handle);

#endif
