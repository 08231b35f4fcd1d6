/* The smallest plugin that does something: it adds two numbers. */
#define PORTCULLIS_NO_REALLOC
#include "portcullis.h"

PORTCULLIS_EXPORT("demo/sum@1", "add", "func(left: s32, right: s32) -> s32")
int32_t add(int32_t left, int32_t right)
{
    return (int32_t)((uint32_t)left + (uint32_t)right);
}
