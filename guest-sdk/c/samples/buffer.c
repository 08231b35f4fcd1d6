/* Works on memory of others, and lends its own: both by leases, so that nothing is copied that nobody asks for.
 *
 *   clang --target=wasm32 -Oz -mbulk-memory -nostdlib -Wl,--no-entry,--stack-first -I.. -o buffer.wasm buffer.c
 */
#include "portcullis.h"

#define BUFFER "demo/buffer@1"
#define LEASE "borrow<portcullis/kernel@1.lease>"

/* As many bytes are worked on at a time. */
enum { PIECE = 4096 };

PORTCULLIS_IMPORT("demo/source@1", "fill", "func(room: " LEASE ") -> error")
uint32_t source_fill(cap_t room);

/* Inverts every byte of what it is lent, however much that is. */
PORTCULLIS_EXPORT(BUFFER, "invert", "func(bytes: " LEASE ") -> error")
uint32_t buffer_invert(cap_t bytes)
{
    uint8_t piece[PIECE];
    uint32_t length = 0, at, index;
    uint32_t error = PORTCULLIS_ERROR_OF(length = lease_len(bytes));
    for (at = 0; at < length && error == PORTCULLIS_OK; at += PIECE) {
        const uint32_t size = length - at < PIECE ? length - at : PIECE;
        error = lease_read(bytes, at, piece, size);
        for (index = 0; index < size; index++) piece[index] = (uint8_t)~piece[index];
        if (error == PORTCULLIS_OK) error = lease_write(bytes, at, piece, size);
    }
    return error;
}

PORTCULLIS_RESULT(collected, portcullis_list_u8_t, uint32_t)

/* Lends so much room to the source, to write only, and gives what that wrote: as far as the kernel saw it write. */
PORTCULLIS_EXPORT(BUFFER, "collect", "func(room: u32) -> result<list<u8>, error>")
collected_t *buffer_collect(uint32_t room)
{
    portcullis_list_u8_t bytes;
    cap_t lease = CAP_NULL;
    uint32_t own = PORTCULLIS_OK, error;
    bytes.data = (uint8_t *)portcullis_alloc(room);
    if (bytes.data == NULL) return collected_error(PORTCULLIS_NO_MEMORY);
    memset(bytes.data, 0, room);
    error = PORTCULLIS_ERROR_OF(lease = lease_create(bytes.data, room, CAP_CALL | CAP_WRITE));
    if (error == PORTCULLIS_OK) error = PORTCULLIS_ERROR_OF(own = source_fill(lease));
    if (error == PORTCULLIS_OK) error = own;
    if (error == PORTCULLIS_OK) error = PORTCULLIS_ERROR_OF(bytes.length = lease_written(lease));
    if (lease != CAP_NULL) cap_release(lease);
    if (error != PORTCULLIS_OK) {
        portcullis_free(bytes.data);
        return collected_error(error);
    }
    return collected_ok(bytes);
}

PORTCULLIS_AFTER_RETURN(BUFFER, "collect")
void buffer_collect_free(collected_t *result)
{
    if (!result->failed) portcullis_free(result->value.data);
}
