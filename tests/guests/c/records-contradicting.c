/* The other one, which takes the line for a list of bytes. */
#include "portcullis.h"

PORTCULLIS_IMPORT("test/log@1", "write", "func(line: list<u8>)")
void log_write(const char *line, size_t length);

PORTCULLIS_EXPORT("test/records@1", "there", "func()")
void there(void)
{
    log_write(PORTCULLIS_TEXT("there"));
}
