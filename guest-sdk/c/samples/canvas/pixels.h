/* What a canvas is: pixels in memory. Nothing here knows of Portcullis. */
#ifndef PIXELS_H
#define PIXELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The widest and the highest that a canvas can be. */
enum { PIXELS_MOST = 4096 };

typedef struct pixels {
    uint32_t width;
    uint32_t height;
    /* Colours row by row, each red, green, blue and opacity from its lowest byte up. NULL as long as there are none. */
    uint32_t *colors;
} pixels_t;

#ifdef __cplusplus
extern "C" {
#endif

/* Whether so large a canvas is allowed. */
bool pixels_fit(uint32_t width, uint32_t height);

/* Makes every pixel this colour. */
void pixels_fill(pixels_t *pixels, uint32_t color);

/* Makes the pixels of a rectangle this colour, as far as it lies on the canvas. */
void pixels_fill_rectangle(pixels_t *pixels, int32_t x, int32_t y, uint32_t width, uint32_t height, uint32_t color);

/* Puts the pixels of one canvas over those of another, its upper left corner at (x, y), as far as it lies on it. */
void pixels_draw(pixels_t *pixels, const pixels_t *other, int32_t x, int32_t y);

#ifdef __cplusplus
}
#endif

#endif
