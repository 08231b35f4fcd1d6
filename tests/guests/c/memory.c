/* What the header's allocator does, seen from inside. */
#include "portcullis.h"

#define MEMORY "test/memory@1"

enum { SLOTS = 64, LARGEST = 5000 };

typedef struct slot {
    unsigned char *memory;
    size_t size;
    unsigned char filling;
} slot_t;

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static bool is_filled(const slot_t *slot)
{
    size_t index;
    for (index = 0; index < slot->size; index++) {
        if (slot->memory[index] != slot->filling) return false;
    }
    return true;
}

/* Takes and gives back memory at random, `seed` being other than 0. A sentence says what was wrong, if anything was. */
PORTCULLIS_RESULT_OF_NOTHING(finding, portcullis_string_t)

PORTCULLIS_EXPORT(MEMORY, "exercise", "func(seed: u32, steps: u32) -> result<_, string>")
finding_t *exercise(uint32_t seed, uint32_t steps)
{
    slot_t slots[SLOTS];
    uint32_t state = seed, step;
    size_t index;
    memset(slots, 0, sizeof slots);
    for (step = 0; step < steps; step++) {
        slot_t *slot = &slots[next_random(&state) % SLOTS];
        if (slot->memory != NULL) {
            if (!is_filled(slot)) return finding_error(portcullis_string(PORTCULLIS_TEXT("memory in use has changed")));
            portcullis_free(slot->memory);
            slot->memory = NULL;
            continue;
        }
        slot->size = next_random(&state) % (next_random(&state) % LARGEST + 1);
        slot->filling = (unsigned char)step;
        slot->memory = (unsigned char *)portcullis_alloc(slot->size);
        if (slot->memory == NULL) return finding_error(portcullis_string(PORTCULLIS_TEXT("there is no memory")));
        if ((uintptr_t)slot->memory % 16 != 0) return finding_error(portcullis_string(PORTCULLIS_TEXT("memory is not aligned")));
        memset(slot->memory, slot->filling, slot->size);
    }
    for (index = 0; index < SLOTS; index++) portcullis_free(slots[index].memory);
    return finding_ok();
}

/* Takes as much, and gives it back; whether there was as much. */
PORTCULLIS_EXPORT(MEMORY, "take", "func(bytes: u32) -> bool")
bool take(uint32_t bytes)
{
    void *memory = portcullis_alloc(bytes);
    portcullis_free(memory);
    return memory != NULL;
}

/* How many pages the memory has. */
PORTCULLIS_EXPORT(MEMORY, "pages", "func() -> u32")
uint32_t pages(void)
{
    return (uint32_t)__builtin_wasm_memory_size(0);
}

/* How long the text is: what arrived is given back, also when nothing did. */
PORTCULLIS_EXPORT(MEMORY, "length", "func(text: string) -> u32")
uint32_t length(char *text, size_t count)
{
    portcullis_free(text);
    return (uint32_t)count;
}
