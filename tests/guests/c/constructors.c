/* Constructors run once, before anything is called, and not with each call. */
#include "portcullis.h"

/* Volatile: else the compiler would run the constructor itself. */
static volatile uint32_t runs;

__attribute__((constructor)) static void construct(void)
{
    runs++;
}

PORTCULLIS_EXPORT("test/constructors@1", "runs", "func() -> u32")
uint32_t constructor_runs(void)
{
    return runs;
}
