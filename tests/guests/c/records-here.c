/* One of two source files that declare the same import and the same class. */
#include "portcullis.h"

PORTCULLIS_IMPORT("test/log@1", "write", "func(line: string)")
void log_write(const char *line, size_t length);

PORTCULLIS_EXPORT_CLASS("test/records@1", "thing", 1)

PORTCULLIS_EXPORT("test/records@1", "here", "func()")
void here(void)
{
    log_write(PORTCULLIS_TEXT("here"));
}
