/* parity/cell@1: objects of one's own. */
#include "cell.h"

#define CELL_CLASS 1

typedef struct cell {
    uint32_t value;
} cell_t;

static uint32_t destroyed;

PORTCULLIS_EXPORT_CLASS(CELL, "cell", CELL_CLASS)

PORTCULLIS_DESTRUCTOR(CELL, "cell")
void cell_drop(cell_t *cell)
{
    portcullis_free(cell);
    destroyed++;
}

PORTCULLIS_EXPORT(CELL, "create", "func(value: u32) -> own<cell>")
cap_t cell_create(uint32_t value)
{
    cell_t *cell = (cell_t *)portcullis_alloc(sizeof(cell_t));
    cap_t handle = CAP_NULL;
    if (cell == NULL) portcullis_panic("there is no memory for a cell");
    cell->value = value;
    if (PORTCULLIS_ERROR_OF(handle = handle_create(cell, CELL_CLASS)) != PORTCULLIS_OK) portcullis_panic("there is no handle for a cell");
    return handle;
}

PORTCULLIS_EXPORT(CELL, "add", "func(cell: borrow<cell>, by: u32) -> u32")
uint32_t cell_add(cell_t *cell, uint32_t by)
{
    cell->value += by;
    return cell->value;
}

PORTCULLIS_EXPORT(CELL, "consume", "func(cell: own<cell>) -> u32")
uint32_t cell_consume(cap_t handle)
{
    const cell_t *cell = (const cell_t *)handle_badge(handle, CELL_CLASS);
    uint32_t value;
    if (cell == NULL) portcullis_panic("that is no cell");
    value = cell->value;
    cap_release(handle);
    return value;
}

PORTCULLIS_EXPORT(CELL, "revoke", "func(cell: own<cell>)")
void cell_revoke(cap_t handle)
{
    cap_revoke(handle);
    cap_release(handle);
}

PORTCULLIS_EXPORT(CELL, "destroyed", "func() -> u32")
uint32_t cell_destroyed(void)
{
    return destroyed;
}
