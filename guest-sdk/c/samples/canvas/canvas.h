/* The canvas, as a plugin that draws sees it.
 *
 * by-signatures/client.c and by-messages/client.c each make it of an interface: the one of functions whose arguments the
 * kernel knows, the other of messages, whose contents it does not. drawing.c is linked with either, and cannot tell them
 * apart.
 *
 * Colours are red, green, blue and opacity, from the lowest byte up. Functions that return a number return an error, 0
 * for none.
 */
#ifndef CANVAS_H
#define CANVAS_H

#include "portcullis.h"

/* The errors of the interface. */
enum {
    /* a canvas is at most 4,096 pixels wide and high */
    CANVAS_TOO_LARGE = PORTCULLIS_FIRST_OF_INTERFACES
};

#ifdef __cplusplus
extern "C" {
#endif

/* A canvas without a pixel; CAP_NULL if there can be none. */
cap_t canvas_new(void);

/* Gives it a size in pixels, all of them transparent. */
uint32_t canvas_set_size(cap_t canvas, uint32_t width, uint32_t height);

/* Makes every pixel this colour. */
uint32_t canvas_fill(cap_t canvas, uint32_t color);

/* Makes the pixels of a rectangle this colour, as far as it lies on the canvas. */
uint32_t canvas_fill_rectangle(cap_t canvas, int32_t x, int32_t y, uint32_t width, uint32_t height, uint32_t color);

/* Puts the pixels of another canvas over those of this one, its upper left corner at (x, y). */
uint32_t canvas_draw(cap_t canvas, cap_t other, int32_t x, int32_t y);

/* Another canvas of the same size with the same pixels; CAP_NULL if there can be none. */
cap_t canvas_copy(cap_t canvas);

/* The pixels row by row, 4 bytes each; the caller frees them with portcullis_free. */
uint32_t canvas_pixels(cap_t canvas, portcullis_list_u8_t *pixels);

#ifdef __cplusplus
}
#endif

#endif
