/* What guest.c needs of cell.c. */
#ifndef CELL_H
#define CELL_H

#include "portcullis.h"

#define CELL "parity/cell@1"

#ifdef __cplusplus
extern "C" {
#endif

/* A new cell of this value, and its handle. */
cap_t cell_create(uint32_t value);

#ifdef __cplusplus
}
#endif

#endif
