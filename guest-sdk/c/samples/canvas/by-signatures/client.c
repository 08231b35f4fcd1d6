/* canvas.h, made of an interface with signatures. */
#include "../canvas.h"

#include "interface.h"

PORTCULLIS_IMPORT(CANVAS, "new", CANVAS_NEW)
void import_new(portcullis_option_t *result);

PORTCULLIS_IMPORT(CANVAS, "set-size", CANVAS_SET_SIZE)
uint32_t import_set_size(cap_t canvas, uint32_t width, uint32_t height);

PORTCULLIS_IMPORT(CANVAS, "fill", CANVAS_FILL)
void import_fill(cap_t canvas, uint32_t color);

PORTCULLIS_IMPORT(CANVAS, "fill-rectangle", CANVAS_FILL_RECTANGLE)
void import_fill_rectangle(cap_t canvas, int32_t x, int32_t y, uint32_t width, uint32_t height, uint32_t color);

PORTCULLIS_IMPORT(CANVAS, "draw", CANVAS_DRAW)
void import_draw(cap_t canvas, cap_t other, int32_t x, int32_t y);

PORTCULLIS_IMPORT(CANVAS, "copy", CANVAS_COPY)
void import_copy(cap_t canvas, portcullis_option_t *result);

PORTCULLIS_IMPORT(CANVAS, "pixels", CANVAS_PIXELS)
void import_pixels(cap_t canvas, portcullis_list_u8_t *result);

cap_t canvas_new(void)
{
    portcullis_option_t canvas = {false, CAP_NULL};
    const uint32_t error = PORTCULLIS_ERROR_OF(import_new(&canvas));
    return error == PORTCULLIS_OK && canvas.some ? canvas.cap : CAP_NULL;
}

uint32_t canvas_set_size(cap_t canvas, uint32_t width, uint32_t height)
{
    /* Its own error, unless the kernel had one. */
    uint32_t own = PORTCULLIS_OK;
    const uint32_t error = PORTCULLIS_ERROR_OF(own = import_set_size(canvas, width, height));
    return error != PORTCULLIS_OK ? error : own;
}

uint32_t canvas_fill(cap_t canvas, uint32_t color)
{
    return PORTCULLIS_ERROR_OF(import_fill(canvas, color));
}

uint32_t canvas_fill_rectangle(cap_t canvas, int32_t x, int32_t y, uint32_t width, uint32_t height, uint32_t color)
{
    return PORTCULLIS_ERROR_OF(import_fill_rectangle(canvas, x, y, width, height, color));
}

uint32_t canvas_draw(cap_t canvas, cap_t other, int32_t x, int32_t y)
{
    return PORTCULLIS_ERROR_OF(import_draw(canvas, other, x, y));
}

cap_t canvas_copy(cap_t canvas)
{
    portcullis_option_t copy = {false, CAP_NULL};
    const uint32_t error = PORTCULLIS_ERROR_OF(import_copy(canvas, &copy));
    return error == PORTCULLIS_OK && copy.some ? copy.cap : CAP_NULL;
}

uint32_t canvas_pixels(cap_t canvas, portcullis_list_u8_t *pixels)
{
    return PORTCULLIS_ERROR_OF(import_pixels(canvas, pixels));
}
