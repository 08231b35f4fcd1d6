/* The canvases that a server has: how they come to be and end, whatever the calls look like that ask for it. */
#ifndef CANVAS_STORE_H
#define CANVAS_STORE_H

#include "canvas.h"
#include "pixels.h"

/* What a server calls its class in system calls. */
#define CANVAS_CLASS 1

typedef pixels_t canvas_t;

#ifdef __cplusplus
extern "C" {
#endif

/* A canvas of this size, of transparent pixels, and its handle; CAP_NULL if there is no memory, or too many are there. */
cap_t store_new(uint32_t width, uint32_t height);

/* As store_new, with the size and pixels of another one. */
cap_t store_copy(const canvas_t *canvas);

/* Gives a canvas another size. Returns an error, 0 for none. */
uint32_t store_resize(canvas_t *canvas, uint32_t width, uint32_t height);

/* Ends a canvas of which nobody holds a handle any more. */
void store_free(canvas_t *canvas);

/* How many there are. */
uint32_t store_count(void);

#ifdef __cplusplus
}
#endif

#endif
