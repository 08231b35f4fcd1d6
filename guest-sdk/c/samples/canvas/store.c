#include "store.h"

static uint32_t count;

uint32_t store_count(void)
{
    return count;
}

uint32_t store_resize(canvas_t *canvas, uint32_t width, uint32_t height)
{
    const size_t bytes = (size_t)width * height * sizeof(uint32_t);
    uint32_t *colors = NULL;
    if (!pixels_fit(width, height)) return CANVAS_TOO_LARGE;
    if (bytes > 0) {
        colors = (uint32_t *)portcullis_alloc(bytes);
        if (colors == NULL) return PORTCULLIS_NO_MEMORY;
        memset(colors, 0, bytes);
    }
    portcullis_free(canvas->colors);
    canvas->width = width;
    canvas->height = height;
    canvas->colors = colors;
    return PORTCULLIS_OK;
}

cap_t store_new(uint32_t width, uint32_t height)
{
    canvas_t *canvas = (canvas_t *)portcullis_alloc(sizeof(canvas_t));
    cap_t handle = CAP_NULL;
    if (canvas == NULL) return CAP_NULL;
    memset(canvas, 0, sizeof(canvas_t));
    count++;
    if (store_resize(canvas, width, height) != PORTCULLIS_OK ||
        PORTCULLIS_ERROR_OF(handle = handle_create(canvas, CANVAS_CLASS)) != PORTCULLIS_OK) {
        store_free(canvas);
        return CAP_NULL;
    }
    return handle;
}

cap_t store_copy(const canvas_t *canvas)
{
    const cap_t handle = store_new(canvas->width, canvas->height);
    const canvas_t *copy = handle == CAP_NULL ? NULL : (const canvas_t *)handle_badge(handle, CANVAS_CLASS);
    if (copy != NULL && copy->colors != NULL) {
        memcpy(copy->colors, canvas->colors, (size_t)canvas->width * canvas->height * sizeof(uint32_t));
    }
    return handle;
}

void store_free(canvas_t *canvas)
{
    portcullis_free(canvas->colors);
    portcullis_free(canvas);
    count--;
}
