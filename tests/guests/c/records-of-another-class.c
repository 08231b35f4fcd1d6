/* The other one, which has another class of the same number. */
#include "portcullis.h"

PORTCULLIS_EXPORT_CLASS("test/records@1", "other", 1)
