#include "portcullis.h"

/* What this plugin needs. The page grants it, or the plugin does not load. */
PORTCULLIS_IMPORT("demo/log@1", "write", "func(line: string)")
void log_write(const char *line, size_t length);

/* What it can do for others. */
PORTCULLIS_EXPORT("demo/greet@1", "hello", "func(name: string) -> string")
portcullis_string_t *hello(char *name, size_t length)
{
    static const char before[] = "Hello, ", after[] = "!";
    const size_t size = sizeof before - 1 + length + sizeof after - 1;
    char *text = (char *)portcullis_alloc(size);
    if (text == NULL) portcullis_panic("there is no memory for a greeting");
    log_write(name, length);
    memcpy(text, before, sizeof before - 1);
    memcpy(text + sizeof before - 1, name, length);
    memcpy(text + sizeof before - 1 + length, after, sizeof after - 1);
    portcullis_free(name);
    return portcullis_return_string(text, size);
}

/* Runs when the kernel has copied the greeting. */
PORTCULLIS_AFTER_RETURN("demo/greet@1", "hello")
void hello_free(portcullis_string_t *greeting)
{
    portcullis_free(greeting->data);
}
