/* The smallest useful plugin: a function of numbers, which the web app calls by its name.
 *
 *   clang --target=wasm32 -Oz -nostdlib -Wl,--no-entry,--stack-first -I.. -o pythagorus.wasm pythagorus.c
 */
#define PORTCULLIS_NO_REALLOC
#include "portcullis.h"

/* The length of the longest side of a right-angled triangle, of which the others are given. */
PORTCULLIS_PLAIN_EXPORT("pythagorus")
double pythagorus(double x, double y)
{
    return __builtin_sqrt(x * x + y * y);
}
