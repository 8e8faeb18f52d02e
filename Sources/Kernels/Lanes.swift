/// One vector register of the instruction set that this copy of the kernels is compiled for.
