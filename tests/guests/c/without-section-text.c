/* As without-section.c, and it passes a string as well. */
#define WITH_TEXT
#include "without-section.c"
