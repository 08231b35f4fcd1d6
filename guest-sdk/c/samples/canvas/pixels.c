#include "pixels.h"

/* Where a range of `length` from `start` on begins and ends between 0 and `limit`. */
static int64_t first_of(int32_t start)
{
    return start < 0 ? 0 : start;
}

static int64_t end_of(int32_t start, uint32_t length, uint32_t limit)
{
    const int64_t end = (int64_t)start + (int64_t)length;
    return end < (int64_t)limit ? end : (int64_t)limit;
}

bool pixels_fit(uint32_t width, uint32_t height)
{
    return width <= PIXELS_MOST && height <= PIXELS_MOST;
}

void pixels_fill(pixels_t *pixels, uint32_t color)
{
    pixels_fill_rectangle(pixels, 0, 0, pixels->width, pixels->height, color);
}

void pixels_fill_rectangle(pixels_t *pixels, int32_t x, int32_t y, uint32_t width, uint32_t height, uint32_t color)
{
    const int64_t right = end_of(x, width, pixels->width);
    const int64_t bottom = end_of(y, height, pixels->height);
    int64_t row, column;
    for (row = first_of(y); row < bottom; row++) {
        for (column = first_of(x); column < right; column++) pixels->colors[row * pixels->width + column] = color;
    }
}

void pixels_draw(pixels_t *pixels, const pixels_t *other, int32_t x, int32_t y)
{
    const int64_t right = end_of(x, other->width, pixels->width);
    const int64_t bottom = end_of(y, other->height, pixels->height);
    int64_t row, column;
    for (row = first_of(y); row < bottom; row++) {
        for (column = first_of(x); column < right; column++) {
            pixels->colors[row * pixels->width + column] = other->colors[(row - y) * other->width + (column - x)];
        }
    }
}
