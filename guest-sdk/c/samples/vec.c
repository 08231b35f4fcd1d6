/* Vectors that live in this plugin, and that others hold handles of.
 *
 *   clang --target=wasm32 -Oz -mbulk-memory -nostdlib -Wl,--no-entry,--stack-first -I.. -o vec.wasm vec.c
 */
#include "portcullis.h"

#define VEC "demo/vec@1"

/* What this plugin calls its class in system calls. */
#define VEC_CLASS 1

/* The errors of this interface. */
enum {
    /* a vector has fewer elements than that */
    VEC_TOO_SHORT = PORTCULLIS_FIRST_OF_INTERFACES
};

/* More elements are more than a memory of 4 GiB could ever have. */
enum { VEC_LONGEST = 1 << 28 };

typedef struct vec {
    uint32_t length;
    /* Behind this struct, in the same block of memory. */
    double *elements;
} vec_t;

PORTCULLIS_EXPORT_CLASS(VEC, "vec", VEC_CLASS)

PORTCULLIS_RESULT(vec_handle, cap_t, uint32_t)
PORTCULLIS_RESULT(vec_number, double, uint32_t)

/* A vector of zeros. */
PORTCULLIS_EXPORT(VEC, "alloc", "func(length: u32) -> result<own<vec>, error>")
vec_handle_t *vec_alloc(uint32_t length)
{
    vec_t *vec = length > VEC_LONGEST ? NULL : (vec_t *)portcullis_alloc(sizeof(vec_t) + length * sizeof(double));
    cap_t handle;
    uint32_t error;
    if (vec == NULL) return vec_handle_error(PORTCULLIS_NO_MEMORY);
    vec->length = length;
    vec->elements = (double *)(vec + 1);
    memset(vec->elements, 0, length * sizeof(double));
    error = PORTCULLIS_ERROR_OF(handle = handle_create(vec, VEC_CLASS));
    if (error != PORTCULLIS_OK) {
        portcullis_free(vec);
        return vec_handle_error(error);
    }
    return vec_handle_ok(handle);
}

/* Called when nobody holds a handle of the vector any more. */
PORTCULLIS_DESTRUCTOR(VEC, "vec")
void vec_free(vec_t *vec)
{
    portcullis_free(vec);
}

/* Puts values in, from an element on. */
PORTCULLIS_EXPORT(VEC, "set", "func(vec: borrow<vec>, from: u32, values: list<f64>) -> error")
uint32_t vec_set(vec_t *vec, uint32_t from, double *values, size_t count)
{
    uint32_t error = VEC_TOO_SHORT;
    if (from <= vec->length && count <= vec->length - from) {
        memcpy(vec->elements + from, values, count * sizeof(double));
        error = PORTCULLIS_OK;
    }
    portcullis_free(values);
    return error;
}

/* How far two vectors are apart, as far as their first elements go. */
PORTCULLIS_EXPORT(VEC, "distance", "func(length: u32, x: borrow<vec>, y: borrow<vec>) -> result<f64, error>")
vec_number_t *vec_distance(uint32_t length, vec_t *x, vec_t *y)
{
    double sum = 0.0;
    uint32_t i;
    if (length > x->length || length > y->length) return vec_number_error(VEC_TOO_SHORT);
    for (i = 0; i < length; ++i) {
        double dx = x->elements[i] - y->elements[i];
        sum += dx * dx;
    }
    return vec_number_ok(__builtin_sqrt(sum));
}
