/* The other one, which agrees. */
#include "portcullis.h"

PORTCULLIS_IMPORT("test/log@1", "write", "func(line: string)")
void log_write(const char *line, size_t length);

PORTCULLIS_EXPORT_CLASS("test/records@1", "thing", 1)

PORTCULLIS_EXPORT("test/records@1", "there", "func()")
void there(void)
{
    log_write(PORTCULLIS_TEXT("there"));
}
