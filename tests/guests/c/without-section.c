/* A plugin that does without the header and its section: what it imports and exports is known by core types only. */
#define IMPORT(interface, name) __attribute__((import_module(interface), import_name(name)))

IMPORT("test/numbers@1", "twice") int twice(int value);

#ifdef WITH_TEXT
IMPORT("test/log@1", "write") void log_write(const char *line, unsigned long length);
#endif

__attribute__((export_name("test/plain@1#twice-and-one"))) int twice_and_one(int value)
{
#ifdef WITH_TEXT
    log_write("doubled", 7);
#endif
    return twice(value) + 1;
}
